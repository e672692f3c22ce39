import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ObjectStore } from "./cache.js";
import { foldersAbove, withFolders } from "./folders.js";
import type { Era } from "./legacy.js";
import { isLinkedAsWanted, placeObject, unprotect } from "./links.js";
import { temporaryBeside } from "./temporary.js";
import type { Hashed, Recorded } from "./tree.js";

/** What has to happen to one file: relpath inside a folder, "" for an output that is a file itself. */
export interface FileStep {
  readonly relpath: string;
  /** What is there now. */
  readonly old?: string;
  /** What is recorded; none: the file is not recorded and goes. */
  readonly wanted?: string;
}

/** Steps that make what is at a path what is recorded. */
export interface CheckoutPlan {
  readonly steps: readonly FileStep[];
  readonly isFolder: boolean;
  readonly present: Hashed | undefined;
}

/**
 * Compare what is at a path with what is recorded.
 * @param inside of a folder only what lies at or below this path in it
 */
export async function planCheckout(
  path: string,
  recorded: Recorded,
  cache: ObjectStore,
  hasher: Era["hasher"],
  inside = "",
): Promise<CheckoutPlan> {
  const oid = recorded.md5 as string;
  const present = await hasher.hash(path);
  const isFolder = oid.endsWith(".dir");
  if (present?.md5 === oid) return { steps: [], isFolder, present };
  const counts = (relpath: string): boolean =>
    inside === "" || relpath === inside || relpath.startsWith(`${inside}/`);
  const wanted = new Map(
    isFolder
      ? cache.tree(oid).flatMap(({ relpath, md5 }) => (counts(relpath) ? [[relpath, md5] as const] : []))
      : [["", oid] as const],
  );
  const now = new Map(
    present === undefined
      ? []
      : present.files === undefined
        ? [["", present.md5] as const]
        : present.files.flatMap(({ relpath, md5 }) => (counts(relpath) ? [[relpath, md5] as const] : [])),
  );
  const steps = [...new Set([...now.keys(), ...wanted.keys()])].flatMap((relpath): FileStep[] => {
    const [old, next] = [now.get(relpath), wanted.get(relpath)];
    return old === next ? [] : [{ relpath, old, wanted: next }];
  });
  return { steps, isFolder, present };
}

/**
 * Put what is recorded into the workspace, from objects that are in the cache. Every object is checked before anything is
 * touched, each file appears by a rename, and files that are not recorded go last: what was there is lost only when its
 * replacement is whole.
 * @throws DamagedObject for an object whose content is not what its name says
 */
export async function checkout(
  path: string,
  recorded: Recorded,
  cache: ObjectStore,
  hasher: Era["hasher"],
  inside = "",
): Promise<void> {
  const plan = await planCheckout(path, recorded, cache, hasher, inside);
  if (plan.steps.length === 0 && (plan.present !== undefined || !plan.isFolder)) return;
  try {
    for (const { wanted } of plan.steps) if (wanted !== undefined) checkObject(wanted, cache);
    const isOther = plan.present !== undefined && (plan.present.files !== undefined) !== plan.isFolder;
    if (isOther) replaceKind(path, plan, recorded, cache);
    else apply(path, plan, recorded, cache);
    for (const { relpath, wanted } of plan.steps)
      if (wanted !== undefined) hasher.remember(join(path, relpath), wanted);
  } finally {
    hasher.forget(path);
  }
}

/**
 * DVC trusts a read-only object; here it is hashed before it is used, so that a damaged one (a bad disk, an editor that
 * follows a link into the cache) never passes for the recorded output.
 */
function checkObject(oid: string, cache: ObjectStore): void {
  if (!cache.isWhole(oid, cache.path(oid))) throw cache.damaged(oid);
}

function apply(path: string, plan: CheckoutPlan, recorded: Recorded, cache: ObjectStore): void {
  if (plan.isFolder) mkdirSync(path, { recursive: true });
  const gone = plan.steps.filter(({ wanted }) => wanted === undefined);
  const blocking = inTheWay(plan.steps);
  for (const relpath of blocking) rmSync(join(path, relpath), { force: true });
  if (blocking.length > 0) removeEmptyFolders(path, false);
  for (const { relpath, wanted } of plan.steps) {
    if (wanted !== undefined) {
      placeObject(
        cache.path(wanted),
        join(path, relpath),
        cache.links,
        !plan.isFolder && recorded.isexec === true,
      );
    }
  }
  for (const { relpath } of gone) rmSync(join(path, relpath), { force: true });
  if (gone.length > 0) removeEmptyFolders(path, false);
}

/** Files that cannot wait to go: one where a folder has to be, or one in a folder where a file has to be. */
export function inTheWay(steps: readonly FileStep[]): string[] {
  const wanted = new Set(steps.flatMap((step) => (step.wanted === undefined ? [] : [step.relpath])));
  const neededFolders = withFolders(wanted);
  return steps.flatMap(({ relpath, wanted: next }) =>
    next === undefined &&
    (neededFolders.has(relpath) || foldersAbove(relpath).some((path) => wanted.has(path)))
      ? [relpath]
      : [],
  );
}

/** A folder takes the place of a file, or a file that of a folder: it is made beside it first. */
function replaceKind(path: string, plan: CheckoutPlan, recorded: Recorded, cache: ObjectStore): void {
  const beside = temporaryBeside(path);
  try {
    const steps = plan.steps.filter(({ wanted }) => wanted !== undefined);
    apply(beside, { ...plan, steps }, recorded, cache);
    rmSync(path, { recursive: true, force: true });
    renameSync(beside, path);
  } finally {
    rmSync(beside, { recursive: true, force: true });
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
 * Tie an output that is right to its objects, as `cache.type` says: links where it asks for them, copies where it does not.
 * With the default (copies) nothing is written for files that are copies already.
 */
export function relink(path: string, hashed: Hashed, { cache, hasher }: Era): void {
  // What a link to a folder points to is not ours to change.
  if (hashed.files !== undefined && lstatSync(path).isSymbolicLink()) return;
  const files = hashed.files ?? [{ relpath: "", md5: hashed.md5 }];
  // The first kind counts: a copy where links are wanted is tried again, and stays a copy where they cannot be made.
  const first = { ...cache.links, types: cache.links.types.slice(0, 1) };
  for (const { relpath, md5 } of files) {
    const file = join(path, relpath);
    const object = cache.path(md5);
    if (!existsSync(object) || isLinkedAsWanted(file, object, first)) continue;
    placeObject(object, file, cache.links, hashed.files === undefined && hashed.isexec);
    hasher.remember(file, md5);
  }
}

/** As `relink`, for `checkout --relink`: copies are made writable, too. */
export function relinkAll(path: string, hashed: Hashed, era: Era): void {
  relink(path, hashed, era);
  const { cache } = era;
  if (["copy", "reflink"].includes(cache.links.types[0]) && !hashed.isexec) unprotect(path, cache.links);
}
