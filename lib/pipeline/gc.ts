import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../base/errors.js";
import { compareText } from "../base/json.js";
import { ObjectStore, readTree } from "./cache.js";
import { GraphError } from "./errors.js";
import { recordedIn } from "./lock.js";
import type { Output, StageNode } from "./node.js";
import type { Project } from "./project.js";
import { eachRevision, type RevisionScope } from "./revisions.js";
import type { Recorded } from "./tree.js";

export interface GcOptions {
  readonly scope: RevisionScope;
  /** Keep only objects that the remote lacks. */
  readonly notInRemote: boolean;
  /** Clean the remotes, too. */
  readonly cloud: boolean;
  readonly remote?: string;
  readonly dry: boolean;
  /** Go on where the list of a folder's files is lost. */
  readonly force: boolean;
  readonly skipFailed: boolean;
  readonly confirm: (question: string) => boolean;
  readonly write: (text: string) => void;
  readonly warn: (line: string) => void;
}

/** Objects in use, by the remote that is named with their output ("" for none). 2.x: recorded without `hash`. */
interface Used {
  readonly objects: Map<string, Set<string>>;
  readonly legacy: Set<string>;
}

/**
 * Delete what no output of the workspace and of the revisions in scope uses: from the cache, and with `cloud` from the
 * remotes. Everything in use is known before anything is deleted. The run cache stays, as in DVC.
 * @throws GraphError when a revision, or the list of a folder's files, cannot be read: nothing is deleted then
 */
export function collectGarbage(project: Project, options: GcOptions): void {
  const used: Used = { objects: new Map(), legacy: new Set() };
  const failed = (name: string, cause: unknown): void => {
    if (!options.skipFailed)
      throw new GraphError(`Failed to collect '${name}': ${messageOf(cause)}`, { cause });
    options.warn(`Failed to collect '${name}', skipping: ${messageOf(cause)}`);
  };
  try {
    collect(project, project, used, options);
  } catch (cause) {
    failed("workspace", cause);
  }
  eachRevision(
    options.scope,
    project,
    (_, then) => collect(then, project, used, options),
    (sha, cause) => failed(sha.slice(0, 7), cause),
  );
  const remotes = options.cloud || options.notInRemote ? storesOf(used, project, options) : [];
  const kept = new Set<string>();
  for (const [name, oids] of used.objects) {
    const store = remotes.find((remote) => remote.names.has(name));
    for (const oid of oids) if (!options.notInRemote || store?.store.has(oid) !== true) kept.add(oid);
  }
  say(remove(project.cache, kept, options), "repo", options);
  say(removeLegacy(project.config.cacheFolder, used.legacy, options), "legacy", options);
  if (!options.cloud) return;
  for (const { store, names } of remotes) {
    const needed = new Set([...names].flatMap((name) => [...(used.objects.get(name) ?? [])]));
    for (const count of [remove(store, needed, options), removeLegacy(store.folder, used.legacy, options)]) {
      options.write(
        count > 0 ? `Removed ${count} objects from remote.\n` : "No unused cache to remove from remote.\n",
      );
    }
  }
}

function say(count: number, where: string, options: GcOptions): void {
  options.write(
    count > 0 ? `Removed ${count} objects from ${where} cache.\n` : `No unused '${where}' cache to remove.\n`,
  );
}

/** @param source the graph as the workspace or a revision has it */
function collect(source: Project, project: Project, used: Used, options: GcOptions): void {
  for (const node of source.nodes())
    for (const out of node.outs) if (out.cache) collectOutput(node, out, source, project, used, options);
}

