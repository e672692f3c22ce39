import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { codeOf, messageOf } from "../base/errors.js";
import { writeError } from "../base/files.js";
import { md5OfFile } from "./chunks.js";
import { GraphError } from "./errors.js";
import { type LinkPolicy, makeCacheFolder } from "./links.js";
import { temporaryBeside } from "./temporary.js";
import { type Hashed, type TreeFile, treeObject } from "./tree.js";

const READ_ONLY = 0o444;

/** What the cache held under a hash was something else; it is gone now. */
export class DamagedObject extends GraphError {}

/**
 * A folder of objects by content: `files/md5/ab/cdef…[.dir]`. The layout of `.dvc/cache` and of a remote that is a folder.
 * Objects are written under another name, made 0444 and renamed, so that what is there is whole.
 */
export class ObjectStore {
  private readonly trees = new Map<string, readonly TreeFile[]>();

  /** @param links how files of the workspace are tied to the objects */
  constructor(
    readonly folder: string,
    readonly links: LinkPolicy = { types: ["reflink", "copy"], shared: false },
  ) {}

  path(oid: string): string {
    return join(this.folder, "files", "md5", oid.slice(0, 2), oid.slice(2));
  }

  /** A remote that is a folder: the same layout; how this store's objects are linked and shared does not hold there. */
  remoteAt(folder: string): ObjectStore {
    return new ObjectStore(folder);
  }

  /** What the object at a path should be named; it may be larger than the memory. */
  digest(path: string): string {
    return md5OfFile(path);
  }

  /** Whether what is at a path has the content of an object. */
  isWhole(oid: string, path: string): boolean {
    return this.digest(path) === oid.replace(/\.dir$/, "");
  }

  /** One object. A mode of 0444 is trusted; with another one the object is hashed again, and deleted when it is damaged. */
  has(oid: string): boolean {
    const path = this.path(oid);
    const stat = this.look(path);
    if (stat === undefined) return false;
    if ((stat.mode & 0o777) === READ_ONLY) return true;
    if (!this.isWhole(oid, path)) {
      rmSync(path, { force: true });
      return false;
    }
    chmodIfAllowed(path, READ_ONLY);
    return true;
  }

  /** An object and, for a folder, everything that it lists. */
  hasAll(oid: string): boolean {
    if (!this.has(oid)) return false;
    return !oid.endsWith(".dir") || this.tree(oid).every((file) => this.has(file.md5));
  }

  /** The files of a folder's object. @throws GraphError when it is not a list of files */
  tree(oid: string): readonly TreeFile[] {
    let files = this.trees.get(oid);
    if (files === undefined) {
      files = readTree(this.path(oid));
      this.trees.set(oid, files);
    }
    return files;
  }

  /** Remove an object whose content is not what its name says. @returns the error that says so */
  damaged(oid: string): DamagedObject {
    const path = this.path(oid);
    rmSync(path, { force: true });
    return new DamagedObject(
      `cache: ${path} was damaged (its content does not have the hash of its name) and has been deleted. ` +
        "Run the same command again: it is fetched or computed anew.",
    );
  }

  /** Put a hashed file or folder of the workspace into the store; the folder's own object last. */
  add(path: string, hashed: Hashed): void {
    if (hashed.files === undefined) {
      this.addFile(hashed.md5, path);
      return;
    }
    for (const file of hashed.files) this.addFile(file.md5, join(path, file.relpath));
    this.place(hashed.md5, (temporary) =>
      writeFileSync(temporary, treeObject(hashed.files as TreeFile[]).text),
    );
  }

  /**
   * Copy an object, and what it lists, from another store.
   * @param inside of a folder's files only those at or below this path
   * @returns how many objects were copied
   */
  copyFrom(source: ObjectStore, oid: string, inside = ""): number {
    const lists = existsSync(source.path(oid)) ? source : this;
    if (!existsSync(lists.path(oid))) return 0;
    let count = 0;
    if (oid.endsWith(".dir")) {
      for (const file of lists.tree(oid)) {
        const { relpath } = file;
        if (inside !== "" && relpath !== inside && !relpath.startsWith(`${inside}/`)) continue;
        if (this.has(file.md5) || !existsSync(source.path(file.md5))) continue;
        this.addChecked(file.md5, source.path(file.md5));
        count++;
      }
    }
    if (!this.has(oid) && existsSync(source.path(oid))) {
      this.addChecked(oid, source.path(oid));
      count++;
    }
    return count;
  }

  /** Copy one object from another store, without what it lists. */
  copyOne(source: ObjectStore, oid: string): void {
    if (existsSync(source.path(oid)) && !this.has(oid)) this.addChecked(oid, source.path(oid));
  }

  /** @throws GraphError when the store is no folder, or cannot be looked into */
  private look(path: string): Stats | undefined {
    try {
      return statSync(path, { throwIfNoEntry: false });
    } catch (cause) {
      const why =
        codeOf(cause) === "ENOTDIR"
          ? "it, or something in it, is a file where a folder has to be. Move that file away"
          : codeOf(cause) === "EACCES"
            ? "looking into it is not permitted. Check the permissions of the folders in it"
            : messageOf(cause);
      throw new GraphError(
        `${this.folder} cannot hold objects: ${why}, or name another folder (cache.dir for the cache, url for a remote).`,
        { cause },
      );
    }
  }

  private addChecked(oid: string, path: string): void {
    if (!this.isWhole(oid, path)) {
      throw new GraphError(
        `${path} is damaged: its content does not have the hash of its name. Delete it and bring it again: into a cache ` +
          "with pull or repro, to a remote with push from a copy of the project that has the data.",
      );
    }
    this.addFile(oid, path);
  }

  private addFile(oid: string, path: string): void {
    this.place(oid, (temporary) => copyFileSync(path, temporary, constants.COPYFILE_FICLONE));
  }

  private place(oid: string, fill: (temporary: string) => void): void {
    const path = this.path(oid);
    if (this.has(oid)) return;
    const temporary = temporaryBeside(path);
    try {
      makeCacheFolder(dirname(path), this.links);
      fill(temporary);
      chmodSync(temporary, READ_ONLY);
      renameSync(temporary, path);
    } catch (cause) {
      rmSync(temporary, { force: true });
      throw writeError(path, cause);
    }
  }
}

/** The files that a folder's object at `path` lists. @throws GraphError when it is not a list of files */
export function readTree(path: string): TreeFile[] {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as TreeFile[];
  } catch (cause) {
    throw new GraphError(
      `cache: ${path} is not a folder's object (${messageOf(cause)}). Delete it and pull again.`,
      { cause },
    );
  }
}

function chmodIfAllowed(path: string, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch {
    // A remote in git, or on a file system without modes.
  }
}
