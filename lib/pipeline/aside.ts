import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { codeOf } from "../base/errors.js";
import { writeFileAtomic } from "../base/files.js";

interface Moved {
  readonly path: string;
  readonly held: string;
}

const JOURNAL = "moved.json";

/**
 * Outputs that a stage is about to make again. DVC deletes them first; here they are moved away and come back when the stage
 * fails or is interrupted, so the only copy of a file is never lost. A list of what was moved lies beside them, so that even
 * a run that was killed is undone by the next one (`recover`).
 */
export class Aside {
  private readonly moved: Moved[] = [];

  constructor(private readonly folder: string) {}

  move(path: string): void {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
    const held = join(this.folder, String(this.moved.length));
    mkdirSync(this.folder, { recursive: true });
    this.moved.push({ path, held });
    writeFileAtomic(join(this.folder, JOURNAL), JSON.stringify(this.moved));
    try {
      renameSync(path, held);
    } catch (cause) {
      if (codeOf(cause) !== "EXDEV") throw cause;
      // Another file system: nothing can be kept cheaply, so it is deleted, as DVC does.
      rmSync(path, { recursive: true, force: true });
    }
  }

  /** Put back what was moved; what a failed command left in its place is deleted. @returns the paths */
  restore(): string[] {
    const restored = putBack(this.moved.splice(0));
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
        return putBack(JSON.parse(readFileSync(join(folder, name, JOURNAL), "utf8")) as Moved[]);
      } catch (cause) {
        if (codeOf(cause) === "ENOENT") return [];
        throw cause;
      }
    });
    rmSync(folder, { recursive: true, force: true });
    return restored;
  }
}

function putBack(moved: readonly Moved[]): string[] {
  const restored: string[] = [];
  for (const { path, held } of [...moved].reverse()) {
    if (lstatSync(held, { throwIfNoEntry: false }) === undefined) continue;
    rmSync(path, { recursive: true, force: true });
    mkdirSync(dirname(path), { recursive: true });
    renameSync(held, path);
    restored.push(path);
  }
  return restored;
}
