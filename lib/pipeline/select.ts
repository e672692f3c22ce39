import { existsSync, statSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { toSlashes } from "./dvcfile.js";
import { GraphError } from "./errors.js";
import { Graph } from "./graph.js";
import type { StageNode } from "./node.js";
import type { Project } from "./project.js";
import { findStages } from "./targets.js";

/** A node that a target names; `path`: only what lies there (an output, or a file inside one). */
export interface Selected {
  readonly node: StageNode;
  readonly path?: string;
}

/** DVC's options of the verbs that take outputs. */
export interface Selection {
  readonly targets: readonly string[];
  readonly withDeps?: boolean;
  readonly recursive?: boolean;
}

/**
 * Nodes that targets name: stage files, stages, groups, outputs, paths inside outputs; with `recursive` everything below a
 * folder, with `withDeps` what they need, too. No target: all.
 * @throws GraphError in DVC's words for a target that is nothing of these
 */
export function select(selection: Selection, project: Project): Selected[] {
  const { targets, withDeps, recursive } = selection;
  const all = project.nodes();
  if (targets.length === 0) return all.map((node) => ({ node }));
  return targets.flatMap((target): Selected[] => {
    const path = resolve(project.cwd, target);
    const isFile = /(^|\/)dvc\.yaml(:.*)?$|\.dvc$/.test(target);
    const isStage = !isFile && isStageName(target, project);
    if (!isFile && !isStage) {
      const isFolder = recursive === true && existsSync(path) && statSync(path).isDirectory();
      if (isFolder) return all.filter((node) => node.file.startsWith(path + sep)).map((node) => ({ node }));
      const owners = all.filter((node) => node.outs.some((out) => isAtOrIn(path, out.absolute)));
      if (owners.length > 0) return owners.map((node) => ({ node, path }));
    }
    const found = stagesOf(target, project);
    return (withDeps === true ? Graph.of(all, project.cwd).order(found) : found).map((node) => ({ node }));
  });
}

function isAtOrIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}

function isStageName(target: string, project: Project): boolean {
  try {
    return findStages([target], project).length > 0;
  } catch {
    return false;
  }
}

function stagesOf(target: string, project: Project): StageNode[] {
  try {
    return findStages([target], project);
  } catch (cause) {
    if (!(cause instanceof GraphError) || /\.dvc$|:/.test(target)) throw cause;
    const file = toSlashes(relative(project.cwd, resolve(project.cwd, "dvc.yaml")));
    throw new GraphError(
      `'${target}' does not exist as an output or a stage name in '${file}': ${cause.message}`,
      { cause },
    );
  }
}
