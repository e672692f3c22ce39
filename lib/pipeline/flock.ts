import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";

const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;

type Flock = (fd: number, operation: number) => number;
const require = createRequire(import.meta.url);
let loaded: Flock | null | undefined;

/**
 * flock(2) of the C library, through koffi: Node has no call for it, and it is what DVC locks with. Loaded at the first use.
 * @returns null where it cannot be had (Windows, a platform without a binary of koffi)
 */
function flock(): Flock | null {
  if (loaded === undefined) {
    try {
      const koffi = require("koffi") as typeof import("koffi").default;
      loaded = koffi.load(null).func("int flock(int fd, int operation)") as unknown as Flock;
    } catch {
      loaded = null;
    }
  }
  return loaded;
}

/** Who holds it, for a person who looks into it, as DVC writes it. A file that says so already is left alone: this costs. */
function note(path: string, fd: number): void {
  const text = ` ${process.pid}\n`;
  if (readFileSync(path, "utf8") === text) return;
  ftruncateSync(fd, 0);
  writeSync(fd, text);
}

/** A lock of the kernel's on a file: it ends with its holder, however that ends. The file stays, as DVC leaves it. */
export class KernelLock {
  private constructor(
    private readonly fd: number,
    private readonly call: Flock | null,
  ) {}

  /** @returns undefined while another process holds it; where the kernel's locks cannot be had, everybody gets it */
  static tryTake(path: string): KernelLock | undefined {
    mkdirSync(dirname(path), { recursive: true });
    const fd = openSync(path, "a+");
    const call = flock();
    if (call !== null && call(fd, LOCK_EX | LOCK_NB) !== 0) {
      closeSync(fd);
      return undefined;
    }
    note(path, fd);
    return new KernelLock(fd, call);
  }

  release(): void {
    this.call?.(this.fd, LOCK_UN);
    closeSync(this.fd);
  }
}
