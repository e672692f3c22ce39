import { Worker } from "node:worker_threads";
import { DataError } from "../../base/errors.js";
import type { Layout } from "./layout.js";
import type { NeighbourIndex } from "./neighbourIndex.js";
import type { Neighbours, Points, Surroundings } from "./points.js";
import { reserve, Searcher } from "./searcher.js";
import { SurroundingsList } from "./surroundingsList.js";

/** Asked points that a thread takes at once. */
const BLOCK = 64;
/** Fewer are not worth a thread: starting one takes as long as some thousand searches. */
const WORTH_A_THREAD = 2000;

/** What is searched: the index, what is asked, and where answers go; can be sent to threads. */
export type SearchTask = { readonly layout: Layout; readonly Q: Points; readonly taken: Int32Array } & (
  | { readonly k: number; readonly rows: Int32Array; readonly distances: Float64Array }
  | { readonly radius: number }
);

/** What a thread found around the points of some blocks. */
export type FoundBlocks = readonly { readonly block: number; readonly found: Surroundings }[];

/** `index.nearest(Q, k)` on worker threads; the answer never depends on how many. */
export async function nearestInParallel(
  index: NeighbourIndex,
  Q: Points,
  k: number,
  workers: number,
): Promise<Neighbours> {
  const threads = threadsFor(Q, workers);
  if (threads === 1) return index.nearest(Q, k);
  index.check(Q, k);
  const rows = new Int32Array(new SharedArrayBuffer(Q.rows * k * 4));
  const distances = new Float64Array(new SharedArrayBuffer(Q.rows * k * 8));
  await search(index, Q, { k, rows, distances }, threads);
  return { k, rows: rows.slice(), distances: distances.slice() };
}

/** `index.within(Q, radius)` on worker threads; the answer never depends on how many. */
export async function withinInParallel(
  index: NeighbourIndex,
  Q: Points,
  radius: number,
  workers: number,
): Promise<Surroundings> {
  const threads = threadsFor(Q, workers);
  if (threads === 1) return index.within(Q, radius);
  index.check(Q);
  const blocks = (await search(index, Q, { radius }, threads)).flat().sort((a, b) => a.block - b.block);
  return joined(
    blocks.map(({ found }) => found),
    Q.rows,
  );
}

function threadsFor(Q: Points, workers: number): number {
  return Math.max(1, Math.min(workers, Math.floor(Q.rows / WORTH_A_THREAD)));
}

async function search(
  { layout }: NeighbourIndex,
  Q: Points,
  what: { k: number; rows: Int32Array; distances: Float64Array } | { radius: number },
  threads: number,
): Promise<FoundBlocks[]> {
  reserve(layout, threads);
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const task: SearchTask = { layout, Q: { ...Q, data: shared(Q.data, Q.rows * Q.columns) }, taken, ...what };
  const others = Array.from({ length: threads - 1 }, (_, i) => {
    const workerData = { task, member: i + 1 };
    return new Worker(new URL("./searchWorker.js", import.meta.url), { workerData });
  });
  try {
    const results = Promise.all(others.map(resultOf));
    results.catch(() => undefined);
    const own = takeBlocks(task, 0);
    return [own, ...(await results)];
  } finally {
    await Promise.all(others.map((each) => each.terminate()));
  }
}

function resultOf(worker: Worker): Promise<FoundBlocks> {
  return new Promise((resolve, reject) => {
    worker.on("message", resolve);
    worker.on("error", reject);
    worker.on("exit", () =>
      reject(new DataError("neighbours: a worker thread ended before its work was done.")),
    );
  });
}

/** A thread's part of a search: it takes block after block until none is left. */
export function takeBlocks(task: SearchTask, member: number): FoundBlocks {
  const { layout, Q, taken } = task;
  const searcher = new Searcher(layout, member);
  const found: { block: number; found: Surroundings }[] = [];
  for (;;) {
    const block = Atomics.add(taken, 0, 1);
    const first = block * BLOCK;
    if (first >= Q.rows) return found;
    const last = Math.min(Q.rows, first + BLOCK);
    if ("k" in task) {
      const { k, rows, distances } = task;
      for (let i = first; i < last; i++) searcher.nearest(Q, i, k, rows, distances, i * k);
    } else {
      const list = new SurroundingsList();
      for (let i = first; i < last; i++) list.add(searcher.within(Q, i, task.radius));
      found.push({ block, found: list.finish() });
    }
  }
}

function joined(parts: readonly Surroundings[], asked: number): Surroundings {
  const total = parts.reduce((sum, { rows }) => sum + rows.length, 0);
  const starts = new Float64Array(asked + 1);
  const rows = new Int32Array(total);
  const distances = new Float64Array(total);
  let [point, at] = [0, 0];
  for (const part of parts) {
    for (let i = 1; i < part.starts.length; i++) starts[++point] = at + part.starts[i];
    rows.set(part.rows, at);
    distances.set(part.distances, at);
    at += part.rows.length;
  }
  return { starts, rows, distances };
}

function shared(data: Points["data"], length: number): Points["data"] {
  if (data.buffer instanceof SharedArrayBuffer) return data;
  const copy =
    data instanceof Float32Array
      ? new Float32Array(new SharedArrayBuffer(length * 4))
      : new Float64Array(new SharedArrayBuffer(length * 8));
  copy.set(data.subarray(0, length));
  return copy;
}
