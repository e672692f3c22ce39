import { KERNEL_OWN, type SharedMemory, sharedMemory } from "../../base/kernel.js";
import { type BoxTree, boxTree, LANES } from "./boxTree.js";
import { columnOrder } from "./columnOrder.js";
import { distinctPoints } from "./distinct.js";
import type { Points } from "./points.js";

/** Columns are filled up to a multiple of this: the stride of wasm/neighbours.ts. */
const STRIDE = 8;
const NODE = 16;
const ENTRY = 16;

/** A tree of boxes in memory that threads share; everything but counts is a position there. Can be sent to a thread. */
export interface Layout {
  readonly memory: SharedMemory;
  readonly rows: number;
  /** Distinct ones among the rows. */
  readonly points: number;
  readonly nodeCount: number;
  readonly columns: number;
  /** Columns in the order in which they are summed up: those that vary most come first, and soon say "too far". */
  readonly order: Int32Array;
  /** Columns with those that fill up. */
  readonly width: number;
  readonly single: boolean;
  readonly nodes: number;
  readonly boxes: number;
  readonly blocks: number;
  readonly starts: number;
  readonly members: number;
  /** Where the areas of the threads begin, and how large each is. */
  readonly areas: number;
  readonly area: number;
  /** Within an area, of the list of rows; then the squared distances; then the scratch memory. */
  readonly areaParts: { readonly rows: number; readonly squares: number; readonly scratch: number };
}

/** Lay the tree of some points out. */
export function layOut(X: Points): Layout {
  const { rows, columns } = X;
  const single = X.data instanceof Float32Array;
  const size = single ? 4 : 8;
  const width = Math.ceil(columns / STRIDE) * STRIDE;
  const order = columnOrder(X);
  const distinct = distinctPoints(X);
  const { count } = distinct;
  const values = single ? new Float32Array(count * width) : new Float64Array(count * width);
  for (let p = 0; p < count; p++) {
    const row = distinct.first[p] * columns;
    for (let j = 0; j < columns; j++) values[p * width + j] = X.data[row + order[j]];
  }
  const tree = boxTree(values, count, width);

  let next = KERNEL_OWN;
  const place = (bytes: number): number => {
    const at = next;
    next += Math.ceil(bytes / 64) * 64;
    return at;
  };
  const at = {
    nodes: place(tree.nodes * NODE),
    boxes: place(tree.nodes * 2 * width * size),
    blocks: place(tree.leaves * LANES * width * size),
    starts: place((count + 1) * 4),
    members: place(rows * 4),
  };
  const areas = place(0);
  const list = { squares: place(rows * 8), rows: place(rows * 4) };
  const scratch = place(LANES * 8 + 2 * (tree.depth + 2) * ENTRY);
  const query = Math.ceil((width * 8) / 64) * 64;
  const layout: Layout = {
    memory: sharedMemory(next + query),
    ...{ rows, points: count, nodeCount: tree.nodes, columns, order, width, single, ...at, areas },
    area: next + query - areas,
    areaParts: {
      squares: query + list.squares - areas,
      rows: query + list.rows - areas,
      scratch: query + scratch - areas,
    },
  };
  writeTree(layout, tree, values);
  writeMembers(layout, tree, distinct);
  return layout;
}

function writeTree(
  { memory, nodes, boxes, blocks, width, single }: Layout,
  tree: BoxTree,
  values: Numbers,
): void {
  const ints = new Int32Array(memory.buffer);
  const numbers = single ? new Float32Array(memory.buffer) : new Float64Array(memory.buffer);
  const size = numbers.BYTES_PER_ELEMENT;
  const { order, from, to, right } = tree;
  let block = 0;
  for (let v = 0; v < tree.nodes; v++) {
    ints.set([right[v], block, from[v], to[v] - from[v]], (nodes + v * NODE) / 4);
    if (right[v] >= 0) continue;
    const start = blocks / size + block++ * LANES * width;
    for (let lane = 0; lane < LANES; lane++) {
      // Lanes that no point is in repeat the first one, and are never read.
      const p = order[from[v] + (lane < to[v] - from[v] ? lane : 0)] * width;
      for (let j = 0; j < width; j++) numbers[start + j * LANES + lane] = values[p + j];
    }
  }
  // Children stand behind their parents.
  for (let v = tree.nodes - 1; v >= 0; v--) {
    const low = boxes / size + v * 2 * width;
    const high = low + width;
    if (right[v] < 0) {
      numbers.fill(Number.POSITIVE_INFINITY, low, high);
      numbers.fill(Number.NEGATIVE_INFINITY, high, high + width);
      for (let i = from[v]; i < to[v]; i++) {
        const p = order[i] * width;
        for (let j = 0; j < width; j++) {
          const x = values[p + j];
          if (x < numbers[low + j]) numbers[low + j] = x;
          if (x > numbers[high + j]) numbers[high + j] = x;
        }
      }
      continue;
    }
    const [a, b] = [boxes / size + (v + 1) * 2 * width, boxes / size + right[v] * 2 * width];
    for (let j = 0; j < width; j++) {
      numbers[low + j] = Math.min(numbers[a + j], numbers[b + j]);
      numbers[high + j] = Math.max(numbers[a + width + j], numbers[b + width + j]);
    }
  }
}

type Numbers = Float32Array | Float64Array;

/** Rows of the points in the order of the tree. */
function writeMembers(
  { memory, starts, members }: Layout,
  { order }: BoxTree,
  distinct: ReturnType<typeof distinctPoints>,
): void {
  const ints = new Int32Array(memory.buffer);
  let next = 0;
  order.forEach((p, i) => {
    ints[starts / 4 + i] = next;
    for (let m = distinct.starts[p]; m < distinct.starts[p + 1]; m++)
      ints[members / 4 + next++] = distinct.members[m];
  });
  ints[starts / 4 + order.length] = next;
}
