import { readdirSync, statSync } from "node:fs";
import { DamagedObject } from "./cache.js";
import { checkout, relink, removeEmptyFolders } from "./checkout.js";
import { GraphError } from "./errors.js";
import { git, ignoreInGit } from "./gitFiles.js";
import { eraOf, type Kept, keptOf } from "./legacy.js";
import { items, type LockEntry, recordedIn, sortedItems } from "./lock.js";
import type { StageNode } from "./node.js";
import type { ParamFiles } from "./paramValues.js";
import type { Project } from "./project.js";
import { pullKept } from "./pullStage.js";
import type { Hashed, Recorded } from "./tree.js";
import { equal, type YamlMap } from "./yaml/value.js";

/** Whether runs of a stage are kept: it is a function of recorded things, and all its outputs can be restored. */
export function isKept(node: StageNode, project: Project): boolean {
  const { cmd, deps, params, outs, alwaysChanged } = node;
  return (
    cmd !== undefined &&
    deps.length + params.length > 0 &&
    outs.length > 0 &&
    !alwaysChanged &&
    outs.every((out) => project.contains(out.absolute) && !out.persist && (out.cache || out.role !== "out"))
  );
}

/** The lock entry as far as it is known before a run: command, dependencies, parameters; outputs by path only. */
export async function entryBefore(node: StageNode, project: Project, params: ParamFiles): Promise<LockEntry> {
  const locked = project.lock(node).entry(node.name);
  const deps: { path: string; recorded: Recorded }[] = [];
  for (const dep of node.deps) {
    const found = await keptOf(dep.absolute, recordedIn(locked, "deps", dep.path), project);
    if (found === undefined) {
      const kept = isKept(node, project);
      throw new GraphError(
        kept
          ? `[Errno 2] No such file or directory: '${dep.absolute}'`
          : `dependency '${dep.path}' does not exist`,
      );
    }
    deps.push({ path: dep.path, recorded: found.recorded });
  }
  // Of a stage with outputs, DVC names the keys that are missing, where it knows any.
  const absent = node.params.find(
    (ref) => (node.outs.length === 0 || ref.keys === null) && params.read(ref) === undefined,
  );
  if (absent !== undefined) throw new GraphError(`dependency '${absent.path}' does not exist`);
  const entry: YamlMap = new Map([["cmd", node.cmd ?? null]]);
  if (deps.length > 0) entry.set("deps", sortedItems(deps));
  if (node.params.length > 0) entry.set("params", params.lockBlock(node));
  if (node.outs.length > 0) {
    entry.set("outs", sortedItems(node.outs.map((out) => ({ path: out.path, recorded: {} }))));
  }
  return entry;
}

/**
 * After a stage: hash what it made, put it into the cache, keep the run.
 * @returns its lock entry
 */
export async function saveStage(
  node: StageNode,
  project: Project,
  params: ParamFiles,
  options: { readonly commit: boolean; readonly warn: (line: string) => void },
): Promise<LockEntry> {
  for (const out of node.outs) project.hasher.forget(out.absolute);
  for (const dep of node.deps) project.hasher.recheck(dep.absolute);
  const entry = await entryBefore(node, project, params);
  const locked = project.lock(node).entry(node.name);
  const made: (Kept & { readonly path: string })[] = [];
  for (const out of node.outs) {
    if (out.cache && !project.contains(out.absolute)) {
      throw new GraphError(
        `Saving cached external output ${out.absolute} is not supported since DVC 3.0. ` +
          "See <https://dvc.org/doc/user-guide/upgrade> for more info.",
      );
    }
    const found = await keptOf(out.absolute, recordedIn(locked, "outs", out.path), project);
    if (found === undefined) throw new GraphError(`output '${out.path}' does not exist`);
    if (isEmpty(out.absolute, found.hashed)) options.warn(`'${out.path.replace(/\/+$/, "")}' is empty.`);
    made.push({ path: out.path, ...found });
  }
  for (const out of node.outs) if (out.cache) refuseTracked(out.absolute, out.path, project);
  if (made.length > 0) {
    entry.set("outs", sortedItems(made));
  }
  if (options.commit) {
    const kept = isKept(node, project);
    node.outs.forEach((out, i) => {
      if (out.cache || kept) made[i].cache.add(out.absolute, made[i].hashed);
      if (out.cache) relink(out.absolute, made[i].hashed, project);
    });
    if (kept) project.runs.save(entry);
  }
  return entry;
}