function collectOutput(
  node: StageNode,
  out: Output,
  source: Project,
  project: Project,
  used: Used,
  options: GcOptions,
): void {
  const recorded: Recorded | undefined =
    out.recorded ?? recordedIn(source.lock(node).entry(node.name), "outs", out.path);
  const oid = recorded?.md5;
  if (oid === undefined) {
    if (node.import === undefined) options.warn(unrecorded(node, out, source));
    return;
  }
  if (recorded?.hash !== "md5") {
    // Recorded by DVC 2.x, or taken over from it: kept in both places.
    used.legacy.add(oid);
    for (const file of legacyFiles(project.config.cacheFolder, oid)) used.legacy.add(file);
  }
  const remote = out.remote?.toLowerCase() ?? "";
  const objects = used.objects.get(remote) ?? new Set();
  used.objects.set(remote, objects);
  objects.add(oid);
  if (!oid.endsWith(".dir") || recorded?.hash !== "md5") return;
  if (!project.cache.has(oid)) bringList(oid, out, project, options);
  if (!project.cache.has(oid)) {
    const question = `Missing cache for directory '${out.absolute}'. Cache for files inside will be lost. Would you like to continue? Use '-f' to force.`;
    if (options.force || options.confirm(question)) return;
    throw new GraphError(
      `unable to fully collect used cache without cache for directory '${source.show(out.absolute)}'`,
    );
  }
  for (const file of project.cache.tree(oid)) objects.add(file.md5);
}

/** The list of a folder's files may be in a remote. */
function bringList(oid: string, out: Output, project: Project, options: GcOptions): void {
  const name = out.remote ?? options.remote ?? project.config.defaultRemote;
  if (name === undefined) return;
  const { folder } = project.config.remote(name, "gc");
  if (folder === undefined) return;
  project.cache.copyOne(new ObjectStore(folder), oid);
  if (project.cache.has(oid)) return;
  const start = "Some of the cache files do not exist neither locally nor on remote. Missing cache files:";
  options.warn(`${start}\nname: None, md5: ${oid}`);
}

function unrecorded(node: StageNode, out: Output, source: Project): string {
  const shown = source.show(out.absolute);
  const start =
    `Output '${shown}'(stage: '${node.address}') is missing version info. Cache for it will not be collected. ` +
    "Use `dvc repro` to get your pipeline up to date.";
  return existsSync(out.absolute)
    ? `${start}\nYou can also use \`dvc commit ${node.address}\` to associate existing '${shown}' with stage: '${node.address}'.`
    : start;
}

interface RemoteStore {
  readonly store: ObjectStore;
  readonly names: Set<string>;
}

/** The remotes that outputs name, and the one for all others. */
function storesOf(used: Used, project: Project, options: GcOptions): RemoteStore[] {
  const stores = new Map<string, RemoteStore>();
  for (const name of new Set([...used.objects.keys(), ""])) {
    const remote = project.config.remote(name === "" ? options.remote : name, "gc -c");
    if (remote.folder === undefined) {
      throw new GraphError(
        `remote '${remote.name}' is ${remote.url}, no folder of this machine. Use dvc gc for it.`,
      );
    }
    const known = stores.get(remote.folder) ?? { store: new ObjectStore(remote.folder), names: new Set() };
    known.names.add(name);
    stores.set(remote.folder, known);
  }
  return [...stores.values()];
}

/** @returns how many objects were (or would be) deleted: lists of folders first */
function remove(store: ObjectStore, kept: ReadonlySet<string>, options: GcOptions): number {
  const oids = objectsIn(join(store.folder, "files", "md5")).filter((oid) => !kept.has(oid));
  return removeAll(
    oids.map((oid) => store.path(oid)),
    options,
  );
}

function removeLegacy(folder: string, kept: ReadonlySet<string>, options: GcOptions): number {
  const oids = objectsIn(folder).filter((oid) => !kept.has(oid));
  return removeAll(
    oids.map((oid) => join(folder, oid.slice(0, 2), oid.slice(2))),
    options,
  );
}

function removeAll(paths: readonly string[], options: GcOptions): number {
  const isList = (path: string): number => Number(path.endsWith(".dir"));
  const sorted = [...paths].sort((a, b) => isList(b) - isList(a) || compareText(a, b));
  for (const path of sorted) {
    if (options.dry) options.write(`Removing ${path}\n`);
    else rmSync(path, { force: true });
  }
  return sorted.length;
}

function objectsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^[0-9a-f]{2}$/.test(name))
    .flatMap((prefix) =>
      readdirSync(join(folder, prefix))
        .filter((name) => /^[0-9a-f]{30}(\.dir)?$/.test(name))
        .map((name) => prefix + name),
    );
}

function legacyFiles(folder: string, oid: string): string[] {
  if (!oid.endsWith(".dir")) return [];
  const path = join(folder, oid.slice(0, 2), oid.slice(2));
  return existsSync(path) ? readTree(path).map((file) => file.md5) : [];
}
