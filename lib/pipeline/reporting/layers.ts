import type { NameGraph } from "./dagGraph.js";

/** A node with a place: a box of text, or where a long edge passes a layer (`lines` is empty). */
export interface Placed {
  readonly name: string;
  readonly lines: readonly string[];
  /** Columns that it takes. */
  readonly width: number;
  /** Column of its left side. */
  x: number;
}

export interface Layering {
  /** From top to bottom; nodes from left to right. */
  readonly layers: readonly (readonly Placed[])[];
  /** Between neighbouring layers only. */
  readonly edges: readonly (readonly [Placed, Placed])[];
}

const GAP = 2;
const SWEEPS = 12;

/** The middle column of a box. */
export function middle(node: Placed): number {
  return node.x + Math.floor(node.width / 2);
}

/**
 * Place the nodes of a graph in layers, each below all that it needs, with few crossings and short edges. Edges that
 * follow from others are left out.
 * Source: Sugiyama, Tagawa and Toda 1981; columns by isotonic regression, as Brandes and Köpf's aim in its simplest form.
 */
export function layering(graph: NameGraph, linesOf: (name: string) => readonly string[]): Layering {
  const before = reduced(graph);
  const depth = depths(graph, before);
  const layers: Placed[][] = Array.from({ length: Math.max(...depth.values()) + 1 }, () => []);
  const placed = new Map<string, Placed>();
  for (const name of graph.nodes) {
    const lines = linesOf(name);
    const width = Math.max(...lines.map((line) => line.length)) + 4;
    const node: Placed = { name, lines, width, x: 0 };
    placed.set(name, node);
    layers[depth.get(name) as number].push(node);
  }
  const edges: [Placed, Placed][] = [];
  for (const [to, froms] of before) {
    for (const from of froms) {
      let last = placed.get(from) as Placed;
      for (let i = (depth.get(from) as number) + 1; i < (depth.get(to) as number); i++) {
        const pass: Placed = { name: `${from} > ${to}`, lines: [], width: 1, x: 0 };
        layers[i].push(pass);
        edges.push([last, pass]);
        last = pass;
      }
      edges.push([last, placed.get(to) as Placed]);
    }
  }
  arrange(layers, edges);
  return { layers, edges };
}

/** What each node needs directly and not through another need. */
function reduced(graph: NameGraph): Map<string, string[]> {
  const needs = new Map<string, string[]>(graph.nodes.map((name) => [name, []]));
  for (const [from, to] of graph.edges) if (from !== to) needs.get(to)?.push(from);
  const all = new Map<string, Set<string>>();
  const reach = (name: string): Set<string> => {
    let found = all.get(name);
    if (found === undefined) {
      found = new Set<string>();
      all.set(name, found);
      for (const need of needs.get(name) ?? []) {
        found.add(need);
        for (const far of reach(need)) found.add(far);
      }
    }
    return found;
  };
  return new Map(
    [...needs].map(([name, list]) => [
      name,
      list.filter((need) => !list.some((other) => other !== need && reach(other).has(need))),
    ]),
  );
}

/** Longest way from a source; what needs nothing moves down to what needs it. */
function depths(graph: NameGraph, before: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const depth = new Map<string, number>();
  const of = (name: string): number => {
    let found = depth.get(name);
    if (found === undefined) {
      found = Math.max(-1, ...(before.get(name) ?? []).map(of)) + 1;
      depth.set(name, found);
    }
    return found;
  };
  for (const name of graph.nodes) of(name);
  for (const name of graph.nodes) {
    if (before.get(name)?.length !== 0) continue;
    const users = [...before].filter(([, needs]) => needs.includes(name)).map(([user]) => of(user));
    if (users.length > 0) depth.set(name, Math.min(...users) - 1);
  }
  return depth;
}

function arrange(layers: Placed[][], edges: readonly (readonly [Placed, Placed])[]): void {
  const up = new Map<Placed, Placed[]>();
  const down = new Map<Placed, Placed[]>();
  for (const [from, to] of edges) {
    up.set(to, [...(up.get(to) ?? []), from]);
    down.set(from, [...(down.get(from) ?? []), to]);
  }
  for (const layer of layers) pack(layer);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isDown = sweep % 2 === 0;
    for (const layer of isDown ? layers : [...layers].reverse()) {
      const near = isDown ? up : down;
      const wish = new Map(layer.map((node) => [node, meanMiddle(near.get(node) ?? [], node)]));
      layer.sort((a, b) => (wish.get(a) as number) - (wish.get(b) as number));
      // In the second half columns are settled with both sides in view, the order stays.
      const both = (node: Placed): Placed[] => [...(up.get(node) ?? []), ...(down.get(node) ?? [])];
      settle(layer, (node) =>
        sweep < SWEEPS / 2 ? (wish.get(node) as number) : meanMiddle(both(node), node),
      );
    }
  }
  const left = Math.min(...layers.flat().map((node) => node.x));
  for (const node of layers.flat()) node.x -= left;
}

function meanMiddle(nodes: readonly Placed[], own: Placed): number {
  return nodes.length === 0 ? middle(own) : nodes.reduce((sum, node) => sum + middle(node), 0) / nodes.length;
}

function pack(layer: readonly Placed[]): void {
  let x = 0;
  for (const node of layer) {
    node.x = x;
    x += node.width + GAP;
  }
}

/** Columns nearest to the wished ones in the sense of least squares, in the given order and without overlaps. */
function settle(layer: readonly Placed[], wish: (node: Placed) => number): void {
  const blocks: { sum: number; count: number }[] = [];
  let offset = 0;
  const offsets = layer.map((node) => {
    const at = offset;
    offset += node.width + GAP;
    return at;
  });
  layer.forEach((node, i) => {
    let block = { sum: wish(node) - Math.floor(node.width / 2) - offsets[i], count: 1 };
    for (let last = blocks.at(-1); last !== undefined; last = blocks.at(-1)) {
      if (last.sum / last.count <= block.sum / block.count) break;
      blocks.pop();
      block = { sum: block.sum + last.sum, count: block.count + last.count };
    }
    blocks.push(block);
  });
  let i = 0;
  for (const { sum, count } of blocks) {
    const start = Math.round(sum / count);
    for (let k = 0; k < count; k++, i++) layer[i].x = start + offsets[i];
  }
}
