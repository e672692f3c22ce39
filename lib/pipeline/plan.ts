import { statSync } from "node:fs";
import { resolve, sep } from "node:path";
import type { Graph } from "./graph.js";
import type { StageNode } from "./node.js";
import type { Project } from "./project.js";
import { findStages } from "./targets.js";

/** Which stages a run is about. */
export interface Selection {
  readonly targets: readonly string[];
  /** Only the named stages, nothing that they need. */
  readonly single: boolean;
  /** The named stages and what depends on them. */
  readonly downstream: boolean;
  /** Everything that is connected with the named stages. */
  readonly pipeline: boolean;
  readonly allPipelines: boolean;
  /** A target may be a folder: all stages below it. */
  readonly recursive: boolean;
  /** A target may be a pattern on names of stages. */
  readonly glob: boolean;
}

/** The stages of a run, in the order in which one job would process them. */
export function planOf(project: Project, graph: Graph | undefined, selection: Selection): StageNode[] {
  if (selection.allPipelines && graph !== undefined) return graph.order(graph.nodes);
  const targets = selectStages(project, selection);
  if (graph === undefined) return targets;
  if (selection.pipeline) return graph.order(graph.connected(targets));
  return selection.downstream ? graph.downstream(targets) : graph.order(targets);
}

function selectStages(project: Project, { targets, recursive, glob }: Selection): StageNode[] {
  if (!recursive) return findStages(targets, project, glob);
  const found = targets.flatMap((target) => {
    const folder = resolve(project.cwd, target);
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      return findStages([target], project, glob);
    return project.nodes().filter((node) => node.file.startsWith(folder + sep));
  });
  return targets.length === 0 ? findStages([], project) : [...new Set(found)];
}
