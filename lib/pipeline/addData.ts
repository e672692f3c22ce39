import { existsSync, lstatSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { writeFileAtomic } from "../base/files.js";
import { relink } from "./checkout.js";
import { dataFileText, updateDataFile } from "./dataFile.js";
import { GraphError } from "./errors.js";
import type { Output, StageNode } from "./node.js";
import { refuseOverlap, refuseSymlinkedPlace } from "./place.js";
import type { Project } from "./project.js";
import { ignoreOutput, refuseTracked } from "./save.js";
import { recordOf } from "./tree.js";

export interface AddOptions {
  /** Put the content into the cache. */
  readonly commit: boolean;
  /** Tie the files of the workspace to the cache as `cache.type` says. */
  readonly relink: boolean;
}

/** What tracks a path already: a .dvc file. */
interface Owner {
  readonly node: StageNode;
  readonly out: Output;
}

/**
 * Whether a path can be tracked as data. All paths of a call are asked before any is added.
 * @throws GraphError in DVC's words
 */
export function checkAddable(path: string, project: Project): void {
  if (!project.contains(path) || path === project.root) {
    throw new GraphError(
      `Cached output(s) outside of DVC project: ${path}. See ` +
        "<https://dvc.org/doc/user-guide/data-management/importing-external-data> for more info.",
    );
  }
  refuseSymlinkedPlace(path, project);
  const shown = project.show(path);
  const name = basename(path);
  if (name === "dvc.yaml" || name === "dvc.lock" || name.endsWith(".dvc"))
    throw new GraphError(`DVC file '${shown}' cannot be an output.`);
  const isFolder = lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const rule = project.dvcIgnore.match(path, isFolder);
  if (rule !== undefined) throw new GraphError(`Path '${path}' is ignored by ${rule.source}`);
  const owner = ownerOf(path, project);
  if (owner === undefined) refuseOverlap(path, project, {});
  else if (owner.out.absolute !== path) {
    throw new GraphError(
      `'${shown}' lies in '${project.show(owner.out.absolute)}', which '${owner.node.address}' tracks. ` +
        `nidslab adds such a folder as a whole: nidslab add ${project.show(owner.out.absolute)}`,
    );
  }
}

/** @throws GraphError for what a stage makes */
function ownerOf(path: string, project: Project): Owner | undefined {
  for (const node of project.nodes()) {
    for (const out of node.outs) {
      if (path !== out.absolute && !path.startsWith(out.absolute + sep)) continue;
      if (node.kind === "data") return { node, out };
      throw new GraphError(
        `cannot update '${project.show(path)}': overlaps with an output of stage: '${node.address}' in ` +
          `'${project.show(node.file)}'.\nRun the pipeline or use 'dvc commit' to force update it.`,
      );
    }
  }
  return undefined;
}

/**
 * Track a file or folder: its content goes into the cache, its hash into the .dvc file beside it.
 * @returns the files that Git should know of
 * @throws GraphError in DVC's words
 */
export async function addData(path: string, project: Project, options: AddOptions): Promise<string[]> {
  const shown = project.show(path);
  const hashed = await project.hasher.hash(path);
  if (hashed === undefined) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
      throw new GraphError(`'${shown}' is a symbolic link to something that is not there: '${path}'`);
    throw new GraphError(`output '${shown}' does not exist: [Errno 2] No such file or directory: '${path}'`);
  }
  const owner = ownerOf(path, project);
  const isCached = owner?.out.cache !== false;
  const file = owner?.node.file ?? join(dirname(path), `${basename(path)}.dvc`);
  if (owner === undefined && existsSync(file))
    throw new GraphError(`'${project.show(file)}' is there already and describes something else.`);
  if (isCached) refuseTracked(path, shown, project);
  const ignored = isCached ? ignoreOutput(path, project) : [];
  if (isCached && options.commit) {
    project.cache.add(path, hashed);
    if (options.relink) relink(path, hashed, project);
  }
  if (owner === undefined) writeFileAtomic(file, dataFileText(basename(path), recordOf(hashed)));
  else updateDataFile(file, owner.out, recordOf(hashed));
  return [...ignored, file];
}
