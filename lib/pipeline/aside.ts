import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { codeOf } from "../base/errors.js";
import { writeFileAtomic } from "../base/files.js";

interface Moved {
  readonly path: string;
  /** Where it is kept; null: it was not there before. */
  readonly held: string | null;
}

const JOURNAL = "moved.json";

/**
 * Outputs that a stage is about to make again. DVC deletes them first; here they are moved away and come back when the stage
 * fails or is interrupted, so the only copy of a file is never lost; an interrupted stage leaves nothing of outputs that were
 * not there before. A list of all of them lies beside them, so that even a run that was killed is undone by the next one
 * (`recover`).
 */
export class Aside {
  private readonly moved: Moved[] = [];

  constructor(private readonly folder: string) {}

  move(path: string): void {
    const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    const held = isThere ? join(this.folder, String(this.moved.length)) : null;
    mkdirSync(this.folder, { recursive: true });
    this.moved.push({ path, held });
    writeFileAtomic(join(this.folder, JOURNAL), JSON.stringify(this.moved));
    if (held === null) return;
    try {
      renameSync(path, held);
    } catch (cause) {
      if (codeOf(cause) !== "EXDEV") throw cause;
      // Another file system: nothing can be kept cheaply, so it is deleted, as DVC does.
      rmSync(path, { recursive: true, force: true });
    }
  }

  /**
   * Put back what was moved; what a failed command left in its place is deleted.
   * @param all delete outputs that were not there before, too
   * @returns the paths
   */
  restore(all: boolean): string[] {
    const restored = putBack(this.moved.splice(0), all);
    this.drop();
    return restored;
  }

  /** The stage has made them anew. */
  drop(): void {
    this.moved.length = 0;
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Undo what a run that was killed has left below `folder`. */
  static recover(folder: string): string[] {
    if (!existsSync(folder)) return [];
    const restored = readdirSync(folder).flatMap((name) => {
      try {
        return putBack(JSON.parse(readFileSync(join(folder, name, JOURNAL), "utf8")) as Moved[], true);
      } catch (cause) {
        if (codeOf(cause) === "ENOENT") return [];
        throw cause;
      }
    });
    rmSync(folder, { recursive: true, force: true });
    return restored;
  }
}

function putBack(moved: readonly Moved[], all: boolean): string[] {
  const restored: string[] = [];
  for (const { path, held } of [...moved].reverse()) {
    if (held === null) {
      if (all) rmSync(path, { recursive: true, force: true });
      continue;
    }
    if (lstatSync(held, { throwIfNoEntry: false }) === undefined) continue;
    rmSync(path, { recursive: true, force: true });
    mkdirSync(dirname(path), { recursive: true });
    renameSync(held, path);
    restored.push(path);
  }
  return restored;
}
