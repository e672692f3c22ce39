import { createHash } from "node:crypto";
import { type BigIntStats, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { join, sep } from "node:path";
import { codeOf } from "../base/errors.js";
import { hashBytes } from "../base/hash.js";
import { compareText } from "../base/json.js";
import { GraphError } from "./errors.js";
import { refuseName, refuseSpecial } from "./fileKinds.js";
import type { IgnoreTree } from "./ignore.js";
import type { HashState } from "./state.js";
import { jsonString } from "./yaml/value.js";

/** What DVC records of a file or folder. */
export interface Recorded {
  readonly hash?: string;
  readonly md5?: string;
  readonly size?: number;
  readonly nfiles?: number;
  readonly isexec?: boolean;
}

/** A file of a folder: `/`-separated path inside it and md5 of its bytes. */
export interface TreeFile {
  readonly relpath: string;
  readonly md5: string;
}

/** A file or folder of the workspace, hashed. `files` is there for folders. */
export interface Hashed {
  readonly md5: string;
  readonly size: number;
  readonly isexec: boolean;
  readonly files?: readonly TreeFile[];
}

/** Files up to this size are read whole. */
const SMALL = 1 << 16;
/** A folder of so many files is looked at file by file after a command that may have changed it. */
const SWEPT = 4_000;
/** So much of a larger one is read at once. */
const PART = 1 << 22;

/** The text of a folder's object, and its address. Sorted by code point of the whole path. */
export function treeObject(files: readonly TreeFile[]): { text: string; oid: string } {
  const sorted = [...files].sort((a, b) => compareText(a.relpath, b.relpath));
  const rows = sorted.map(
    (file) => `{"md5": ${jsonString(file.md5)}, "relpath": ${jsonString(file.relpath)}}`,
  );
  const text = `[${rows.join(", ")}]`;
  return { text, oid: `${hashBytes(text, "md5")}.dir` };
}

/** The entry that a lock or a .dvc file records for something hashed. */
export function recordOf(hashed: Hashed): Recorded {
  const common = { hash: "md5", md5: hashed.md5, size: hashed.size };
  if (hashed.files !== undefined) return { ...common, nfiles: hashed.files.length };
  return hashed.isexec ? { ...common, isexec: true } : common;
}

/**
 * inode, size, and the times of modification and change: while they are the same, so is the content. Programs can set
 * the modification time back (`cp -p`, `rsync -t`); the change time nobody can.
 */
function stampOf(stat: BigIntStats): string {
  return `${stat.ino}:${stat.mtimeNs}:${stat.ctimeNs}:${stat.size}`;
}

/** md5 of a file's bytes. Of a large one the next part is read while the present one is hashed. */
export async function contentHash(path: string, size: number | bigint): Promise<string> {
  if (size <= SMALL) return hashBytes(readFileSync(path), "md5");
  const hash = createHash("md5");
  const file = await open(path);
  try {
    let [filled, free] = [Buffer.allocUnsafe(PART), Buffer.allocUnsafe(PART)];
    let reading = file.read(filled, 0, PART);
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return hash.digest("hex");
      reading = file.read(free, 0, PART);
      hash.update(filled.subarray(0, bytesRead));
      [filled, free] = [free, filled];
    }
  } finally {
    await file.close();
  }
}

/** Of what is known: when its folders and files were seen, and how; a file that stands alone is under `folders`. */
interface Stamps {
  readonly folders: [string, string][];
  readonly files: [string, string][];
}

/**
 * Hashes files and folders of the workspace; each is walked once per run until `forget` names it.
 * Links to files count as their content, links to folders are left out, as DVC does.
 */
export class Hasher {
  private readonly known = new Map<string, Promise<Hashed | undefined>>();
  private readonly stamps = new Map<string, Stamps>();

  constructor(
    private readonly ignore: IgnoreTree,
    private readonly state: HashState,
    private readonly warn: (line: string) => void = () => undefined,
  ) {}

  /** @returns undefined when nothing is there */
  hash(path: string): Promise<Hashed | undefined> {
    let result = this.known.get(path);
    if (result === undefined) {
      result = this.look(path);
      this.known.set(path, result);
    }
    return result;
  }

