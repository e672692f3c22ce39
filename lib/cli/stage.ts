import { statSync } from "node:fs";
import { resolve, sep } from "node:path";
import type { Output, StageNode } from "../pipeline/node.js";
import type { Project } from "../pipeline/project.js";
import { findStages } from "../pipeline/targets.js";
import { pythonJson, type YamlMap } from "../pipeline/yaml/value.js";
import type { Command } from "./command.js";
import { graphVerb, wrongWord } from "./graphVerb.js";
import { textTable } from "./textTable.js";

const help = `List the stages.

usage: nidslab stage list [options] [targets...]

targets: stages, dvc.yaml files, .dvc files, or folders with -R; default the dvc.yaml of this folder
  --all            every stage of the project, and .dvc files
  --name-only      names without what they make
  -R, --recursive  of a target that is a folder: all stages below it
  --fail           as in DVC; here a file that cannot be read is always an error
  --json           as JSON
  --cd FOLDER      as if called in FOLDER

example: nidslab stage list train`;

/** DVC cuts what a stage makes to this many characters. */
const MAX_LENGTH = 80;

export const command: Command = {
  summary: "list the stages (stage list)",
  help,
  run: (args) =>
    graphVerb(
      args,
      ["--all", "--names-only|--name-only", "-R|--recursive", "--fail", "--json"],
      help,
      async (options, open) => {
        const [what, ...targets] = options.targets;
        if (what !== "list") throw wrongWord("stage", ["list"], what);
        const project = open();
        const nodes = options.has("all")
          ? project.nodes()
          : collect(targets, project, options.has("recursive"));
        if (options.has("json")) {
          process.stdout.write(`${pythonJson(nodes.map((node) => data(node, project)))}\n`);
          return 0;
        }
        const rows = nodes.map((node) => [node.address, ...(options.has("name-only") ? [] : [about(node)])]);
        process.stdout.write(textTable(undefined, rows));
        return 0;
      },
    ),
};

function collect(targets: readonly string[], project: Project, recursive: boolean): StageNode[] {
  if (!recursive) return findStages(targets, project);
  const found = targets.flatMap((target) => {
    const path = resolve(project.cwd, target);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
      return findStages([target], project);
    return project.nodes().filter((node) => node.file.startsWith(path + sep));
  });
  return targets.length === 0 ? findStages([], project) : [...new Set(found)];
}

/** The first line of its description, or what it makes. */
function about(node: StageNode): string {
  const line = (node.desc ?? "").split("\n").find((text) => text !== "");
  const text = line === undefined ? contents(node) : line.trim();
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 1)}…` : text;
}

function contents(node: StageNode): string {
  const paths = (list: readonly { readonly path: string }[]): string =>
    list.map((item) => item.path).join(", ");
  if (node.outs.length === 0) {
    const deps = [...node.deps, ...node.params];
    return deps.length === 0 ? "No outputs or dependencies" : `Depends on ${paths(deps)}`;
  }
  const isReport = (out: Output): boolean => out.role !== "out";
  const outs = node.outs.filter((out) => !isReport(out));
  const reports = node.outs.filter(isReport);
  return [
    ...(outs.length > 0 ? [`Outputs ${paths(outs)}`] : []),
    ...(reports.length > 0 ? [`Reports ${paths(reports)}`] : []),
  ].join("; ");
}

function data(node: StageNode, project: Project): YamlMap {
  const list = (items: readonly { readonly absolute: string }[]): string[] =>
    items.map((item) => project.show(item.absolute));
  return new Map<string, YamlMap | string | string[] | boolean | null>([
    ["name", node.address],
    ["file", project.show(node.file)],
    ["desc", node.desc ?? null],
    ["deps", list(node.deps)],
    ["params", list(node.params)],
    ["outs", list(node.outs.filter((out) => out.role === "out"))],
    ["metrics", list(node.outs.filter((out) => out.role === "metric"))],
    ["plots", list(node.outs.filter((out) => out.role === "plot"))],
    ["frozen", node.frozen],
  ]);
}
