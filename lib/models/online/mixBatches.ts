import { DataError } from "../../base/errors.js";
import { didYouMean } from "../../base/nearest.js";
import type { Rng } from "../../base/rng.js";
import { countRows, type Groups, rowNumbers, rowsOfGroups } from "../../features/resample/groups.js";
import { type MixerName, type MixerParams, mixerName } from "./mixerParams.js";
import {
  type Batches,
  balanced,
  type Dataset,
  type LabelQuota,
  quotas,
  random,
  sequential,
} from "./mixers.js";

/** Rows as a mixer sees them: of which dataset and of which class each is. */
export interface MixRows {
  readonly dataset: Groups;
  readonly y: Int32Array;
}

export interface MixInput {
  readonly train: MixRows;
  /** Rows that are scored between batches and never learned. Their datasets may be others. */
  readonly validation?: MixRows;
  readonly classes: readonly string[];
}

/** One batch: training rows in the order in which they are learned, and validation rows to score after it. */
export interface MixedBatch {
  readonly rows: Int32Array;
  readonly validation: Int32Array;
}

/** Rows by dataset; datasets without any are left out. */
type Counts = Readonly<Record<string, number>>;

/** The mix plan of one pass. */
export interface MixPlan {
  readonly mixer: MixerName;
  /** Rows that there are, in the order of the datasets. */
  readonly datasets: readonly {
    readonly name: string;
    readonly train: number;
    readonly validation: number;
  }[];
  /** Rows of each label in a batch, for mixers that balance. */
  readonly labels: Counts | null;
  readonly batches: readonly {
    /** train_count by dataset. */
    readonly counts: Counts;
    readonly train_count: number;
    readonly val_count: number;
    /** Those of train_count that are drawn again. */
    readonly resampled: Counts;
  }[];
  /** Training rows that no batch has. */
  readonly left_out: Counts;
  readonly ended: string;
}

/**
 * Make the batches of one pass over several datasets, and the plan that says what is in them. Validation rows are a part
 * of their own (carved out by the split, before any row is drawn again): no batch can learn a copy of one.
 * @throws DataError for a dataset or label that training does not have, for weights or a balance of the wrong length,
 * and when a label is too rare for a single batch
 * Source: the mixers of the training pipeline of Stratosphere's SLIPS.
 */
export function mixBatches(
  params: MixerParams,
  input: MixInput,
  rng: Rng,
): { readonly batches: readonly MixedBatch[]; readonly plan: MixPlan } {
  const { train, validation, classes } = input;
  const datasets = chosenDatasets(params, train.dataset);
  const mixer = mixerName(params.type);
  const labels = "shuffle_labels" in params ? labelQuotas(params, datasets, train.y, classes) : null;
  const { batches, ended } = mixed();
  if (batches.length === 0) throw tooFew(params, datasets, labels, train.y);

  function mixed(): Batches {
    if ("shuffle_within_batch" in params)
      return random(datasets, datasetWeights(params.weights, datasets), params, rng);
    if ("shuffle_labels" in params) {
      return balanced(datasets, labels ?? [], train.y, params, mixer === "oversampled", rng);
    }
    return sequential(datasets, params);
  }

  const dealt = dealValidation(
    validation,
    batches.map(({ rows }) => rows.length),
    params.batch_size_test,
    rng,
  );
  const left = leftOut(batches, train.y.length);
  const byDataset = (rows: Int32Array): Counts => countRows(train.dataset, rows);
  const validationCounts: Counts =
    validation === undefined ? {} : countRows(validation.dataset, rowNumbers(validation.y.length));
  return {
    batches: batches.map(({ rows }, b) => ({ rows, validation: dealt[b] })),
    plan: {
      mixer,
      datasets: datasets.map(({ name, rows }) => ({
        name,
        train: rows.length,
        validation: validationCounts[name] ?? 0,
      })),
      labels: labels === null ? null : Object.fromEntries(labels.map((label) => [label.name, label.rows])),
      batches: batches.map(({ rows, resampled }, b) => ({
        counts: byDataset(rows),
        train_count: rows.length,
        val_count: dealt[b].length,
        resampled: byDataset(resampled),
      })),
      left_out: byDataset(left),
      ended,
    },
  };
}

/** Rows that no batch has, ascending. */
function leftOut(batches: Batches["batches"], n: number): Int32Array {
  const seen = new Uint8Array(n);
  let count = 0;
  for (const { rows } of batches) {
    for (let i = 0; i < rows.length; i++) {
      count += 1 - seen[rows[i]];
      seen[rows[i]] = 1;
    }
  }
  const left = new Int32Array(n - count);
  for (let row = 0, to = 0; to < left.length; row++) if (seen[row] === 0) left[to++] = row;
  return left;
}

