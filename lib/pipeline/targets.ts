import { existsSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { didYouMean } from "../base/nearest.js";
import { GraphError } from "./errors.js";
import type { StageNode } from "./node.js";
import type { Project } from "./project.js";

/**
 * Stages that a target names: `stage`, `group`, `group@key`, `path/dvc.yaml`, `path/dvc.yaml:stage`, `file.dvc`.
 * No target means the dvc.yaml of the present folder.
 */
export function findStages(targets: readonly string[], project: Project): StageNode[] {
  const wanted = targets.length === 0 ? ["dvc.yaml"] : targets;
  return [...new Set(wanted.flatMap((target) => findStage(target, project)))];
}

function findStage(target: string, project: Project): StageNode[] {
  if (basename(target) === "dvc.lock")
    throw new GraphError(`Did you mean: \`${join(dirname(target), "dvc.yaml")}\`?`);
  const at = target.lastIndexOf(":");
  const isFile = (name: string): boolean => /(^|\/)dvc\.yaml$|\.dvc$/.test(name);
  const [fileText, name] = isFile(target)
    ? [target, undefined]
    : at >= 0 && isFile(target.slice(0, at))
      ? [target.slice(0, at), target.slice(at + 1)]
      : ["dvc.yaml", target];
  const file = resolve(project.cwd, fileText);
  if (!existsSync(file)) throw new GraphError(`'${file}' does not exist`);
  const inFile = project.nodes().filter((node) => node.file === file);
  if (name === undefined) return inFile;
  const found = inFile.filter((node) => node.name === name || node.group === name);
  if (found.length === 0) {
    const known = inFile.flatMap((node) => [node.group, node.name]);
    const hint = didYouMean(name, known);
    throw new GraphError(
      `Stage '${name}' not found inside '${fileText}' file${hint === "" ? "" : `.${hint}`}`,
    );
  }
  return found;
}

/** As `findStages`, and output paths count too (`status`, `checkout`, `pull`). */
export function findStagesOrOutputs(targets: readonly string[], project: Project): StageNode[] {
  const found = targets.flatMap((target) => {
    const path = resolve(project.cwd, target);
    const makers = project.nodes().filter((node) => node.outs.some((out) => out.absolute === path));
    if (makers.length > 0) return makers;
    if (existsSync(path) && !/(dvc\.yaml|\.dvc)$/.test(target)) {
      const inside = project
        .nodes()
        .filter((node) => node.outs.some((out) => out.absolute.startsWith(path + sep)));
      if (inside.length > 0) return inside;
    }
    try {
      return findStage(target, project);
    } catch (cause) {
      if (!(cause instanceof GraphError) || /\.dvc$|:/.test(target)) throw cause;
      throw new GraphError(
        `'${target}' does not exist as an output or a stage name in '${relative(project.cwd, join(project.cwd, "dvc.yaml"))}': ${cause.message}`,
        { cause },
      );
    }
  });
  return [...new Set(found)];
}