/** As DVC counts: a folder is empty when nothing at all is in it. */
function isEmpty(path: string, hashed: Hashed): boolean {
  return hashed.files === undefined ? hashed.size === 0 : readdirSync(path).length === 0;
}

/** Name a cached output in the .gitignore beside it. @returns the file when it was written */
export function ignoreOutput(path: string, project: Project): string[] {
  if (project.gitIgnore === undefined || !project.contains(path)) return [];
  const written = ignoreInGit(
    path,
    statSync(path, { throwIfNoEntry: false })?.isDirectory() === true,
    project.gitIgnore,
  );
  return written === undefined ? [] : [written];
}

/** @throws GraphError for an output that Git tracks: its content would be in Git and in the cache */
export function refuseTracked(absolute: string, path: string, project: Project): void {
  if (!project.contains(absolute) || project.gitTracked?.has(absolute) !== true) return;
  throw new GraphError(
    ` output '${path}' is already tracked by SCM (e.g. Git).\n    You can remove it from Git, then add to DVC.\n` +
      `        To stop tracking from Git:\n            git rm -r --cached '${path}'\n` +
      `            git commit -m "stop tracking ${path}"`,
  );
}

/**
 * A run that was made before with the same command, dependencies and parameters; the one in dvc.lock comes first.
 * @param before what `entryBefore` gave
 * @param isComplete whether its outputs can be had
 */
export function earlierRun(
  node: StageNode,
  before: LockEntry,
  project: Project,
  isComplete: (kept: LockEntry) => boolean,
): LockEntry | undefined {
  const locked = project.lock(node).entry(node.name);
  const isOwn =
    locked !== undefined &&
    ["cmd", "deps", "params"].every((key) => equal(locked.get(key) ?? null, before.get(key) ?? null)) &&
    isComplete(locked);
  return isOwn ? locked : project.runs.find(before).find(isComplete);
}

/** Whether every output of an earlier run is in the cache. */
export function isInCache(node: StageNode, kept: LockEntry, project: Project): boolean {
  return (
    items(kept, "outs").length === node.outs.length &&
    node.outs.every((out) => {
      const recorded = recordedIn(kept, "outs", out.path);
      return recorded?.md5 !== undefined && eraOf(recorded, project).cache.hasAll(recorded.md5);
    })
  );
}

/**
 * Bring back the outputs of a run that was made before with the same command, dependencies and parameters.
 * @param before what `entryBefore` gave
 * @param how `pull`: bring objects from the remotes; `warn` is told what DVC does here that nobody expects
 * @returns false when there is none whose objects are all in the cache
 */
export async function restoreRun(
  node: StageNode,
  before: LockEntry,
  project: Project,
  how: { readonly pull: boolean; readonly warn: (line: string) => void },
): Promise<boolean> {
  const found = earlierRun(node, before, project, (kept) => {
    if (how.pull) pullKept(node, kept, project);
    return isInCache(node, kept, project);
  });
  if (found === undefined) return false;
  if (!equal(found.get("params") ?? null, before.get("params") ?? null)) {
    // Treeverse/dvc issue 10296. The lock depends on it, so it is done as DVC does it, and said.
    how.warn(
      `stage '${node.address}' is restored from a run with other parameters: DVC does not look at parameters called ` +
        "size or nfiles. Rename them, or use --no-run-cache.",
    );
  }
  try {
    for (const out of node.outs) {
      const recorded = recordedIn(found, "outs", out.path);
      if (recorded === undefined) continue;
      const { cache, hasher } = eraOf(recorded, project);
      await checkout(out.absolute, recorded, cache, hasher);
      // DVC makes a restored folder anew, without the empty ones that the last run or somebody left there.
      if (recorded.md5?.endsWith(".dir")) removeEmptyFolders(out.absolute, false);
    }
  } catch (cause) {
    if (cause instanceof DamagedObject) return false; // The stage makes it again.
    throw cause;
  }
  return true;
}

/** `git add` what was written, when the project says so (`core.autostage`). */
export function stageInGit(files: readonly string[], project: Project): void {
  if (project.gitRoot !== undefined && files.length > 0) git(project.gitRoot, ["add", "--", ...files]);
}
