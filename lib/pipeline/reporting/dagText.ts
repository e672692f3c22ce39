import { components, groupOf, type NameGraph } from "./dagGraph.js";
import { type Layering, layering, middle, type Placed } from "./layers.js";

/** Larger graphs are listed: boxes would be a wall. */
const MAX_NODES = 300;
/** A box of several stages is not wider than this. */
const BOX_WIDTH = 76;

/** Line characters by the sides that they reach: 1 up, 2 right, 4 down, 8 left. */
const LINES = " ╵╶└╷│┌├╴┘─┴┐┤┬┼";

/**
 * A graph as boxes in layers, arrows downward, at most `columns` wide: where single stages are too many, those of one
 * foreach or matrix share a box that lists their keys; where that is too wide too, one line a node.
 */
export function dagText(graph: NameGraph, columns: number): string {
  if (graph.nodes.length === 0) return "";
  return drawn(graph, (name) => [name], columns) ?? drawnGroups(graph, columns) ?? dagList(graph);
}

/** One line a node, each after what it needs, which stands behind the arrow. */
export function dagList(graph: NameGraph): string {
  const needs = new Map<string, string[]>(graph.nodes.map((node) => [node, []]));
  for (const [from, to] of graph.edges) needs.get(to)?.push(from);
  const done = new Set<string>();
  const visit = (node: string): void => {
    if (done.has(node)) return;
    for (const need of needs.get(node) ?? []) visit(need);
    done.add(node);
  };
  for (const node of graph.nodes) visit(node);
  return [...done]
    .map((node) => {
      const list = needs.get(node) ?? [];
      return `${node}${list.length > 0 ? `  <-  ${list.join(", ")}` : ""}\n`;
    })
    .join("");
}

function drawnGroups(graph: NameGraph, columns: number): string | undefined {
  const members = new Map<string, string[]>();
  for (const node of graph.nodes) members.set(groupOf(node), [...(members.get(groupOf(node)) ?? []), node]);
  if (members.size === graph.nodes.length) return undefined;
  const edges = graph.edges
    .map(([from, to]): [string, string] => [groupOf(from), groupOf(to)])
    .filter(([from, to]) => from !== to);
  const linesOf = (group: string): string[] => {
    const names = members.get(group) as string[];
    if (names.length === 1) return names;
    const keys = names.map((name) => name.slice(group.length + 1));
    return [`${group}@  (${names.length})`, ...inColumns(keys, Math.min(columns, BOX_WIDTH) - 4)];
  };
  return drawn({ nodes: [...members.keys()], edges }, linesOf, columns);
}

/** Texts in even columns, as `ls` shows names. */
function inColumns(texts: readonly string[], width: number): string[] {
  const step = Math.max(...texts.map((text) => text.length)) + 2;
  const perLine = Math.max(1, Math.floor((width + 2) / step));
  const rows = Math.ceil(texts.length / perLine);
  const across = Math.ceil(texts.length / rows);
  return Array.from({ length: rows }, (_, row) =>
    texts
      .slice(row * across, (row + 1) * across)
      .map((text) => text.padEnd(step))
      .join("")
      .trimEnd(),
  );
}

/** @returns undefined when it does not fit */
function drawn(
  graph: NameGraph,
  linesOf: (name: string) => readonly string[],
  columns: number,
): string | undefined {
  if (graph.nodes.length > MAX_NODES) return undefined;
  const pictures = components(graph).map((part) => picture(layering(part, linesOf)));
  if (pictures.some((lines) => widthOf(lines) > columns)) return undefined;
  // Parts that nothing connects stand beside one another while there is room.
  const rows: string[][][] = [];
  let used = 0;
  for (const lines of pictures) {
    const width = widthOf(lines) + 2;
    if (rows.length === 0 || used + width > columns + 2) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)?.push(lines);
    used += width;
  }
  return rows.map(sideBySide).join("");
}

function widthOf(lines: readonly string[]): number {
  return Math.max(...lines.map((line) => line.length));
}

function sideBySide(pictures: readonly (readonly string[])[]): string {
  const height = Math.max(...pictures.map((lines) => lines.length));
  return Array.from({ length: height }, (_, i) => {
    const line = pictures.map((lines) => (lines[i] ?? "").padEnd(widthOf(lines) + 2)).join("");
    return `${line.trimEnd()}\n`;
  }).join("");
}

/** Characters by row and column. Lines that meet join. */
class Canvas {
  private readonly sides: number[][] = [];
  private readonly texts: (string | undefined)[][] = [];

  line(row: number, column: number, sides: number): void {
    this.sides[row] ??= [];
    this.sides[row][column] = (this.sides[row][column] ?? 0) | sides;
  }

  text(row: number, column: number, text: string): void {
    this.texts[row] ??= [];
    [...text].forEach((char, i) => {
      this.texts[row][column + i] = char;
    });
  }

