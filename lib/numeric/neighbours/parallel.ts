import { Worker } from "node:worker_threads";
import { DataError } from "../../base/errors.js";
import { threadFile } from "../../base/threadFile.js";
import type { Layout } from "./layout.js";
import type { NeighbourIndex } from "./neighbourIndex.js";
import type { Neighbours, Points } from "./points.js";
import { reserve, Searcher } from "./searcher.js";

/** Asked points that a thread takes at once. */
const BLOCK = 64;
/** Fewer are not worth a thread: starting one takes as long as some thousand searches. */
const WORTH_A_THREAD = 2000;

/** What is searched: the index, what is asked, and where answers go; can be sent to threads. */
export interface SearchTask {
  readonly layout: Layout;
  readonly Q: Points;
  /** Blocks that are taken. */
  readonly taken: Int32Array;
  readonly k: number;
  readonly rows: Int32Array;
  readonly distances: Float64Array;
}

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

function threadsFor(Q: Points, workers: number): number {
  return Math.max(1, Math.min(workers, Math.floor(Q.rows / WORTH_A_THREAD)));
}

async function search(
  { layout }: NeighbourIndex,
  Q: Points,
  what: Pick<SearchTask, "k" | "rows" | "distances">,
  threads: number,
): Promise<void> {
  reserve(layout, threads);
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const task: SearchTask = { layout, Q: { ...Q, data: shared(Q.data, Q.rows * Q.columns) }, taken, ...what };
  const others = Array.from({ length: threads - 1 }, (_, i) => {
    const workerData = { task, member: i + 1 };
    return new Worker(threadFile("numeric/neighbours/searchWorker.js"), { workerData });
  });
  try {
    const results = Promise.all(others.map(resultOf));
    results.catch(() => undefined);
    takeBlocks(task, 0);
    await results;
  } finally {
    await Promise.all(others.map((each) => each.terminate()));
  }
}

function resultOf(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on("message", () => resolve());
    worker.on("error", reject);
    worker.on("exit", () =>
      reject(new DataError("neighbours: a worker thread ended before its work was done.")),
    );
  });
}

/** A thread's part of a search: it takes block after block until none is left. */
export function takeBlocks({ layout, Q, taken, k, rows, distances }: SearchTask, member: number): void {
  const searcher = new Searcher(layout, member);
  for (;;) {
    const first = Atomics.add(taken, 0, 1) * BLOCK;
    if (first >= Q.rows) return;
    const last = Math.min(Q.rows, first + BLOCK);
    for (let i = first; i < last; i++) searcher.nearest(Q, i, k, rows, distances, i * k);
  }
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
