import { changesOf } from "./changes.js";
import { relink } from "./checkout.js";
import { updateDataFile, writeImport } from "./dataFile.js";
import { GraphError } from "./errors.js";
import type { StageNode } from "./node.js";
import { ParamFiles } from "./paramValues.js";
import type { Project } from "./project.js";
import { ignoreOutput, refuseTracked, saveStage } from "./save.js";
import { type Hashed, recordOf } from "./tree.js";

export interface CommitOptions {
  readonly force: boolean;
  readonly relink: boolean;
  /** Asked for a node that has changed; true: go on. */
  readonly confirm: (question: string) => boolean;
  readonly write: (text: string) => void;
  readonly warn: (line: string) => void;
}

/**
 * Take dependencies and outputs as they are now: into the lock or the .dvc file, outputs into the cache.
 * @throws GraphError for a node that has changed, unless `force` or `confirm` says so; for outputs that are not there
 */
export async function commit(
  nodes: readonly StageNode[],
  project: Project,
  options: CommitOptions,
): Promise<void> {
  const params = new ParamFiles(project.yaml.read);
  for (const node of nodes) {
    const question = options.force ? "" : await questionAbout(node, project, params);
    const save = options.force || question !== "";
    if (question !== "" && !options.confirm(`${question} Are you sure you want to commit it?`)) {
      throw new GraphError(`unable to commit changed stage: '${node.address}'. Use \`-f|--force\` to force.`);
    }
    if (node.kind === "data") await commitData(node, project, options, save);
    else if (save) await commitStage(node, project, params, options);
    else await storeOutputs(node, project, options);
  }
}

/** What DVC says has changed; empty when nothing has. Whether objects are in the cache does not count. */
async function questionAbout(node: StageNode, project: Project, params: ParamFiles): Promise<string> {
  const found = await changesOf(node, { project, params, firstOnly: false, workspaceOnly: true });
  const names = (kinds: readonly string[]): string[] => [
    ...new Set(
      found.flatMap((change) =>
        kinds.includes(change.kind) && "path" in change ? [project.show(change.path)] : [],
      ),
    ),
  ];
  const list = (paths: readonly string[]): string => `[${paths.map((path) => `'${path}'`).join(", ")}]`;
  const [deps, outs] = [names(["dep", "param", "paramsFile"]), names(["out"])];
  const stage = `stage: '${node.address}'`;
  if (deps.length > 0 && outs.length > 0)
    return `dependencies ${list(deps)} and outputs ${list(outs)} of ${stage} changed.`;
  if (deps.length > 0) return `dependencies ${list(deps)} of ${stage} changed.`;
  if (outs.length > 0) return `outputs ${list(outs)} of ${stage} changed.`;
  if (found.some((change) => change.kind === "command")) return `'cmd' of ${stage} has changed.`;
  return found.some((change) => change.kind === "checksum") ? `'md5' of ${stage} changed.` : "";
}

async function commitStage(
  node: StageNode,
  project: Project,
  params: ParamFiles,
  options: CommitOptions,
): Promise<void> {
  const entry = await saveStage(node, project, params, { commit: true, warn: options.warn });
  for (const out of node.outs) if (out.cache) ignoreOutput(out.absolute, project);
  const lock = project.lock(node);
  const next = lock.with(node.name, entry);
  if (!lock.exists) options.write(`Generating lock file '${project.show(lock.path)}'\n`);
  project.setLock(next);
  if (next.write()) options.write(`Updating lock file '${project.show(lock.path)}'\n`);
}

/** Nothing has changed: only what the cache lacks is put into it. */
async function storeOutputs(node: StageNode, project: Project, options: CommitOptions): Promise<void> {
  for (const out of node.outs) {
    const hashed = await project.hasher.hash(out.absolute);
    if (hashed === undefined) throw new GraphError(`output '${project.show(out.absolute)}' does not exist`);
    if (!out.cache) continue;
    project.cache.add(out.absolute, hashed);
    if (options.relink) relink(out.absolute, hashed, project);
  }
}

async function commitData(
  node: StageNode,
  project: Project,
  options: CommitOptions,
  save: boolean,
): Promise<void> {
  if (save)
    for (const out of node.outs)
      if (out.cache) refuseTracked(out.absolute, project.show(out.absolute), project);
  await storeOutputs(node, project, options);
  if (!save) return;
  for (const out of node.outs) {
    const hashed = (await project.hasher.hash(out.absolute)) as Hashed;
    if (hashed.size === 0) options.warn(`'${project.show(out.absolute)}' is empty.`);
    if (out.cache) ignoreOutput(out.absolute, project);
    if (node.import === undefined) updateDataFile(node.file, out, recordOf(hashed));
    else {
      const [dep] = node.deps;
      const source = await project.hasher.hash(dep.absolute);
      if (source === undefined)
        throw new GraphError(`dependency '${project.show(dep.absolute)}' does not exist`);
      writeImport(node.file, {
        dep: { path: dep.path, recorded: recordOf(source) },
        out: { path: out.path, recorded: recordOf(hashed) },
        frozen: node.frozen,
        checksum: true,
      });
    }
  }
}