function chosenDatasets(params: MixerParams, groups: Groups): Dataset[] {
  const rows = new Map(rowsOfGroups(groups).map((each, g) => [groups.names[g], each]));
  const there = groups.names.filter((name) => rows.get(name)?.length);
  const chosen = params.datasets ?? there;
  if ("per_dataset_batch_size" in params && typeof params.per_dataset_batch_size === "object") {
    numbersFor("per_dataset_batch_size", params.per_dataset_batch_size, chosen, "dataset");
  }
  return chosen.map((name, d) => {
    if (chosen.indexOf(name) !== d) throw new DataError(`mixer: datasets names "${name}" twice.`);
    if (!there.includes(name)) throw unknown("datasets", name, there, params.by);
    return { name, rows: rows.get(name) ?? new Int32Array(0) };
  });
}

function datasetWeights(
  weights: readonly number[] | Readonly<Record<string, number>> | undefined,
  datasets: readonly Dataset[],
): number[] {
  const names = datasets.map(({ name }) => name);
  const found = numbersFor("weights", weights, names, "dataset");
  if (found.every((weight) => weight === 0))
    throw new DataError("mixer: every weight is 0: no dataset takes part.");
  return found;
}

/** One number a name: from a list in their order, from a mapping (names that it lacks get 0), or 1 for each. */
function numbersFor(
  key: string,
  numbers: readonly number[] | Readonly<Record<string, number>> | undefined,
  names: readonly string[],
  what: string,
): number[] {
  if (numbers === undefined) return names.map(() => 1);
  if (Array.isArray(numbers)) {
    if (numbers.length === names.length) return [...numbers];
    throw new DataError(
      `mixer: ${key} has ${numbers.length} numbers, one a ${what} was expected (${names.length}: ${names.join(", ")}).`,
    );
  }
  const byName = numbers as Readonly<Record<string, number>>;
  for (const name of Object.keys(byName)) if (!names.includes(name)) throw unknown(key, name, names);
  return names.map((name) => byName[name] ?? 0);
}

function labelQuotas(
  params: Extract<MixerParams, { shuffle_labels: boolean }>,
  datasets: readonly Dataset[],
  y: Int32Array,
  classes: readonly string[],
): LabelQuota[] {
  const counts = new Float64Array(classes.length);
  for (const { rows } of datasets) for (const row of rows) if (y[row] >= 0) counts[y[row]]++;
  const there = classes.filter((_, c) => counts[c] > 0);
  const names = params.labels ?? there;
  names.forEach((name, i) => {
    if (names.indexOf(name) !== i) throw new DataError(`mixer: labels names "${name}" twice.`);
    if (!there.includes(name)) throw unknown("labels", name, there);
  });
  const shares = numbersFor("balance", params.balance, names, "label");
  if (shares.every((share) => share === 0)) throw new DataError("mixer: every share of balance is 0.");
  const rows = quotas(shares, params.batch_size_train);
  return names
    .map((name, i) => ({ name, class: classes.indexOf(name), rows: rows[i] }))
    .filter((label) => label.rows > 0);
}

function unknown(key: string, name: string, there: readonly string[], by?: string): DataError {
  const where = by === undefined ? "" : ` by ${by}`;
  return new DataError(
    `mixer: ${key} names "${name}", and the training part has none such${where} (has: ${there.join(", ") || "none"}).` +
      `${didYouMean(name, there)} Change the mixer in params.yaml.`,
  );
}

function tooFew(
  params: MixerParams,
  datasets: readonly Dataset[],
  labels: readonly LabelQuota[] | null,
  y: Int32Array,
): DataError {
  const short = (labels ?? []).map((label) => ({
    ...label,
    has: datasets.reduce((sum, { rows }) => sum + rows.filter((row) => y[row] === label.class).length, 0),
  }));
  const first = short.find((label) => label.has < label.rows);
  if (first === undefined) return new DataError("mixer: the training part has no rows for a batch.");
  return new DataError(
    `mixer: a batch of ${params.batch_size_train} rows needs ${first.rows} of "${first.name}", and the training part has ` +
      `${first.has}: there would be no batch. Lower mixer.batch_size_train or its share in balance, or use oversampled.`,
  );
}

/** Validation rows of each batch: so many a batch round and round, or all of them once by cumulative rounding. */
function dealValidation(
  validation: MixRows | undefined,
  sizes: readonly number[],
  size: number | null,
  rng: Rng,
): Int32Array[] {
  const n = validation?.y.length ?? 0;
  const order = rng.fork("validation").shuffle(rowNumbers(n));
  const total = sizes.reduce((a, b) => a + b, 0);
  let done = 0;
  let from = 0;
  return sizes.map((rows) => {
    done += rows;
    const count = size === null ? Math.round((done / total) * n) - from : Math.min(size, n);
    const start = from;
    from += count;
    return Int32Array.from({ length: count }, (_, i) => order[(start + i) % n]);
  });
}
