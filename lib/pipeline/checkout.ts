import { randomBytes } from "node:crypto";
import {
  chmodSync,
  constants,
  copyFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { writeError } from "../base/files.js";
import type { ObjectStore } from "./cache.js";
import { GraphError } from "./errors.js";
import { contentHash, type Hasher, type Recorded } from "./tree.js";

/**
 * Put what is recorded into the workspace, from objects that are in the cache. Each file appears by a rename, so that it is
 * whole; files that are right already are left alone, files that are not recorded are deleted.
 */
export async function checkout(
  path: string,
  recorded: Recorded,
  cache: ObjectStore,
  hasher: Hasher,
): Promise<void> {
  const oid = recorded.md5 as string;
  const present = await hasher.hash(path);
  if (present?.md5 === oid) return;
  try {
    if (oid.endsWith(".dir")) await folder(path, oid, cache, hasher);
    else {
      if (present?.files !== undefined) rmSync(path, { recursive: true });
      await place(cache, oid, path, recorded.isexec === true);
      hasher.remember(path, oid);
    }
  } finally {
    hasher.forget(path);
  }
}

async function folder(path: string, oid: string, cache: ObjectStore, hasher: Hasher): Promise<void> {
  const wanted = new Map(cache.tree(oid).map((file) => [file.relpath, file.md5]));
  const present = await hasher.hash(path);
  if (present !== undefined && present.files === undefined) rmSync(path, { force: true });
  const right = new Set<string>();
  for (const file of present?.files ?? []) {
    if (wanted.get(file.relpath) === file.md5) right.add(file.relpath);
    else rmSync(join(path, file.relpath), { force: true });
  }
  mkdirSync(path, { recursive: true });
  if (present?.files !== undefined) removeEmptyFolders(path, false);
  for (const [relpath, md5] of wanted) {
    if (right.has(relpath)) continue;
    await place(cache, md5, join(path, relpath), false);
    hasher.remember(join(path, relpath), md5);
  }
}

/** Remove the folders inside `path` that hold no file. @param itself `path` too */
export function removeEmptyFolders(path: string, itself: boolean): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmptyFolders(join(path, entry.name), true);
  }
  if (itself && readdirSync(path).length === 0) rmdirSync(path);
}

/**
 * One file. DVC trusts a read-only object; here the copy is hashed, so that a damaged one (a bad disk, an editor that
 * follows a link into the cache) never passes for the recorded output.
 */
async function place(cache: ObjectStore, oid: string, target: string, isexec: boolean): Promise<void> {
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString("hex")}.tmp`);
  try {
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(cache.path(oid), temporary, constants.COPYFILE_FICLONE);
    if ((await contentHash(temporary, statSync(temporary).size)) !== oid) throw cache.damaged(oid);
    chmodSync(temporary, (0o666 & ~process.umask()) | (isexec ? 0o100 : 0));
    renameSync(temporary, target);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw cause instanceof GraphError ? cause : writeError(target, cause);
  }
}
