import type { Change } from "../pipeline/changes.js";
import { changesOf } from "../pipeline/changes.js";
import { type Reason, reasonFor } from "../pipeline/explain.js";
import type { StageNode } from "../pipeline/node.js";
import { ParamFiles } from "../pipeline/paramValues.js";
import type { Project } from "../pipeline/project.js";
import { findStagesOrOutputs } from "../pipeline/targets.js";
import { pythonJson, type Yaml, type YamlMap } from "../pipeline/yaml/value.js";
import type { Command } from "./command.js";
import { graphVerb, warnLine } from "./graphVerb.js";

const help = `Say what is not up to date.

usage: nidslab status [options] [targets...]

  -q, --quiet      print nothing, no warnings either; exit 1 when something has changed
  --json           as JSON
  --explain        one line a stage: why it would run: which file in a folder, which parameter with its old and new
                   value, which command; with --json as data
  --cd FOLDER      as if called in FOLDER

example: nidslab status --explain`;

export const command: Command = {
  summary: "say what is not up to date, and why",
  help,
  run: (args) =>
    graphVerb(
      args,
      ["-q|--quiet", "--json", "--explain"],
      help,
      async (options, open) => {
        const warn = options.has("quiet") ? () => undefined : warnLine;
        const project = open(warn);
        const nodes =
          options.targets.length === 0 ? project.nodes() : findStagesOrOutputs(options.targets, project);
        const params = new ParamFiles(project.yaml.read);
        const found: { address: string; node: StageNode; changes: Change[] }[] = [];
        for (const node of nodes) {
          if (node.frozen) {
            warn(
              `stage: '${node.address}' is frozen. Its dependencies are not going to be shown in the status output.`,
            );
          }
          const changes = await changesOf(node, { project, params, firstOnly: false });
          if (changes.length > 0) found.push({ address: node.address, node, changes });
        }
        project.saveState();
        if (options.has("quiet")) return found.length > 0 ? 1 : 0;
        const isExplained = options.has("explain");
        const reasons = new Map<string, readonly Reason[]>();
        for (const { address, node, changes } of isExplained ? found : [])
          reasons.set(
            address,
            await Promise.all(changes.map((change) => reasonFor(change, node, project, params))),
          );
        const data = (address: string, changes: readonly Change[]): Yaml =>
          reasons.get(address)?.map((reason) => reason.data) ?? asData(changes, project);
        const out = options.has("json")
          ? `${pythonJson(new Map(found.map(({ address, changes }) => [address, data(address, changes)])))}\n`
          : nodes.length === 0
            ? "There are no data or pipelines tracked in this project yet.\nSee <https://dvc.org/doc/start> to get started!\n"
            : found.length === 0
              ? "Data and pipelines are up to date.\n"
              : isExplained
                ? [...reasons]
                    .map(([address, list]) => `${address}: ${list.map(({ text }) => text).join("; ")}\n`)
                    .join("")
                : found
                    .map(({ address, changes }) => `${address}:\n${asText(asData(changes, project), 1)}`)
                    .join("");
        process.stdout.write(out);
        return 0;
      },
      1,
    ),
};

/** DVC's shape: groups in the order deps, outs, `always changed`, `changed command`. */
function asData(changes: readonly Change[], project: Project): Yaml[] {
  const deps: YamlMap = new Map();
  const outs: YamlMap = new Map();
  for (const change of changes) {
    if (change.kind === "dep" || change.kind === "paramsFile")
      deps.set(project.show(change.path), change.label);
    else if (change.kind === "out") outs.set(project.show(change.path), change.label);
    else if (change.kind === "param") {
      const file = project.show(change.path);
      deps.set(file, new Map((deps.get(file) as YamlMap | undefined) ?? []).set(change.key, change.label));
    }
  }
  return [
    ...(deps.size > 0 ? [new Map([["changed deps", deps]])] : []),
    ...(outs.size > 0 ? [new Map([["changed outs", outs]])] : []),
    ...(changes.some((change) => change.kind === "always") ? ["always changed"] : []),
    ...(changes.some((change) => change.kind === "command") ? ["changed command"] : []),
    ...(changes.some((change) => change.kind === "checksum") ? ["changed checksum"] : []),
  ];
}

function asText(value: Yaml, depth: number): string {
  const tabs = "\t".repeat(depth);
  if (Array.isArray(value)) {
    return value
      .map((item) => (typeof item === "string" ? `${tabs}${item}\n` : asText(item, depth)))
      .join("");
  }
  return [...(value as YamlMap)]
    .map(([key, item]) =>
      typeof item === "string"
        ? `${tabs}${`${item}:`.padEnd(20)}${key}\n`
        : `${tabs}${key}:\n${asText(item, depth + 1)}`,
    )
    .join("");
}
