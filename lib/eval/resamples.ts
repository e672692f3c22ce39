import { Worker } from "node:worker_threads";
import { breathe } from "../base/breathe.js";
import { Rng } from "../base/rng.js";
import { threadFile } from "../base/threadFile.js";
import { drawCounts } from "./bootstrap.js";
import { type SortedPart, tallier } from "./tally.js";
import { placesOf, valuesOf } from "./values.js";

/** Some models' scores of the same rows, and how these rows are to be resampled. Can be sent to threads. */
export interface ResampleTask {
  readonly parts: readonly ResampledPart[];
  /** What is drawn with replacement: rows, or groups of them. */
  readonly units: number;
  readonly resamples: number;
  /** Of the jackknife, which leaves out every `groups`-th unit in turn; 0: none. */
  readonly groups: number;
  /** Path of the random stream; each resample has its own fork, so any thread may draw it. */
  readonly stream: string;
}

export interface ResampledPart {
  readonly part: SortedPart;
  /** The unit of each position; null: each position is a unit. */
  readonly unitAt: Int32Array | null;
  /** By attack family: whether training had it. */
  readonly seen: readonly boolean[];
}

/** Of one part: `values[v * columns + i]` is value v (in the order of `valuesOf`) of resample i, then of jackknife group i. */
export interface ResampledValues {
  readonly columns: number;
  readonly values: Float64Array;
}

/**
 * What a worker thread is started with. control[0] is the next column that nobody has taken, control[1] how many are done,
 * control[2 + column] is 1 for a column that is done.
 */
export interface WorkerStart {
  readonly task: ResampleTask;
  readonly results: readonly ResampledValues[];
  readonly control: Int32Array;
}

/** Row visits below which threads take longer to start than they save. */
const WORTH_THREADS = 2e8;

/**
 * The values of all resamples: every part sees the same ones, so that its values can be compared in pairs. The same
 * numbers whatever the number of `workers`: each resample is drawn from a stream of its own.
 * @param worthThreads row visits below which there is one thread
 */
export function resampledValues(
  task: ResampleTask,
  workers = 1,
  worthThreads = WORTH_THREADS,
): ResampledValues[] {
  const steps = resampling(task, workers, worthThreads);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same, and the event loop runs in between: for many parts, so that a signal is heard. */
export async function resampledInTurns(
  task: ResampleTask,
  workers = 1,
  worthThreads = WORTH_THREADS,
): Promise<ResampledValues[]> {
  const steps = resampling(task, workers, worthThreads);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await breathe();
  }
}

/** Yields after each column that is filled here, and while those of other threads are waited for. */
function* resampling(
  task: ResampleTask,
  workers: number,
  worthThreads: number,
): Generator<undefined, ResampledValues[]> {
  const columns = task.resamples + task.groups;
  const visits = columns * task.parts.reduce((sum, { part }) => sum + part.n, 0);
  const threads = visits < worthThreads ? 0 : Math.min(workers, columns) - 1;
  const memory = (bytes: number): ArrayBufferLike =>
    threads > 0 ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  const results = task.parts.map(({ part }) => ({
    columns,
    values: new Float64Array(memory(8 * columns * placesOf(part.families).count)),
  }));
  const control = new Int32Array(memory(4 * (2 + columns)));
  const start: WorkerStart = { task: threads > 0 ? shared(task) : task, results, control };
  const pool = Array.from({ length: threads }, () => startWorker(start));
  yield* takeColumns(start);
  if (!(yield* othersEnd(control, columns))) fillMissing(start);
  for (const worker of pool) void worker.terminate();
  return results;
}

/** Wait for the columns that threads have begun. @returns false when none came in for ten seconds: a thread has died */
function* othersEnd(control: Int32Array, columns: number): Generator<undefined, boolean> {
  for (let done = Atomics.load(control, 1), waits = 0; done < columns; waits++) {
    if (waits === 100) return false;
    Atomics.wait(control, 1, done, 100);
    const now = Atomics.load(control, 1);
    if (now !== done) waits = -1;
    done = now;
    yield;
  }
  return true;
}

/** A column comes out the same whoever fills it, even twice. */
function fillMissing({ task, results, control }: WorkerStart): void {
  const fill = columnFiller(task, results);
  const columns = task.resamples + task.groups;
  for (let column = 0; column < columns; column++) if (Atomics.load(control, 2 + column) === 0) fill(column);
}

function startWorker(workerData: WorkerStart): Worker {
  const worker = new Worker(threadFile("eval/resampleWorker.js"), { workerData });
  // A thread that does not start takes no column; the others take all.
  worker.on("error", () => undefined);
  worker.unref();
  return worker;
}

/** Fill columns until none is left, one a step. */
export function* takeColumns({ task, results, control }: WorkerStart): Generator<undefined, void> {
  const fill = columnFiller(task, results);
  const columns = task.resamples + task.groups;
  for (;;) {
    const column = Atomics.add(control, 0, 1);
    if (column >= columns) return;
    fill(column);
    Atomics.store(control, 2 + column, 1);
    Atomics.add(control, 1, 1);
    Atomics.notify(control, 1);
    yield;
  }
}

function columnFiller(task: ResampleTask, results: readonly ResampledValues[]): (column: number) => void {
  const { parts, resamples, groups } = task;
  const rng = Rng.at(task.stream);
  const units = new Uint8Array(task.units);
  const talliers = parts.map(({ part }) => tallier(part));
  const weights = parts.map(({ part, unitAt }) => (unitAt === null ? units : new Uint8Array(part.n)));
  return (column) => {
    if (column < resamples) drawCounts(rng.fork(column), units);
    else leaveOut(units, column - resamples, groups);
    parts.forEach(({ part, unitAt, seen }, i) => {
      if (unitAt !== null) gather(units, unitAt, weights[i]);
      const { values, columns } = results[i];
      valuesOf(talliers[i](weights[i]), part, seen).forEach((value, v) => {
        values[v * columns + column] = value;
      });
    });
  };
}

function gather(units: Uint8Array, unitAt: Int32Array, weights: Uint8Array): void {
  for (let p = 0; p < weights.length; p++) weights[p] = units[unitAt[p]];
}

function leaveOut(units: Uint8Array, group: number, groups: number): void {
  units.fill(1);
  for (let unit = group; unit < units.length; unit += groups) units[unit] = 0;
}

/** The same task in memory that threads share. */
function shared(task: ResampleTask): ResampleTask {
  return {
    ...task,
    parts: task.parts.map(({ part, unitAt, seen }) => ({
      part: Object.fromEntries(
        Object.entries(part).map(([name, value]) => [name, sharedArray(value)]),
      ) as unknown as SortedPart,
      unitAt: sharedArray(unitAt),
      seen,
    })),
  };
}

function sharedArray<T>(value: T): T {
  if (!ArrayBuffer.isView(value)) return value;
  const array = value as unknown as Int32Array;
  const copy = new (array.constructor as typeof Int32Array)(new SharedArrayBuffer(array.byteLength));
  copy.set(array);
  return copy as unknown as T;
}
