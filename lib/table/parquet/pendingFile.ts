import { type FileHandle, open } from "node:fs/promises";
import { NidslabError } from "../../base/errors.js";
import { replaceFile, writeError } from "../../base/files.js";

/** A promise that is settled from outside. */
class Deferred<T> {
  resolve!: (value: T) => void;
  reject!: (cause: unknown) => void;
  readonly promise = new Promise<T>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

/** A file that is written piece by piece under a temporary name: complete after `commit`, or not there (see `replaceFile`). */
export class PendingFile {
  /** Bytes written so far. */
  size = 0;

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private readonly end: Deferred<void>,
    private readonly replaced: Promise<void>,
  ) {}

  /** @throws DataError when the file cannot be made */
  static async open(path: string): Promise<PendingFile> {
    const opened = new Deferred<FileHandle>();
    const end = new Deferred<void>();
    const replaced = replaceFile(path, async (temporary) => {
      const handle = await open(temporary, "wx");
      opened.resolve(handle);
      try {
        await end.promise;
      } finally {
        await handle.close();
      }
    });
    replaced.catch(opened.reject);
    return new PendingFile(path, await opened.promise, end, replaced);
  }

  /**
   * Write pieces one after the other, all at once.
   * @throws DataError when the disk is full or will not have it; the file must then be discarded
   */
  async write(...pieces: readonly Uint8Array[]): Promise<void> {
    let rest = pieces.filter(({ length }) => length > 0);
    try {
      while (rest.length > 0) {
        const { bytesWritten } = await this.handle.writev(rest);
        this.size += bytesWritten;
        rest = behind(rest, bytesWritten);
      }
    } catch (cause) {
      throw writeError(this.path, cause);
    }
  }

  /** Give the file its name. */
  async commit(): Promise<void> {
    this.end.resolve();
    await this.replaced;
  }

  /** Remove what was written; a file that was there before stays. */
  async discard(): Promise<void> {
    this.end.reject(new NidslabError("discarded"));
    await this.replaced.catch(() => undefined);
  }
}

/** Pieces without their first `count` bytes. */
function behind(pieces: readonly Uint8Array[], count: number): Uint8Array[] {
  let skipped = count;
  return pieces.flatMap((piece) => {
    const from = Math.min(skipped, piece.length);
    skipped -= from;
    return from < piece.length ? [piece.subarray(from)] : [];
  });
}
