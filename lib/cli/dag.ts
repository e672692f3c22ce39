import { compareText } from "../base/json.js";
import { Graph } from "../pipeline/graph.js";
import type { StageNode } from "../pipeline/node.js";
import { findStages } from "../pipeline/targets.js";
import type { Command } from "./command.js";
import { graphVerb } from "./graphVerb.js";

const help = `Show the graph of stages.

usage: nidslab dag [options] [target]

  --dot            for Graphviz
  --mermaid        for Mermaid (--md: in a Markdown fence)
  --full           with a target: everything that is connected with it
  --cd FOLDER      as if called in FOLDER

example: nidslab dag --mermaid report`;

export const command: Command = {
  summary: "show the graph of stages (text, --dot, --mermaid)",
  help,
  run: (args) =>
    graphVerb(args, ["--dot", "--mermaid", "--md", "--full"], help, async (options, open) => {
      const project = open();
      const graph = Graph.of(project.nodes(), project.cwd);
      let nodes = project.nodes();
      if (options.targets.length > 0) {
        const targets = findStages(options.targets, project);
        nodes = options.has("full")
          ? components(graph, project.nodes())
              .filter((group) => group.some((node) => targets.includes(node)))
              .flat()
          : graph.order(targets);
      }
      if (options.has("dot")) process.stdout.write(dot(graph, nodes));
      else if (options.has("mermaid") || options.has("md")) {
        const text = mermaid(graph, nodes);
        process.stdout.write(options.has("md") ? `\`\`\`mermaid\n${text}\n\`\`\`\n` : `${text}\n`);
      } else process.stdout.write(plainText(graph, nodes));
      return 0;
    }),
};

/** One line a stage, in the order of a run: what it needs stands after the arrow. */
function plainText(graph: Graph, nodes: readonly StageNode[]): string {
  const shown = new Set(nodes);
  const lines = graph.order(nodes).filter((node) => shown.has(node));
  return lines
    .map((node) => {
      const needs = graph.allProducersOf(node).filter((producer) => shown.has(producer));
      return `${node.address}${needs.length > 0 ? `  <-  ${needs.map((need) => need.address).join(", ")}` : ""}\n`;
    })
    .join("");
}

function edges(graph: Graph, nodes: readonly StageNode[]): [StageNode, StageNode][] {
  const shown = new Set(nodes);
  return nodes.flatMap((node) =>
    graph
      .allProducersOf(node)
      .filter((producer) => shown.has(producer))
      .map((producer): [StageNode, StageNode] => [producer, node]),
  );
}

function byAddress(a: StageNode, b: StageNode): number {
  return compareText(a.address, b.address);
}

function byAddresses(a: readonly [StageNode, StageNode], b: readonly [StageNode, StageNode]): number {
  return byAddress(a[0], b[0]) || byAddress(a[1], b[1]);
}

function dot(graph: Graph, nodes: readonly StageNode[]): string {
  const lines = [...nodes].sort(byAddress).map((node) => `"${node.address}";`);
  const arrows = edges(graph, nodes)
    .sort(byAddresses)
    .map(([from, to]) => `"${from.address}" -> "${to.address}";`);
  return `strict digraph {\n${[...lines, ...arrows].join("\n")}\n}\n\n`;
}

function mermaid(graph: Graph, nodes: readonly StageNode[]): string {
  let text = "flowchart TD";
  let count = 0;
  for (const group of components(graph, nodes)) {
    const number = new Map([...group].sort(byAddress).map((node) => [node, ++count]));
    for (const [node, i] of number) text += `\n\tnode${i}["${node.address}"]`;
    for (const [from, to] of edges(graph, group).sort(byAddresses)) {
      text += `\n\tnode${number.get(from)}-->node${number.get(to)}`;
    }
  }
  return text;
}

/** Stages that are connected, whichever way the arrows point. */
function components(graph: Graph, nodes: readonly StageNode[]): StageNode[][] {
  const neighbours = new Map<StageNode, StageNode[]>(nodes.map((node) => [node, []]));
  for (const [from, to] of edges(graph, nodes)) {
    neighbours.get(from)?.push(to);
    neighbours.get(to)?.push(from);
  }
  const seen = new Set<StageNode>();
  return nodes.flatMap((start) => {
    if (seen.has(start)) return [];
    const group: StageNode[] = [];
    const queue = [start];
    seen.add(start);
    for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
      group.push(node);
      for (const next of neighbours.get(node) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        queue.push(next);
      }
    }
    return [group];
  });
}
