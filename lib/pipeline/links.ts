import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { codeOf } from "../base/errors.js";
import { writeError } from "../base/files.js";
import { GraphError } from "./errors.js";
import { temporaryBeside } from "./temporary.js";

export type LinkType = "reflink" | "copy" | "hardlink" | "symlink";

/** `cache.type` in its order, and whether a group shares the cache (`cache.shared = group`). */
export interface LinkPolicy {
  readonly types: readonly LinkType[];
  readonly shared: boolean;
}

/** What a file system says when it cannot make such a link. */
const UNABLE = ["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EINVAL", "ENOTTY"];

/**
 * Put an object of the cache at `target`, by the first kind of link that works. The file appears by a rename, so what was
 * there before stays until the new one is whole.
 * @param isexec the owner may run it
 * @throws GraphError when no kind of link works; DataError when the disk is full or the folder cannot be written
 */
export function placeObject(object: string, target: string, policy: LinkPolicy, isexec: boolean): void {
  const temporary = temporaryBeside(target);
  try {
    mkdirSync(dirname(target), { recursive: true });
    const made = policy.types.some((type) => link(type, object, temporary));
    if (!made) throw noLink(target);
    if (isexec) chmodSync(temporary, statSync(temporary).mode | 0o100);
    renameSync(temporary, target);
    // Two names of one file: such a rename does nothing and leaves both.
    rmSync(temporary, { force: true });
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw cause instanceof GraphError ? cause : writeError(target, cause);
  }
}

function noLink(target: string): GraphError {
  return new GraphError(
    `No possible cache link types for '${target}'. See <https://dvc.org/doc/user-guide/troubleshooting#cache-types> ` +
      "for more information.",
  );
}

/** @returns false when the file system cannot do it */
function link(type: LinkType, object: string, temporary: string): boolean {
  try {
    if (type === "symlink") symlinkSync(object, temporary);
    else if (type === "hardlink") {
      // Many empty files would be one file with too many names: DVC creates them.
      if (statSync(object).size === 0) writeFileSync(temporary, "");
      else linkSync(object, temporary);
    } else {
      copyFileSync(object, temporary, type === "reflink" ? constants.COPYFILE_FICLONE_FORCE : 0);
      chmodSync(temporary, 0o666 & ~process.umask());
    }
    return true;
  } catch (cause) {
    rmSync(temporary, { force: true });
    if (UNABLE.includes(codeOf(cause) ?? "")) return false;
    throw cause;
  }
}

/** Make a folder of a cache. Those that a group shares can be written by it, and give the group on to what is made in them. */
export function makeCacheFolder(path: string, policy: LinkPolicy): void {
  if (existsSync(path)) return;
  makeCacheFolder(dirname(path), policy);
  try {
    // One by one: of a read-only file system Node's recursive form says that a folder is missing.
    mkdirSync(path);
    if (policy.shared) chmodSync(path, 0o2775);
  } catch (cause) {
    if (codeOf(cause) !== "EEXIST") throw cause;
  }
}

/** Whether a file that has the content of `object` is tied to it as the policy says. */
export function isLinkedAsWanted(path: string, object: string, policy: LinkPolicy): boolean {
  const stat = lstatSync(path);
  const isSymlink = stat.isSymbolicLink();
  const isHardlink = !isSymlink && stat.nlink > 1;
  for (const type of policy.types) {
    if ((type === "copy" || type === "reflink") && !isSymlink && !isHardlink) return true;
    if (type === "hardlink" && isHardlink) return stat.ino === statSync(object).ino;
    if (type === "hardlink" && !isSymlink && stat.size === 0) return true;
    if (type === "symlink" && isSymlink) return readlinkSync(path) === object;
  }
  return false;
}

/** Make a file or folder independent of the cache: links become copies that can be written. */
export function unprotect(path: string, policy: LinkPolicy): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (stat.isDirectory()) {
    for (const name of readdirSync(path)) unprotect(join(path, name), policy);
    return;
  }
  const target = statSync(path, { throwIfNoEntry: false });
  if (target === undefined || target.isDirectory()) return;
  if (stat.isSymbolicLink() || stat.nlink > 1) {
    const temporary = temporaryBeside(path);
    try {
      copyFileSync(path, temporary, constants.COPYFILE_FICLONE);
      renameSync(temporary, path);
    } catch (cause) {
      rmSync(temporary, { force: true });
      throw writeError(path, cause);
    }
  }
  chmodSync(path, policy.shared ? 0o664 : 0o666 & ~process.umask());
}
