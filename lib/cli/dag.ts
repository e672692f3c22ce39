import { UsageError } from "../base/errors.js";
import { compareText } from "../base/json.js";
import { GraphError } from "../pipeline/errors.js";
import { components, type NameGraph, nameGraph } from "../pipeline/reporting/dagGraph.js";
import { dagList, dagText } from "../pipeline/reporting/dagText.js";
import { pythonJson } from "../pipeline/yaml/value.js";
import type { Command } from "./command.js";
import { graphVerb, type Options } from "./graphVerb.js";

const help = `Show the graph of stages.

usage: nidslab dag [options] [target]

target: a stage or an output; it and what it needs are shown
  -o, --outs       outputs in place of stages
  --full           with a target: everything that is connected with it
  --collapse-foreach-matrix
                   one node for all stages of a foreach or matrix
  --dot            for Graphviz
  --mermaid        for Mermaid (--md: in a Markdown fence)
  --list           one line a stage, with what it needs
  --json           as JSON
  --cd FOLDER      as if called in FOLDER

Without a format: boxes, as wide as the terminal (80 columns elsewhere, or COLUMNS); arrows that follow from others are
left out. Where there is no room, stages of one foreach or matrix share a box.

example: nidslab dag --mermaid report`;

const spec = [
  "-o|--outs",
  "--full",
  "--collapse-foreach-matrix",
  "--dot",
  "--mermaid",
  "--md",
  "--list",
  "--json",
];

export const command: Command = {
  summary: "show the graph of stages (text, --dot, --mermaid)",
  help,
  run: (args) =>
    graphVerb(args, spec, help, async (options, open) => {
      const [target, extra] = options.targets;
      if (extra !== undefined) throw new UsageError(`unrecognized arguments: ${extra}`);
      const [outs, collapse] = [options.has("outs"), options.has("collapse-foreach-matrix")];
      if (outs && collapse) {
        throw new GraphError("`--outs` and `--collapse-foreach-matrix` are mutually exclusive");
      }
      const graph = nameGraph(open(), {
        full: options.has("full"),
        outs,
        collapse,
        ...(target === undefined ? {} : { target }),
      });
      process.stdout.write(formatted(graph, options));
      return 0;
    }),
};

function formatted(graph: NameGraph, options: Options): string {
  if (options.has("json")) {
    const edges = graph.edges.map(([from, to]) => [from, to]);
    const data = new Map([
      ["nodes", [...graph.nodes]],
      ["edges", edges],
    ] as [string, string[] | string[][]][]);
    return `${pythonJson(data)}\n`;
  }
  if (options.has("dot")) return dot(graph);
  if (options.has("md")) return `\`\`\`mermaid\n${mermaid(graph)}\n\`\`\`\n`;
  if (options.has("mermaid")) return `${mermaid(graph)}\n`;
  if (options.has("list")) return dagList(graph);
  return dagText(graph, process.stdout.columns ?? (Number(process.env.COLUMNS) || 80));
}

function dot({ nodes, edges }: NameGraph): string {
  const lines = [...nodes.map((node) => `"${node}";`), ...edges.map(([from, to]) => `"${from}" -> "${to}";`)];
  return `strict digraph {\n${lines.map((line) => `${line}\n`).join("")}}\n\n`;
}

function mermaid(graph: NameGraph): string {
  let text = "flowchart TD";
  let count = 0;
  for (const { nodes, edges } of components(graph)) {
    const number = new Map([...nodes].sort(compareText).map((node) => [node, ++count]));
    for (const [node, i] of number) text += `\n\tnode${i}["${node}"]`;
    const sorted = [...edges].sort((a, b) => compareText(a[0], b[0]) || compareText(a[1], b[1]));
    for (const [from, to] of sorted) text += `\n\tnode${number.get(from)}-->node${number.get(to)}`;
  }
  return text;
}
