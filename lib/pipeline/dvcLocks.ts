import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { writeFileAtomic } from "../base/files.js";
import { GraphError, InterruptedError } from "./errors.js";
import { KernelLock } from "./flock.js";
import { isAlive } from "./processes.js";
import type { Project } from "./project.js";

/** DVC gives up after this time; what has been computed is not given up so soon. */
const FIRST_MS = 3_000;
const LATER_MS = 600_000;
const PAUSE_MS = 50;

/** How long a lock is waited for, and who is told. */
interface Patience {
  readonly longestMs: number;
  /** Asked at times: true ends the wait. */
  readonly isOver?: () => boolean;
  /** Told once, when it takes longer than DVC would wait. */
  readonly say?: (line: string) => void;
}

/**
 * DVC's lock on the project, `.dvc/tmp/lock`: held while dvc.lock, the cache and .gitignore are written, and released while
 * commands run, as DVC does. Several stages of one run share it.
 */
export class RepoLock {
  private lock?: KernelLock;
  private holders = 0;
  private taking?: Promise<KernelLock>;
  private patience: Patience = { longestMs: FIRST_MS };

  constructor(private readonly project: Project) {}

  /** From now on there are results that are worth a wait. */
  beFirm(isOver: () => boolean, say: (line: string) => void): void {
    this.patience = { longestMs: LATER_MS, isOver, say };
  }

  /** Do something while the lock is held. @throws GraphError when another process does not release it */
  async during<T>(work: () => T | Promise<T>): Promise<T> {
    const leave = await this.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }

  /** @returns what leaves it again @throws GraphError when another process does not release it */
  async enter(): Promise<() => void> {
    this.holders++;
    try {
      if (this.lock === undefined) {
        this.taking ??= waitFor(join(this.project.root, ".dvc", "tmp", "lock"), this.patience);
        this.lock = await this.taking;
      }
    } catch (cause) {
      this.holders--;
      throw cause;
    } finally {
      this.taking = undefined;
    }
    let left = false;
    return () => {
      if (left) return;
      left = true;
      if (--this.holders > 0) return;
      this.lock?.release();
      this.lock = undefined;
    };
  }
}

async function waitFor(path: string, { longestMs, isOver, say }: Patience): Promise<KernelLock> {
  const holder = (): string => {
    const pid = /\d+/.exec(readFileSync(path, "utf8"))?.[0];
    return pid === undefined ? "" : ` (PID ${pid})`;
  };
  for (let waited = 0; waited <= longestMs; waited += PAUSE_MS) {
    const lock = KernelLock.tryTake(path);
    if (lock !== undefined) return lock;
    if (isOver?.() === true) throw new InterruptedError("interrupted by the user");
    if (waited === FIRST_MS) say?.(`waiting for another DVC process${holder()} to end.`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new GraphError(
    `Unable to acquire lock. Most likely another DVC process is running${holder()} ` +
      "or was terminated abruptly. Wait for it to end and run the same command again.",
  );
}

interface Holder {
  readonly pid: number;
  readonly cmd: string;
}

interface Content {
  readonly read: Record<string, Holder[]>;
  readonly write: Record<string, Holder>;
}

/**
 * DVC's list of the paths that processes read and write now, `.dvc/tmp/rwlock`: who wants to write what another one reads
 * or writes, or read what another one writes, is refused. A path holds what lies in it.
 */
export class PathLocks {
  private readonly path: string;
  private readonly self: Holder = { pid: process.pid, cmd: ["nidslab", ...process.argv.slice(2)].join(" ") };

  constructor(private readonly project: Project) {
    this.path = join(project.root, ".dvc", "tmp", "rwlock");
  }

  /** A look without a lock of our own: is another process at work on these paths? @throws GraphError that names it */
  refuseBusy(reads: readonly string[], writes: readonly string[]): void {
    if (existsSync(this.path)) this.check(this.read(), reads, writes);
  }

  /** @returns the release @throws GraphError that names the process which is at work on one of the paths */
  take(reads: readonly string[], writes: readonly string[]): () => void {
    const [readPaths, writePaths] = [new Set(reads), new Set(writes)];
    this.edit((content) => {
      this.check(content, reads, writes);
      for (const path of readPaths) content.read[path] = [...(content.read[path] ?? []), this.self];
      for (const path of writePaths) content.write[path] = this.self;
    });
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.edit((content) => {
        for (const path of readPaths) {
          const at = (content.read[path] ?? []).findIndex((holder) => holder.pid === this.self.pid);
          if (at >= 0) content.read[path].splice(at, 1);
          if (content.read[path]?.length === 0) delete content.read[path];
        }
        for (const path of writePaths)
          if (content.write[path]?.pid === this.self.pid) delete content.write[path];
      });
    };
  }

  /** Remove the entries of processes that are gone. */
  dropDead(): void {
    if (!existsSync(this.path)) return;
    this.edit((content) => {
      for (const [path, holders] of Object.entries(content.read)) {
        content.read[path] = holders.filter(({ pid }) => isAlive(pid));
        if (content.read[path].length === 0) delete content.read[path];
      }
      for (const [path, { pid }] of Object.entries(content.write))
        if (!isAlive(pid)) delete content.write[path];
    });
  }

  private edit(change: (content: Content) => void): void {
    mkdirSync(join(this.project.root, ".dvc", "tmp"), { recursive: true });
    const guard = takeBriefly(`${this.path}.lock`);
    try {
      const content = this.read();
      change(content);
      writeFileAtomic(this.path, JSON.stringify(content));
    } finally {
      guard.release();
    }
  }

  private read(): Content {
    try {
      const content = JSON.parse(readFileSync(this.path, "utf8")) as Partial<Content>;
      return { read: content.read ?? {}, write: content.write ?? {} };
    } catch {
      return { read: {}, write: {} }; // Not there yet, or damaged by a process that was killed.
    }
  }

  private check(content: Content, reads: readonly string[], writes: readonly string[]): void {
    for (const [path, holder] of Object.entries(content.write)) {
      const wanted = [...reads, ...writes].find((each) => overlaps(each, path));
      if (wanted !== undefined) this.refuse(wanted, [holder]);
    }
    for (const [path, holders] of Object.entries(content.read)) {
      const wanted = writes.find((each) => overlaps(each, path));
      if (wanted !== undefined) this.refuse(wanted, holders);
    }
  }

  private refuse(path: string, holders: readonly Holder[]): void {
    const live = holders.filter(({ pid }) => pid !== this.self.pid && isAlive(pid));
    if (live.length === 0) return;
    const lines = live.map(({ pid, cmd }) => `  (PID ${pid}): ${cmd}`).join("\n");
    throw new GraphError(
      `'${path}' is busy, it is being blocked by:\n${lines}\n\n` +
        `If there are no processes with such PIDs, you can manually remove '${this.project.show(this.path)}' and try again.`,
    );
  }
}

/** A lock that is held for moments only: waited for on the spot. */
function takeBriefly(path: string): KernelLock {
  const sleep = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; waited <= FIRST_MS; waited += PAUSE_MS) {
    const lock = KernelLock.tryTake(path);
    if (lock !== undefined) return lock;
    Atomics.wait(sleep, 0, 0, PAUSE_MS);
  }
  throw new GraphError(`Unable to acquire lock: ${path} is held by another DVC process. Wait for it to end.`);
}

function overlaps(a: string, b: string): boolean {
  return a === b || a.startsWith(b + sep) || b.startsWith(a + sep);
}
