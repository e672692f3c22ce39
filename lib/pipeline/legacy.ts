import { createHash } from "node:crypto";
import { join } from "node:path";
import { ObjectStore } from "./cache.js";
import { eachChunk } from "./chunks.js";
import { type Hashed, type Hasher, type Recorded, recordOf, treeObject } from "./tree.js";

/** Of each chunk so many bytes say whether it is text. */
const TESTED = 512;
const MOST_OTHER = 0.3;

/**
 * The hash of DVC 2.x, `md5-dos2unix`: of text the md5 with CRLF read as LF, of anything else the md5 of the bytes. A CRLF
 * that lies across two chunks of 1 MiB stays, as it did there.
 */
export class Dos2UnixHash {
  private readonly hash = createHash("md5");

  update(chunk: Buffer): this {
    this.hash.update(isText(chunk.subarray(0, TESTED)) ? withoutReturns(chunk) : chunk);
    return this;
  }

  digest(): string {
    return this.hash.digest("hex");
  }

  static ofFile(path: string): string {
    const hash = new Dos2UnixHash();
    eachChunk(path, (chunk) => hash.update(chunk));
    return hash.digest();
  }
}

function isText(block: Buffer): boolean {
  let other = 0;
  for (const byte of block) {
    if (byte === 0) return false;
    const printed = byte >= 0x20 && byte <= 0x7e;
    if (!printed && byte !== 8 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13) other++;
  }
  return other <= MOST_OTHER * block.length;
}

function withoutReturns(chunk: Buffer): Buffer {
  if (!chunk.includes("\r\n")) return chunk;
  return Buffer.from(chunk.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
}

/** Objects of DVC 2.x: directly under the cache's folder, named by `md5-dos2unix`. */
export class LegacyStore extends ObjectStore {
  override path(oid: string): string {
    return join(this.folder, oid.slice(0, 2), oid.slice(2));
  }

  override remoteAt(folder: string): LegacyStore {
    return new LegacyStore(folder);
  }

  override digest(path: string): string {
    return Dos2UnixHash.ofFile(path);
  }
}

/** Hashes of the workspace as DVC 2.x took them. What is there is what the present hasher finds. */
export class LegacyHasher {
  private readonly known = new Map<Hashed, Hashed>();

  constructor(private readonly hasher: Hasher) {}

  async hash(path: string): Promise<Hashed | undefined> {
    const present = await this.hasher.hash(path);
    if (present === undefined) return undefined;
    let found = this.known.get(present);
    if (found === undefined) {
      const files = present.files?.map(({ relpath }) => ({
        relpath,
        md5: Dos2UnixHash.ofFile(join(path, relpath)),
      }));
      const md5 = files === undefined ? Dos2UnixHash.ofFile(path) : treeObject(files).oid;
      found = files === undefined ? { ...present, md5 } : { ...present, md5, files };
      this.known.set(present, found);
    }
    return found;
  }

  forget(path: string): void {
    this.hasher.forget(path);
  }

  /** The present hasher keeps other hashes. */
  remember(): void {}
}

/** Where to look for something recorded: the hashes and the objects of DVC 3, or those of DVC 2. */
export interface Era {
  readonly hasher: Pick<Hasher, "hash" | "forget" | "remember">;
  readonly cache: ObjectStore;
}

/** A project, as far as it is needed to choose. */
interface Eras extends Era {
  readonly legacy: Era;
}

/** The era of an entry: one with a hash but without `hash:` is DVC 2.x's. */
export function eraOf(recorded: Recorded | undefined, project: Eras): Era {
  return isLegacy(recorded) ? project.legacy : project;
}

function isLegacy(recorded: Recorded | undefined): boolean {
  return recorded?.md5 !== undefined && recorded.hash === undefined;
}

/** What is to be recorded for a file or folder, and where its objects belong. */
export interface Kept {
  readonly recorded: Recorded;
  readonly hashed: Hashed;
  readonly cache: ObjectStore;
}

/**
 * A 2.x entry that still holds stays as it is; everything else is recorded as DVC 3 does.
 * @returns undefined when nothing is there
 */
export async function keptOf(
  path: string,
  before: Recorded | undefined,
  project: Eras,
): Promise<Kept | undefined> {
  if (isLegacy(before)) {
    const hashed = await project.legacy.hasher.hash(path);
    if (hashed?.md5 === before?.md5 && hashed !== undefined) {
      return { recorded: { ...recordOf(hashed), hash: undefined }, hashed, cache: project.legacy.cache };
    }
  }
  const hashed = await project.hasher.hash(path);
  return hashed && { recorded: recordOf(hashed), hashed, cache: project.cache };
}
