import { Worker } from "node:worker_threads";
import { DataError } from "../../base/errors.js";
import { Rng } from "../../base/rng.js";
import { CenterRows } from "../../numeric/centerRows.js";
import { type KMeansResult, type LloydOptions, lloyd } from "./lloyd.js";
import type { Points } from "./points.js";
import { plusPlus } from "./seeding.js";

/** Rows × columns × clusters × starts below which a thread takes longer to start than it saves. */
const WORTH_A_THREAD = 4e7;

/** Runs of k-means from different first centres; can be sent to threads. */
export interface StartsTask {
  readonly X: Points;
  readonly clusters: number;
  readonly options: LloydOptions;
  readonly starts: number;
  /** The stream whose forks the starts draw from. */
  readonly stream: string;
  /** How many starts are taken. */
  readonly taken: Int32Array;
}

/** The run with the least inertia among some; of equal ones the first. */
export interface BestStart {
  readonly start: number;
  readonly run: KMeansResult;
}

/** The best of several runs on worker threads; it never depends on how many. */
export async function bestOfStarts(
  X: Points,
  what: Pick<StartsTask, "clusters" | "options" | "starts">,
  rng: Rng,
  workers: number,
): Promise<KMeansResult> {
  const work = X.rows * X.columns * what.clusters * what.starts;
  const threads = Math.max(1, Math.min(workers, what.starts, Math.floor(work / WORTH_A_THREAD)));
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const task: StartsTask = { X: threads === 1 ? X : shared(X), stream: rng.path, taken, ...what };
  const others = Array.from({ length: threads - 1 }, () => {
    return new Worker(new URL("./startsWorker.js", import.meta.url), { workerData: task });
  });
  try {
    const results = Promise.all(others.map(resultOf));
    results.catch(() => undefined);
    const own = takeStarts(task);
    return better([own, ...(await results)]).run;
  } finally {
    await Promise.all(others.map((each) => each.terminate()));
  }
}

/** A thread's part: it takes start after start until none is left. */
export function takeStarts({
  X,
  clusters,
  options,
  starts,
  stream,
  taken,
}: StartsTask): BestStart | undefined {
  const rng = Rng.at(stream);
  const held = new CenterRows(X.data, X.rows, X.columns, clusters);
  let best: BestStart | undefined;
  for (let start = next(taken); start < starts; start = next(taken)) {
    const run = lloyd(X, plusPlus(X, clusters, rng.fork(start), held), options, held);
    if (best === undefined || run.inertia < best.run.inertia) best = { start, run };
  }
  return best;
}

function next(taken: Int32Array): number {
  return Atomics.add(taken, 0, 1);
}

function better(found: readonly (BestStart | undefined)[]): BestStart {
  return found
    .filter((each) => each !== undefined)
    .reduce((a, b) =>
      b.run.inertia < a.run.inertia || (b.run.inertia === a.run.inertia && b.start < a.start) ? b : a,
    );
}

function resultOf(worker: Worker): Promise<BestStart | undefined> {
  return new Promise((resolve, reject) => {
    worker.on("message", resolve);
    worker.on("error", reject);
    worker.on("exit", () =>
      reject(new DataError("k-means: a worker thread ended before its work was done.")),
    );
  });
}

function shared({ rows, columns, data }: Points): Points {
  const copy = new Float64Array(new SharedArrayBuffer(data.length * 8));
  copy.set(data);
  return { rows, columns, data: copy };
}
