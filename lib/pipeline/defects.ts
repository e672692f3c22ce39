import { normalize } from "node:path/posix";
import type { StageNode } from "./node.js";
import type { ParamFiles } from "./paramValues.js";
import { readYaml } from "./yaml/read.js";
import { equal, isList, isMap, Tuple, type Yaml, type YamlMap } from "./yaml/value.js";
import { writeYaml } from "./yaml/write.js";

/** Texts of a lock are folded near column 80; only those with two blanks in a row can lose something. */
const LOSABLE = /\S {2,}\S/;

/**
 * Defects of DVC that concern a stage, one line each: what happens and what to do. The lock has the same bytes as DVC's, so
 * they cannot be repaired here; a stage that they concern is never up to date (nested tuples: for DVC only).
 * Source: DVC issues 9397 and 10668 (folding); dvc-compat 2.3 and 3.4.
 */
export function defectsOf(node: StageNode, params: ParamFiles): string[] {
  const warnings: string[] = [];
  for (const ref of node.params) {
    const normal = normalize(ref.path);
    if (normal !== ref.path) {
      warnings.push(
        `stage '${node.address}': the params file '${ref.path}' is recorded as '${normal}' and not found again, ` +
          `so the stage never is up to date. Write '${normal}' in dvc.yaml.`,
      );
    }
    for (const [key, value] of params.values(ref) ?? []) {
      if (some(value, (item) => Number.isNaN(item))) {
        warnings.push(
          `stage '${node.address}': the parameter '${String(key)}' of '${ref.path}' is or holds NaN, which differs from ` +
            "itself, so the stage never is up to date. Use null or a text.",
        );
      }
      if ([...inside(value)].some((item) => some(item, (each) => each instanceof Tuple))) {
        warnings.push(
          `stage '${node.address}': the parameter '${String(key)}' of '${ref.path}' holds a tuple, which DVC compares as ` +
            "different from the list in dvc.lock, so `dvc repro` runs the stage every time. Write a list.",
        );
      }
      if (isLost(node.name, new Map([["params", new Map([[normal, new Map([[key, value]])]])]]))) {
        warnings.push(lost(node, `the parameter '${String(key)}' of '${ref.path}'`, "Use fewer blanks."));
      }
    }
  }
  if (isLost(node.name, new Map([["cmd", node.cmd ?? null]]))) {
    warnings.push(lost(node, "cmd", "Use single blanks, a list of short commands, or a script."));
  }
  return warnings;
}

function lost(node: StageNode, what: string, advice: string): string {
  return (
    `stage '${node.address}': ${what} has several blanks where dvc.lock folds the line; they read back as one, ` +
    `so the stage never is up to date. ${advice}`
  );
}

/** Whether part of a lock entry reads back as something else. */
function isLost(stage: string, entry: YamlMap): boolean {
  if (!some(entry, (item) => typeof item === "string" && LOSABLE.test(item))) return false;
  const lock: YamlMap = new Map([["stages", new Map([[stage, entry]])]]);
  return !equal(readYaml(writeYaml(lock), "./dvc.lock"), lock);
}

function some(value: Yaml, test: (item: Yaml) => boolean): boolean {
  return test(value) || [...inside(value)].some((item) => some(item, test));
}

function inside(value: Yaml): Iterable<Yaml> {
  return isMap(value) ? value.values() : isList(value) ? value : [];
}