  /** Something was written at `path`: look again at it, at what it holds and at what holds it. */
  forget(path: string): void {
    for (const known of [...this.known.keys()]) {
      if (known === path || known.startsWith(path + sep) || path.startsWith(known + sep))
        this.known.delete(known);
    }
  }

  /**
   * A command has run that was given `path` to read: look again if it has changed. Of a folder with more than 4,000 files
   * only the folders are looked at: files that were added, removed or replaced show there, those that were overwritten in
   * place do not.
   */
  recheck(path: string): void {
    const stamps = this.stamps.get(path);
    const seen = stamps && [...stamps.folders, ...(stamps.files.length <= SWEPT ? stamps.files : [])];
    const isSame = seen?.every(([each, stamp]) => {
      const stat = statSync(each, { bigint: true, throwIfNoEntry: false });
      return stat !== undefined && stampOf(stat) === stamp;
    });
    if (isSame !== true) this.forget(path);
  }

  /** A file was written with content that is known. */
  remember(path: string, md5: string): void {
    this.state.set(path, stampOf(statSync(path, { bigint: true })), md5);
  }

  private async look(path: string): Promise<Hashed | undefined> {
    let stat: BigIntStats;
    try {
      stat = statSync(path, { bigint: true });
    } catch (cause) {
      if (codeOf(cause) === "ENOENT" || codeOf(cause) === "ENOTDIR") return undefined;
      throw cause;
    }
    refuseSpecial(path, stat);
    const stamps: Stamps = { folders: [[path, stampOf(stat)]], files: [] };
    this.stamps.set(path, stamps);
    if (!stat.isDirectory()) {
      const isexec = (Number(stat.mode) & 0o111) !== 0;
      return { md5: await this.file(path, stat), size: Number(stat.size), isexec };
    }
    const files: TreeFile[] = [];
    const size = await this.folder(path, path, "", files, stamps);
    files.sort((a, b) => compareText(a.relpath, b.relpath));
    return { md5: treeObject(files).oid, size, isexec: false, files };
  }

  private async folder(
    top: string,
    folder: string,
    prefix: string,
    files: TreeFile[],
    stamps: Stamps,
  ): Promise<number> {
    let size = 0;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (this.ignore.ignoredHere(path, entry.isDirectory())) continue;
      if (entry.name === ".dvcignore") {
        throw new GraphError(`.dvcignore file should not be in collected dir path: '${top}'`);
      }
      refuseName(folder, entry.name);
      const relpath = prefix + entry.name;
      if (entry.isDirectory()) {
        const whole = await this.known.get(path);
        if (whole?.files !== undefined) {
          for (const file of whole.files)
            files.push({ relpath: `${relpath}/${file.relpath}`, md5: file.md5 });
          for (const each of this.stamps.get(path)?.folders ?? []) stamps.folders.push(each);
          for (const each of this.stamps.get(path)?.files ?? []) stamps.files.push(each);
          size += whole.size;
          continue;
        }
        stamps.folders.push([path, stampOf(statSync(path, { bigint: true }))]);
        size += await this.folder(top, path, `${relpath}/`, files, stamps);
        continue;
      }
      const stat = targetOf(path);
      if (stat.isDirectory()) {
        this.warn(`'${path}' is a symbolic link to a folder: it is left out of '${top}', as DVC does.`);
        continue;
      }
      refuseSpecial(path, stat);
      stamps.files.push([path, stampOf(stat)]);
      files.push({ relpath, md5: await this.file(path, stat) });
      size += Number(stat.size);
    }
    return size;
  }

  private async file(path: string, stat: BigIntStats): Promise<string> {
    const stamp = stampOf(stat);
    const known = this.state.get(path, stamp);
    if (known !== undefined) return known;
    const md5 = await contentHash(path, stat.size);
    this.state.set(path, stamp, md5);
    return md5;
  }
}

function targetOf(path: string): BigIntStats {
  try {
    return statSync(path, { bigint: true });
  } catch (cause) {
    const broken = codeOf(cause) === "ENOENT" && lstatSync(path).isSymbolicLink();
    if (broken) throw new GraphError(`[Errno 2] No such file or directory: '${path}'`, { cause });
    throw cause;
  }
}