  vertical(column: number, from: number, to: number): void {
    for (let row = from; row <= to; row++) {
      this.line(row, column, (row > from ? 1 : 0) | (row < to ? 4 : 0));
    }
  }

  horizontal(row: number, from: number, to: number): void {
    const [left, right] = from < to ? [from, to] : [to, from];
    for (let column = left; column <= right; column++) {
      this.line(row, column, (column > left ? 8 : 0) | (column < right ? 2 : 0));
    }
  }

  lines(): string[] {
    const height = Math.max(this.sides.length, this.texts.length);
    return Array.from({ length: height }, (_, row) => {
      const [sides, texts] = [this.sides[row] ?? [], this.texts[row] ?? []];
      const width = Math.max(sides.length, texts.length);
      return Array.from({ length: width }, (_, i) => texts[i] ?? LINES[sides[i] ?? 0])
        .join("")
        .trimEnd();
    });
  }
}

function picture({ layers, edges }: Layering): string[] {
  const canvas = new Canvas();
  let row = 0;
  layers.forEach((layer, i) => {
    const height = Math.max(...layer.map((node) => (node.lines.length === 0 ? 1 : node.lines.length + 2)));
    const bottoms = new Map<Placed, number>();
    for (const node of layer) {
      if (node.lines.length === 0) {
        canvas.vertical(node.x, row - 1, row + height);
        bottoms.set(node, row + height - 1);
      } else {
        box(canvas, node, row);
        bottoms.set(node, row + node.lines.length + 1);
      }
    }
    row += height;
    const below = edges.filter(([from]) => layer.includes(from));
    if (i < layers.length - 1) row = connect(canvas, below, bottoms, row);
  });
  return canvas.lines();
}

function box(canvas: Canvas, node: Placed, row: number): void {
  const rule = "─".repeat(node.width - 2);
  canvas.text(row, node.x, `┌${rule}┐`);
  node.lines.forEach((line, i) => {
    canvas.text(row + 1 + i, node.x, `│ ${line.padEnd(node.width - 4)} │`);
  });
  canvas.text(row + node.lines.length + 1, node.x, `└${rule}┘`);
}

/** Draw the edges between two layers; each node above has a row of its own where they cross. @returns the row of the next layer */
function connect(
  canvas: Canvas,
  edges: readonly (readonly [Placed, Placed])[],
  bottoms: ReadonlyMap<Placed, number>,
  row: number,
): number {
  const buses = new Map<Placed, Placed[]>();
  for (const [from, to] of edges) buses.set(from, [...(buses.get(from) ?? []), to]);
  const tracks = tracksOf(buses);
  const count = Math.max(0, ...tracks.values());
  const end = row + count;
  for (const [from, targets] of buses) {
    const x = middle(from);
    const start = bottoms.get(from) as number;
    const track = row + (tracks.get(from) ?? 0) - 1;
    const isStraight = targets.every((to) => middle(to) === x);
    canvas.vertical(x, start, isStraight ? end : track);
    if (!isStraight) {
      for (const to of targets) {
        if (middle(to) !== x) canvas.horizontal(track, x, middle(to));
        canvas.vertical(middle(to), track, end);
      }
    }
    if (from.lines.length > 0) canvas.text(start, x, "┬");
    for (const to of targets) if (to.lines.length > 0) canvas.text(end, middle(to), "▼");
  }
  return end + 1;
}

/**
 * A row (1, 2, …) for the horizontal line of each node above. Lines in one row do not touch; a node stands above those whose
 * lines come down in its own column, so that the two are not taken for one.
 */
function tracksOf(buses: ReadonlyMap<Placed, readonly Placed[]>): Map<Placed, number> {
  const spans = [...buses]
    .filter(([from, targets]) => targets.some((to) => middle(to) !== middle(from)))
    .map(([from, targets]) => {
      const columns = [from, ...targets].map(middle);
      return { from, targets, left: Math.min(...columns), right: Math.max(...columns) };
    });
  const tracks = new Map<Placed, number>();
  const waiting = new Set(spans);
  while (waiting.size > 0) {
    const isFree = (span: (typeof spans)[number]): boolean =>
      ![...waiting].some(
        (other) => other !== span && span.targets.some((to) => middle(to) === middle(other.from)),
      );
    const next = [...waiting].find(isFree) ?? ([...waiting][0] as (typeof spans)[number]);
    waiting.delete(next);
    const above = spans.filter(
      (other) => tracks.has(other.from) && next.targets.some((to) => middle(to) === middle(other.from)),
    );
    let track = Math.max(0, ...above.map((other) => tracks.get(other.from) as number)) + 1;
    const isTaken = (): boolean =>
      spans.some(
        (other) => tracks.get(other.from) === track && other.left <= next.right && next.left <= other.right,
      );
    while (isTaken()) track++;
    tracks.set(next.from, track);
  }
  return tracks;
}
