import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { writeFileAtomic } from "../base/files.js";
import { GraphError } from "./errors.js";
import type { StageNode } from "./node.js";
import type { Project } from "./project.js";
import { findStages } from "./targets.js";
import { removeKey, setKey, withPlainQuotes } from "./yaml/mappingKeys.js";
import { readYaml } from "./yaml/read.js";
import { isMap, type Yaml, type YamlMap } from "./yaml/value.js";

/**
 * Write `frozen: true` for a stage or a .dvc file, or take it out. In a dvc.yaml nothing else changes by a byte (DVC sorts the
 * stage's lists on the occasion).
 * @returns what DVC says about it
 * @throws GraphError for a stage that is generated or holds `${…}`, which DVC refuses, too
 */
export function setFrozen(target: string, frozen: boolean, project: Project): string {
  const found = findStages([target], project);
  if (found.length !== 1) throw notOne(target, found);
  const [node] = found;
  const text = readFileSync(node.file, "utf8");
  const at = node.kind === "data" ? [] : ["stages", node.name];
  if (node.kind === "stage") refuseParametrized(node, readYaml(text, node.file) as YamlMap);
  const edited = frozen ? setKey(text, at, "frozen", true) : removeKey(text, at, "frozen");
  const written = node.kind === "data" ? withPlainQuotes(edited) : edited;
  if (written !== text) writeFileAtomic(node.file, written);
  return node.kind === "data" ? "" : `Modifying stage '${node.name}' in '${project.show(node.file)}'\n`;
}

function notOne(target: string, found: readonly StageNode[]): GraphError {
  if (found.length > 0 && found[0].group === target)
    return new GraphError(`Stage '${target}' not found inside 'dvc.yaml' file`);
  return new GraphError(
    basename(target) === "dvc.yaml"
      ? "Stage 'None' not found inside 'dvc.yaml' file"
      : `'${target}' names ${found.length} stages: ${found.map((node) => node.address).join(", ")}. Name one.`,
  );
}

function refuseParametrized(node: StageNode, content: YamlMap): void {
  const body = (content.get("stages") as YamlMap).get(node.name);
  if (isMap(body) && !holdsExpression(body)) return;
  throw new GraphError(
    `cannot dump a parametrized stage: '${node.address}'. Write frozen: true in dvc.yaml yourself: under the stage, or under do: of a foreach (it then holds for all its stages).`,
  );
}

function holdsExpression(value: Yaml): boolean {
  if (isMap(value)) return [...value].some(([key, item]) => holdsExpression(key) || holdsExpression(item));
  if (Array.isArray(value)) return value.some(holdsExpression);
  return typeof value === "string" && /(?<!\\)\$\{/.test(value);
}
