import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { codeOf } from "../base/errors.js";
import { writeError, writeFileAtomic } from "../base/files.js";
import { endGroup, type ProcessMark } from "./processes.js";

interface Moved {
  readonly path: string;
  /** Where it is kept; null: it was not there before. */
  readonly held: string | null;
}

/** What lies beside the outputs that were moved away, so that a run that was killed can be undone. */
export interface Journal {
  readonly moved: readonly Moved[];
  /** The dvc.yaml and the name of the stage, and the hash of its lock entry when it began ("" for none). */
  readonly stage: { readonly file: string; readonly name: string; readonly entry: string };
  /** The command that runs now. */
  readonly child?: ProcessMark;
}

const JOURNAL = "journal.json";

/**
 * Outputs that a stage is about to make again. DVC deletes them first; here they are moved away and come back when the stage
 * fails or is interrupted, so the only copy of a file is never lost; an interrupted stage leaves nothing of outputs that were
 * not there before. A journal lies beside them, so that a run that was killed is undone by the next one (`undo`).
 */
export class Aside {
  private readonly moved: Moved[] = [];
  private child?: ProcessMark;

  constructor(
    private readonly folder: string,
    private readonly stage: Journal["stage"],
  ) {}

  move(paths: readonly string[]): void {
    for (const path of paths) {
      const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
      this.moved.push({ path, held: isThere ? join(this.folder, String(this.moved.length)) : null });
    }
    this.write();
    for (const { path, held } of this.moved) if (held !== null) take(path, held);
  }

  /** The command that is about to run. */
  running(child: ProcessMark): void {
    this.child = child;
    this.write();
  }

  private write(): void {
    const journal: Journal = { moved: this.moved, stage: this.stage, child: this.child };
    writeFileAtomic(join(this.folder, JOURNAL), JSON.stringify(journal));
  }

  /**
   * Put back what was moved; what a failed command left in its place is deleted.
   * @param all delete outputs that were not there before, too
   */
  restore(all: boolean): void {
    putBack(this.moved.splice(0), all);
    this.drop();
  }

  /** Put back only what the failed command has left nothing of: with `--ignore-errors` others go on with the rest. */
  restoreMissing(): void {
    const isGone = ({ path }: Moved): boolean => lstatSync(path, { throwIfNoEntry: false }) === undefined;
    putBack(this.moved.splice(0).filter(isGone), false);
    this.drop();
  }

  /** The stage has made them anew, and that is recorded. */
  drop(): void {
    discard(this.folder);
  }
}

/**
 * Undo what a stage of a run that was killed has left in `folder`: its command is ended if it still runs, its outputs are put
 * back, unless the stage has been recorded since (by DVC, or by that run itself): then what is there is what is recorded.
 * @param entryNow the hash of the stage's lock entry at present
 * @param lost a folder for what lies in the way: the command may have made it, or somebody since
 * @returns the outputs that were moved there
 */
export function undo(
  folder: string,
  entryNow: (stage: Journal["stage"]) => string,
  lost: string,
): readonly string[] {
  const found: string[] = [];
  const journal = readJournal(folder);
  if (journal?.child !== undefined) endGroup(journal.child);
  if (journal !== undefined && entryNow(journal.stage) === journal.stage.entry) {
    putBack(journal.moved, true, (path) => {
      take(path, join(lost, `${found.length}-${basename(path)}`));
      found.push(path);
    });
  }
  discard(folder);
  return found;
}

/** @returns undefined when nothing has been moved yet, or nothing of it is wanted any more */
function readJournal(folder: string): Journal | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, JOURNAL), "utf8")) as Journal;
  } catch (cause) {
    if (codeOf(cause) === "ENOENT" || cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** The journal goes first: without it nothing in the folder is wanted any more. */
function discard(folder: string): void {
  rmSync(join(folder, JOURNAL), { force: true });
  rmSync(folder, { recursive: true, force: true });
  try {
    rmdirSync(dirname(folder));
  } catch {
    // Another stage keeps something beside it.
  }
}

/** Move a file or folder; to another file system it is copied whole before the original goes. */
function take(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  try {
    renameSync(from, to);
  } catch (cause) {
    if (!["EXDEV", "EBUSY"].includes(codeOf(cause) ?? "")) throw writeError(to, cause);
    copyWhole(from, to);
    removeAtOnce(from);
  }
}

function copyWhole(from: string, to: string): void {
  const options = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true };
  // A folder on which a file system is mounted stays where it is and is filled.
  const isMounted = lstatSync(to, { throwIfNoEntry: false })?.isDirectory() === true;
  const copy = isMounted ? to : `${to}.copy`;
  try {
    cpSync(from, copy, options);
    if (!isMounted) renameSync(copy, to);
  } catch (cause) {
    if (!isMounted) rmSync(copy, { recursive: true, force: true });
    throw writeError(to, cause);
  }
}

/** Remove something so that it is whole or has another name: half of it never passes for all of it. */
function removeAtOnce(path: string): void {
  const gone = `${path}.gone`;
  try {
    renameSync(path, gone);
  } catch {
    remove(path); // A folder on which a file system is mounted: what it held is whole in another place.
    return;
  }
  rmSync(gone, { recursive: true, force: true });
}

/** Remove a file or folder; one on which a file system is mounted is emptied. */
function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (cause) {
    if (codeOf(cause) !== "EBUSY") throw cause;
    for (const name of readdirSync(path)) rmSync(join(path, name), { recursive: true, force: true });
  }
}

/** @param discarded what happens to what lies in the way */
function putBack(moved: readonly Moved[], all: boolean, discarded: (path: string) => void = remove): void {
  for (const { path, held } of [...moved].reverse()) {
    const isHeld = held !== null && lstatSync(held, { throwIfNoEntry: false }) !== undefined;
    const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    if (isThere && (isHeld || (held === null && all))) discarded(path);
    if (isHeld) take(held, path);
  }
}
