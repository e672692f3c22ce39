import { dirname } from "node:path";
import { type LockEntry, recordedIn } from "./lock.js";
import type { StageNode } from "./node.js";
import type { Project } from "./project.js";
import { checkoutOutputs, fetchOutputs, MissingObjects, type Tracked, trackedOutputs } from "./remote.js";
import { copyRuns } from "./runCache.js";

/** `--pull`: bring what the default remote (a folder) knows of earlier runs. */
export function pullRuns(project: Project): void {
  if (project.config.defaultRemote === undefined) return;
  const { folder } = project.config.remote(undefined, "pull");
  if (folder !== undefined) copyRuns(folder, project.config.cacheFolder);
}

/**
 * Bring the recorded outputs of a stage and put them into the workspace.
 * @returns false when some of them are in no place that was looked at
 */
export async function pullOutputs(node: StageNode, project: Project): Promise<boolean> {
  return bring(trackedOutputs([node], project), project);
}

/** Bring dependencies that are not here and that another stage or a .dvc file of the project records. */
export async function pullDependencies(node: StageNode, project: Project): Promise<void> {
  for (const dep of node.deps) {
    if ((await project.hasher.hash(dep.absolute)) !== undefined) continue;
    const makers = project
      .nodes()
      .filter((each) => each.outs.some((out) => holds(out.absolute, dep.absolute)));
    await bring(trackedOutputs(makers, project), project);
  }
}

/** Bring the objects of a run that was made elsewhere. */
export function pullKept(node: StageNode, kept: LockEntry, project: Project): void {
  const tracked = node.outs.flatMap((out): Tracked[] => {
    const recorded = recordedIn(kept, "outs", out.path);
    return recorded?.md5 === undefined ? [] : [{ node, out, recorded }];
  });
  fetchOutputs(tracked, project);
}

async function bring(tracked: readonly Tracked[], project: Project): Promise<boolean> {
  const { missing } = fetchOutputs(tracked, project);
  try {
    await checkoutOutputs(tracked, project);
  } catch (cause) {
    if (cause instanceof MissingObjects) return false; // the stage itself says what is missing
    throw cause;
  }
  return missing.length === 0;
}

function holds(outer: string, path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    if (at === outer) return true;
    if (dirname(at) === at) return false;
  }
}
