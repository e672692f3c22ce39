import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { codeOf } from "../base/errors.js";
import { writeError } from "../base/files.js";
import { GraphError } from "./errors.js";
import type { Project } from "./project.js";

/**
 * Keep a second nidslab out of the project while this one writes. A file that names the process and appears with its content
 * at once, so that nobody sees it empty; one that is left by a process that is gone is taken over. Node cannot take the `flock` that DVC uses, so DVC is not kept
 * out by this; that DVC runs is seen by `refuseBusy`.
 * @returns the release
 */
export function takeLock(project: Project): () => void {
  const path = join(project.ownFolder(), "lock");
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      create(path);
      const release = (): void => rmSync(path, { force: true });
      process.once("exit", release);
      return () => {
        process.off("exit", release);
        release();
      };
    } catch (cause) {
      if (codeOf(cause) !== "EEXIST") throw writeError(path, cause);
      const holder = readHolder(path);
      if (holder !== undefined && isAlive(holder)) {
        throw new GraphError(
          `Unable to acquire lock. Most likely another nidslab process is running (PID ${holder}). ` +
            `Wait for it; if it is something else, delete ${project.show(path)}.`,
        );
      }
      discard(path, holder);
    }
  }
  throw new GraphError(`Unable to acquire lock: ${project.show(path)} comes back again and again.`);
}

/** @throws an error of code EEXIST when the file is there */
function create(path: string): void {
  const own = `${path}.${process.pid}`;
  const content = `${process.pid}\n`;
  writeFileSync(own, content);
  try {
    linkSync(own, path);
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") throw cause;
    writeFileSync(path, content, { flag: "wx" }); // a file system without hard links
  } finally {
    rmSync(own, { force: true });
  }
}

/** Remove a lock that `holder` left. Somebody else may have done so and hold it by now: then it is put back. */
function discard(path: string, holder: number | undefined): void {
  const old = `${path}.${process.pid}.old`;
  try {
    renameSync(path, old);
    const now = readHolder(old);
    if (now !== undefined && now !== holder && isAlive(now)) linkSync(old, path);
  } catch (cause) {
    if (!["ENOENT", "EEXIST"].includes(codeOf(cause) ?? "")) throw cause;
  } finally {
    rmSync(old, { force: true });
  }
}

function readHolder(path: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(path, "utf8"), 10);
    return Number.isInteger(pid) && pid > 0 && pid !== process.pid ? pid : undefined;
  } catch {
    return undefined;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return codeOf(cause) === "EPERM";
  }
}

interface RwLock {
  readonly read?: Readonly<Record<string, readonly { pid: number; cmd: string }[]>>;
  readonly write?: Readonly<Record<string, { pid: number; cmd: string }>>;
}

/**
 * Refuse to start while a DVC process works on the paths: it says so in `.dvc/tmp/rwlock`. What is read must not be written
 * by it, what is written must not be used by it at all.
 */
export function refuseBusy(project: Project, reads: readonly string[], writes: readonly string[]): void {
  const path = join(project.root, ".dvc", "tmp", "rwlock");
  if (!existsSync(path)) return;
  let content: RwLock;
  try {
    content = JSON.parse(readFileSync(path, "utf8")) as RwLock;
  } catch {
    return; // DVC is writing it, or left it damaged; it repairs it itself.
  }
  const overlaps = (a: string, list: readonly string[]): boolean =>
    list.some((b) => a === b || a.startsWith(b + sep) || b.startsWith(a + sep));
  const busy = (where: string, holders: readonly { pid: number; cmd: string }[]): void => {
    const live = holders.filter((holder) => isAlive(holder.pid));
    if (live.length === 0) return;
    const lines = live.map((holder) => `  (PID ${holder.pid}): ${holder.cmd}`);
    throw new GraphError(
      `'${where}' is busy, it is being blocked by:\n${lines.join("\n")}\nWait for it to end.`,
    );
  };
  for (const [where, holder] of Object.entries(content.write ?? {})) {
    if (overlaps(where, reads) || overlaps(where, writes)) busy(where, [holder]);
  }
  for (const [where, holders] of Object.entries(content.read ?? {}))
    if (overlaps(where, writes)) busy(where, holders);
}
