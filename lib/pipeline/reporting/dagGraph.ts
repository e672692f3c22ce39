import { resolve, sep } from "node:path";
import { Graph } from "../graph.js";
import type { Output, StageNode } from "../node.js";
import type { Project } from "../project.js";
import { findStagesOrOutputs } from "../targets.js";

/** A graph of names to be shown. Edges go from what makes to what needs it. */
export interface NameGraph {
  readonly nodes: readonly string[];
  readonly edges: readonly (readonly [string, string])[];
}

export interface GraphRequest {
  /** A stage or an output; without it, everything. */
  readonly target?: string;
  /** Not only what the target needs, but all that is connected with it. */
  readonly full: boolean;
  /** Outputs in place of stages. */
  readonly outs: boolean;
  /** One node for all stages of a foreach or matrix. */
  readonly collapse: boolean;
}

/** The graph of a project as DVC's `dag` has it: nodes in the order of dvc.yaml, edges by their first node. */
export function nameGraph(project: Project, request: GraphRequest): NameGraph {
  const graph = Graph.of(project.nodes(), project.cwd);
  const whole = request.outs ? outsGraph(graph, project) : stagesGraph(graph);
  const shown =
    request.target === undefined
      ? whole
      : around(whole, targetNames(request.target, request.outs, project), request.full);
  return request.collapse ? collapsed(shown) : shown;
}

function stagesGraph(graph: Graph): NameGraph {
  const nodes = graph.nodes.map((node) => node.address);
  const edges = graph.nodes.flatMap((node) =>
    graph.allProducersOf(node).map((producer): [string, string] => [producer.address, node.address]),
  );
  return { nodes, edges: byFirst(nodes, edges) };
}

function outsGraph(graph: Graph, project: Project): NameGraph {
  const name = (out: Output): string => project.show(out.absolute);
  const overlap = (a: string, b: string): boolean =>
    a === b || a.startsWith(b + sep) || b.startsWith(a + sep);
  const nodes = byFolder(graph.nodes.flatMap((node) => node.outs.map(name)));
  const edges = graph.nodes.flatMap((node) => {
    const needed = [...node.deps, ...node.params].flatMap((dep) =>
      graph
        .allProducersOf(node)
        .flatMap((producer) => producer.outs)
        .filter((out) => overlap(out.absolute, dep.absolute)),
    );
    return node.outs.flatMap((out) => needed.map((from): [string, string] => [name(from), name(out)]));
  });
  return { nodes, edges: byFirst(nodes, edges) };
}

/** Edges without repetition, in the order of the nodes that they start from. */
function byFirst(
  nodes: readonly string[],
  edges: readonly (readonly [string, string])[],
): [string, string][] {
  const after = new Map<string, Set<string>>(nodes.map((node) => [node, new Set()]));
  for (const [from, to] of edges) after.get(from)?.add(to);
  return [...after].flatMap(([from, all]) => [...all].map((to): [string, string] => [from, to]));
}

/** Paths of one folder stand together where the first of them stood, as in DVC's trie. */
function byFolder(paths: readonly string[]): string[] {
  const folders = new Map<string, string[]>();
  for (const path of paths) {
    const [first, ...rest] = path.split("/");
    folders.set(first, [...(folders.get(first) ?? []), rest.join("/")]);
  }
  return [...folders].flatMap(([first, rests]) =>
    rests.length === 1
      ? [rests[0] === "" ? first : `${first}/${rests[0]}`]
      : byFolder(rests).map((rest) => (rest === "" ? first : `${first}/${rest}`)),
  );
}

function targetNames(target: string, outs: boolean, project: Project): string[] {
  const stages: StageNode[] = findStagesOrOutputs([target], project);
  if (!outs) return stages.map((stage) => stage.address);
  const path = resolve(project.cwd, target);
  const made = stages.flatMap((stage) => stage.outs);
  const named = made.filter((out) => out.absolute === path || out.absolute.startsWith(path + sep));
  return (named.length > 0 ? named : made).map((out) => project.show(out.absolute));
}

function around(graph: NameGraph, targets: readonly string[], full: boolean): NameGraph {
  const kept = new Set(targets);
  const queue = [...targets];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const [from, to] of graph.edges) {
      const next = to === at ? from : full && from === at ? to : undefined;
      if (next === undefined || kept.has(next)) continue;
      kept.add(next);
      queue.push(next);
    }
  }
  return only(graph, kept);
}

function only(graph: NameGraph, kept: ReadonlySet<string>): NameGraph {
  return {
    nodes: graph.nodes.filter((node) => kept.has(node)),
    edges: graph.edges.filter(([from, to]) => kept.has(from) && kept.has(to)),
  };
}

/** `train` of `train@site-forest`; a .dvc file may have an @ in its name. */
export function groupOf(name: string): string {
  return name.endsWith(".dvc") ? name : name.split("@")[0];
}

function collapsed(graph: NameGraph): NameGraph {
  const single = graph.nodes.filter((node) => groupOf(node) === node);
  const groups = graph.nodes.map(groupOf).filter((group) => !single.includes(group));
  const nodes = [...single, ...new Set(groups)];
  const edges = graph.edges.map(([from, to]): [string, string] => [groupOf(from), groupOf(to)]);
  return { nodes, edges: byFirst(nodes, edges) };
}

/** Parts of a graph that nothing connects, in the order of their first nodes. */
export function components(graph: NameGraph): NameGraph[] {
  const neighbours = new Map<string, string[]>(graph.nodes.map((node) => [node, []]));
  for (const [from, to] of graph.edges) {
    neighbours.get(from)?.push(to);
    neighbours.get(to)?.push(from);
  }
  const seen = new Set<string>();
  return graph.nodes.flatMap((start) => {
    if (seen.has(start)) return [];
    const group = new Set([start]);
    const queue = [start];
    for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
      for (const next of neighbours.get(node) ?? []) {
        if (group.has(next)) continue;
        group.add(next);
        queue.push(next);
      }
    }
    for (const node of group) seen.add(node);
    return [only(graph, group)];
  });
}
