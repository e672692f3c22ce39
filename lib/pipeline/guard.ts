import {
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { codeOf } from "../base/errors.js";
import { writeError } from "../base/files.js";
import { GraphError } from "./errors.js";
import { isAlive, isRunning, markOf, type ProcessMark } from "./processes.js";
import type { Project } from "./project.js";
import { sweepKilled } from "./recovery.js";

/** A holder says so often that it is still there; a lock of another host that is older than this is stale. */
const BEAT_MS = 10_000;
const STALE_MS = 6 * BEAT_MS;

/**
 * Keep a second nidslab out of the project while this one writes: `.nidslab/lock`, which names the process and appears with
 * its content at once. A lock whose process is gone (dead, its number taken by another one, or silent on another host) is
 * taken over, and the temporary files of its holder are removed. Within one process the lock may be taken again.
 * @returns the release
 * @throws GraphError that names the process which holds it
 */
export function takeLock(project: Project): () => void {
  const path = join(project.ownFolder(), "lock");
  const mine = markOf();
  // Stands from the moment in which a lock is taken over until all is swept, whoever is killed meanwhile.
  const killed = join(dirname(path), "killed");
  for (let attempt = 0; attempt < 5; attempt++) {
    const holder = tryCreate(path, mine);
    if (holder === undefined) {
      const release = keep(path, mine);
      try {
        removeOldNames(path);
        if (existsSync(killed)) {
          sweepKilled(project);
          rmSync(killed, { force: true });
        }
      } catch (cause) {
        release();
        throw cause;
      }
      return release;
    }
    if (holder !== "gone") {
      if (sameProcess(holder.mark, mine)) return () => undefined;
      if (!holder.isStale) throw held(holder.mark, project.show(path));
      writeFileSync(killed, "");
      discard(path, holder.mark);
    }
  }
  throw new GraphError(`Unable to acquire lock: ${project.show(path)} comes back again and again.`);
}

/** As `takeLock`, and DVC's own lock with it: for verbs that run no commands. */
export async function lockProject(project: Project): Promise<() => void> {
  const release = takeLock(project);
  try {
    const leave = await project.repoLock.enter();
    return () => {
      leave();
      release();
    };
  } catch (cause) {
    release();
    throw cause;
  }
}

interface Holder {
  readonly mark: ProcessMark;
  readonly isStale: boolean;
}

/** @returns undefined when the lock is ours now, else who holds it; `gone` when it went away meanwhile */
function tryCreate(path: string, mine: ProcessMark): Holder | "gone" | undefined {
  const own = `${path}.${process.pid}`;
  const content = `${JSON.stringify(mine)}\n`;
  try {
    writeFileSync(own, content);
    const now = statSync(own).mtimeMs;
    try {
      linkSync(own, path);
    } catch (cause) {
      if (codeOf(cause) === "EEXIST") return holderOf(path, now) ?? "gone";
      if (!putWithoutLinks(path, content)) return holderOf(path, now) ?? "gone";
    }
    return undefined;
  } catch (cause) {
    throw writeError(path, cause);
  } finally {
    rmSync(own, { force: true });
  }
}

/** On a file system without hard links. @returns false when the lock is there */
function putWithoutLinks(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: "wx" });
    return true;
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") return false;
    throw cause;
  }
}

/** @param now the clock of the file system that the lock lies on */
function holderOf(path: string, now: number): Holder | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  const mark = readMark(path);
  if (stat === undefined) return undefined;
  const isSilent = now - stat.mtimeMs > STALE_MS;
  if (mark === undefined) return { mark: { pid: 0, start: "", host: hostname() }, isStale: isSilent };
  return { mark, isStale: mark.host === hostname() ? !isRunning(mark) : isSilent };
}

function readMark(path: string): ProcessMark | undefined {
  try {
    const mark = JSON.parse(readFileSync(path, "utf8")) as ProcessMark;
    return Number.isInteger(mark.pid) && mark.pid > 0 ? mark : undefined;
  } catch {
    return undefined;
  }
}

function sameProcess(a: ProcessMark, b: ProcessMark): boolean {
  return a.pid === b.pid && a.start === b.start && a.host === b.host;
}

function held(mark: ProcessMark, path: string): GraphError {
  const where = mark.host === hostname() ? "" : ` on ${mark.host}`;
  return new GraphError(
    `Unable to acquire lock. Most likely another nidslab process is running (PID ${mark.pid}${where}). ` +
      `Wait for it to end; if there is no such process, delete ${path}.`,
  );
}

/** Beat while the lock is held, and remove it at the end, also when the process leaves in another way. */
function keep(path: string, mine: ProcessMark): () => void {
  const isOurs = (): boolean => {
    const mark = readMark(path);
    return mark !== undefined && sameProcess(mark, mine);
  };
  const beat = setInterval(() => {
    if (!isOurs()) return; // Somebody has taken it away; what we do is still whole.
    const fd = openSync(path, "r+");
    writeSync(fd, `${JSON.stringify(mine)}\n`);
    closeSync(fd);
  }, BEAT_MS);
  beat.unref();
  const release = (): void => {
    if (isOurs()) rmSync(path, { force: true });
  };
  process.once("exit", release);
  return () => {
    clearInterval(beat);
    process.off("exit", release);
    release();
  };
}

/** Names under which processes that are gone were about to take the lock. */
function removeOldNames(path: string): void {
  for (const name of readdirSync(dirname(path))) {
    const pid = /^lock\.(\d+)(\.old)?$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(dirname(path), name), { force: true });
  }
}

/** Remove a lock that `holder` left. Somebody else may have done so and hold it by now: then it is put back. */
function discard(path: string, holder: ProcessMark): void {
  const old = `${path}.${process.pid}.old`;
  try {
    renameSync(path, old);
    const now = readMark(old);
    if (now !== undefined && !sameProcess(now, holder) && existsSync(old)) linkSync(old, path);
  } catch (cause) {
    if (!["ENOENT", "EEXIST"].includes(codeOf(cause) ?? "")) throw cause;
  } finally {
    rmSync(old, { force: true });
  }
}
