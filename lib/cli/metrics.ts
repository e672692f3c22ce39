import { existsSync, readFileSync } from "node:fs";
import { resolve, sep } from "node:path";
import { UsageError } from "../base/errors.js";
import { compareText } from "../base/json.js";
import { GraphError } from "../pipeline/errors.js";
import type { Project } from "../pipeline/project.js";
import { readYaml } from "../pipeline/yaml/read.js";
import {
  floatText,
  isMap,
  pythonJson,
  type Scalar,
  type Yaml,
  type YamlMap,
} from "../pipeline/yaml/value.js";
import type { Command } from "./command.js";
import { graphVerb } from "./graphVerb.js";
import { textTable } from "./textTable.js";

const help = `Show the metrics of the last run.

usage: nidslab metrics show [options] [files or folders...]

  --json           as JSON
  --md             as a Markdown table
  --precision N    digits after the point (default 5)
  --cd FOLDER      as if called in FOLDER

example: nidslab metrics show reports/metrics/site`;

export const command: Command = {
  summary: "show the metrics of the last run, or how they changed (metrics show, metrics diff)",
  help,
  run: (args) =>
    graphVerb(args, ["--json", "--md", "--precision="], help, async (options, open) => {
      const [what, ...targets] = options.targets;
      if (what !== "show") throw new UsageError(`metrics: expected "show", found ${what ?? "nothing"}.`);
      const project = open();
      const files = metricFiles(project, targets);
      if (options.has("json")) {
        const data = new Map(files.map(({ name, content }) => [name, new Map([["data", content]])]));
        process.stdout.write(`${pythonJson(new Map([["", new Map([["data", data]])]]))}\n`);
        return 0;
      }
      const digits = Number(options.value("precision") ?? 5);
      const flat = files.map(({ name, content }) => ({ name, values: flatten(content, digits) }));
      const columns = [...new Set(flat.flatMap(({ values }) => [...values.keys()]))].sort(compareText);
      const rows = flat.map(({ name, values }) => [
        name,
        ...columns.map((column) => values.get(column) ?? "-"),
      ]);
      process.stdout.write(textTable(["Path", ...columns], rows, options.has("md")));
      return 0;
    }),
};

/** Metrics files of all stages and of the top level of dvc.yaml that are there, sorted by name. */
function metricFiles(project: Project, targets: readonly string[]): { name: string; content: Yaml }[] {
  const outs = project.nodes().flatMap((node) => node.outs.filter((out) => out.role === "metric"));
  const listed = project.dvcFiles().flatMap((file) => file.metrics);
  const wanted = targets.map((target) => resolve(project.cwd, target));
  const known = [...new Set([...outs, ...listed].map((ref) => ref.absolute))];
  const isIn = (path: string, target: string): boolean => path === target || path.startsWith(target + sep);
  targets.forEach((target, i) => {
    if (!known.some((path) => isIn(path, wanted[i])))
      throw new GraphError(`'${target}' is no metrics file of a stage, and no folder that holds one.`);
  });
  return known
    .filter((path) => wanted.length === 0 || wanted.some((target) => isIn(path, target)))
    .filter((path) => existsSync(path))
    .map((path) => ({
      name: project.show(path),
      content: readYaml(readFileSync(path, "utf8"), project.show(path)),
    }))
    .sort((a, b) => compareText(a.name, b.name));
}

/** Names with dots, numbers rounded; lists and nulls are left out. */
function flatten(
  value: Yaml,
  digits: number,
  prefix = "",
  into = new Map<string, string>(),
): Map<string, string> {
  if (!isMap(value)) return into;
  for (const [key, item] of value as YamlMap) {
    const name = `${prefix}${key}`;
    if (isMap(item)) flatten(item, digits, `${name}.`, into);
    else if (item !== null && !Array.isArray(item)) into.set(name, cell(item as Scalar, digits));
  }
  return into;
}

function cell(value: Scalar, digits: number): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "number" ? floatText(Number(value.toFixed(digits))) : String(value);
}
