import type { Rng } from "../../base/rng.js";
import { joined } from "../../features/resample/groups.js";
import type { BalancedParams, RandomParams, SequentialParams } from "./mixerParams.js";

/** A dataset that takes part: its name and its training rows, ascending. */
export interface Dataset {
  readonly name: string;
  readonly rows: Int32Array;
}

/** Rows of one batch in the order in which they are learned, and which of them are drawn again. */
export interface Batch {
  readonly rows: Int32Array;
  /** Rows that an earlier batch, or an earlier place of this one, has had. */
  readonly resampled: Int32Array;
}

/** Batches of one pass, and why there are no more. */
export interface Batches {
  readonly batches: readonly Batch[];
  readonly ended: string;
}

const none = new Int32Array(0);

/** Dataset after dataset, each in its own order; a batch holds rows of one dataset. */
export function sequential(datasets: readonly Dataset[], params: SequentialParams): Batches {
  const sizes = params.per_dataset_batch_size;
  const batches = datasets.flatMap(({ name, rows }) => {
    const size = (typeof sizes === "object" ? sizes[name] : sizes) ?? params.batch_size_train;
    return Array.from({ length: Math.ceil(rows.length / size) }, (_, b) => ({
      rows: rows.slice(b * size, (b + 1) * size),
      resampled: none,
    }));
  });
  return { batches, ended: "every dataset has run out" };
}

/**
 * Each row of a batch is of a dataset drawn by the weights (a multinomial draw a batch), its rows in shuffled order and
 * none twice. What a dataset that has run out lacks is refilled from the others, in their order.
 * @param weights one a dataset; with 0 it takes no part
 */
export function random(
  datasets: readonly Dataset[],
  weights: readonly number[],
  params: RandomParams,
  rng: Rng,
): Batches {
  const part = datasets.map((_, d) => d).filter((d) => weights[d] > 0);
  const queues = part.map(
    (d) => new Queue(rng.fork("rows").fork(datasets[d].name).shuffle(datasets[d].rows.slice())),
  );
  const shares = part.map((d) => weights[d]);
  const draw = rng.fork("datasets");
  const order = rng.fork("batch");
  const batches: Batch[] = [];
  while (queues.some((queue) => queue.left > 0)) {
    const wanted = multinomial(shares, params.batch_size_train, draw);
    const taken = queues.map((queue, q) => queue.take(wanted[q]));
    let short = params.batch_size_train - taken.reduce((sum, rows) => sum + rows.length, 0);
    if (params.refill_shortfall) {
      for (const queue of queues) {
        const rows = queue.take(short);
        taken.push(rows);
        short -= rows.length;
      }
    }
    const rows = joined(taken);
    if (rows.length === 0)
      return { batches, ended: "a batch found no rows left in the datasets that it drew" };
    batches.push({ rows: params.shuffle_within_batch ? order.shuffle(rows) : rows, resampled: none });
  }
  return { batches, ended: "every dataset has run out" };
}

/** A label that takes part: its class, and how many rows of it a batch has. */
export interface LabelQuota {
  readonly name: string;
  readonly class: number;
  readonly rows: number;
}

/**
 * A fixed number of rows of every label in each batch, from the datasets together. Balanced ends when a label has too
 * few rows left for its part of a batch. Oversampled draws rows of that label again, with replacement, and ends when
 * each row of each label has been there once.
 * @param y class of each training row
 */
export function balanced(
  datasets: readonly Dataset[],
  labels: readonly LabelQuota[],
  y: Int32Array,
  params: BalancedParams,
  again: boolean,
  rng: Rng,
): Batches {
  const shuffled = datasets.map(({ name, rows }) =>
    params.shuffle_within_dataset ? rng.fork("rows").fork(name).shuffle(rows.slice()) : rows,
  );
  const pools = labels.map((label) => {
    const rows = joined(shuffled.map((each) => each.filter((row) => y[row] === label.class)));
    return new Queue(params.shuffle_labels ? rng.fork("labels").fork(label.name).shuffle(rows) : rows);
  });
  const draw = rng.fork("again");
  const order = rng.fork("batch");
  const batches: Batch[] = [];
  for (;;) {
    const short = labels.findIndex((label, l) => pools[l].left < label.rows);
    if (!again && short >= 0) return { batches, ended: `too few rows of "${labels[short].name}" are left` };
    if (again && pools.every((pool) => pool.left === 0)) {
      return { batches, ended: "every row of every label has been there" };
    }
    const fresh = pools.map((pool, l) => pool.take(labels[l].rows));
    const resampled = joined(
      pools.map(({ all }, l) =>
        Int32Array.from({ length: labels[l].rows - fresh[l].length }, () => all[draw.integer(all.length)]),
      ),
    );
    batches.push({ rows: order.shuffle(joined([...fresh, resampled])), resampled });
  }
}

/**
 * Divide `total` rows by shares: rounded down, the rest to the largest fractions (ties to the first); a share above 0
 * gets at least one row where there are enough.
 */
export function quotas(shares: readonly number[], total: number): number[] {
  const sum = shares.reduce((a, b) => a + b, 0);
  const exact = shares.map((share) => (share / sum) * total);
  const counts = exact.map(Math.floor);
  const order = shares
    .map((_, i) => i)
    .sort((a, b) => exact[b] - counts[b] - (exact[a] - counts[a]) || a - b);
  for (let left = total - counts.reduce((a, b) => a + b, 0), i = 0; left > 0; left--, i++) counts[order[i]]++;
  if (shares.filter((share) => share > 0).length <= total) {
    shares.forEach((share, i) => {
      if (share === 0 || counts[i] > 0) return;
      counts[counts.indexOf(Math.max(...counts))]--;
      counts[i] = 1;
    });
  }
  return counts;
}

/** How many of `total` draws fall on each share. */
function multinomial(shares: readonly number[], total: number, rng: Rng): number[] {
  if (shares.length === 1) return [total];
  const sum = shares.reduce((a, b) => a + b, 0);
  const counts = shares.map(() => 0);
  for (let i = 0; i < total; i++) {
    let at = rng.uniform() * sum;
    let s = 0;
    while (s < shares.length - 1 && at >= shares[s]) at -= shares[s++];
    counts[s]++;
  }
  return counts;
}

/** Rows that are taken from the front. */
class Queue {
  private next = 0;
  constructor(readonly all: Int32Array) {}

  get left(): number {
    return this.all.length - this.next;
  }

  /** `count` rows, or those that are left. */
  take(count: number): Int32Array {
    const rows = this.all.slice(this.next, this.next + count);
    this.next += rows.length;
    return rows;
  }
}
