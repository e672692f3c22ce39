import type { z } from "zod";
import { DataError } from "../../base/errors.js";
import { canonicalJson } from "../../base/json.js";
import type { Rng } from "../../base/rng.js";
import { allocate, meanAndDeviation } from "../../base/statistics.js";
import { applyView, type FittedView } from "../../features/view.js";
import type { SearchInfo } from "../../onnx/searchInfo.js";
import { csvText } from "../../table/csv.js";
import { type Column, float64, int64, Table, text } from "../../table/table.js";
import type { Classifier, Detector, ModelDefinition } from "../contract.js";
import { type LabelledRows, pickRows, preparedRows, type TrainTask } from "../train.js";
import { type Candidate, candidatesOf } from "./candidates.js";
import type { SearchParams } from "./params.js";
import { isHigherBetter, scoreOf } from "./score.js";

/** What a candidate chooses around the model: the view of its entry, how many columns its selection keeps. */
export interface Around {
  readonly view?: string;
  readonly keep?: number;
}

/** Rows that candidates are fitted on and rows that score them, with a view that saw the former alone. */
export interface SearchRows {
  readonly view: FittedView;
  readonly train: LabelledRows;
  /** What a fit may look at beside its training rows, to stop in time. */
  readonly validation: LabelledRows;
  readonly heldOut: LabelledRows;
}

export interface SearchFold {
  /** `validation`, or fold_1, … */
  readonly name: string;
  /** Made when they are needed, so that one fold is in memory. */
  readonly rows: (around: Around) => Promise<SearchRows>;
}

export interface SearchTask {
  readonly definition: ModelDefinition;
  /** The model's parameters; a candidate replaces those that are searched. */
  readonly own: Readonly<Record<string, unknown>>;
  readonly search: SearchParams;
  readonly folds: readonly SearchFold[];
  readonly groups?: string;
  /** `classes[0]` is "benign". */
  readonly classes: readonly string[];
  readonly resample?: TrainTask["resample"];
  readonly rng: Rng;
  readonly threads: number;
  readonly log: (line: string) => void;
}

/** What a search found. */
export interface Searched {
  /** The model's own parameters among what was chosen, and what lies around it. */
  readonly own: Candidate;
  readonly around: Around;
  readonly info: SearchInfo;
  /** cv_results.csv: a row a candidate. */
  readonly results: string;
}

/**
 * Fit and score every candidate and choose the best; equal ones: the first. No row that is not in a fold is looked at.
 * All candidates of a fold are fitted on the same rows with the same random stream, so that they differ by their
 * parameters alone. A candidate that cannot be fitted (DataError) fails and is listed as such.
 * @throws DataError when no candidate could be scored, ParamsError when the model has not what the metric needs
 */
export async function searchParameters(task: SearchTask): Promise<Searched> {
  const { definition, search, rng, log } = task;
  const { shape } = definition.params as unknown as z.ZodObject;
  const candidates = candidatesOf(search, shape as Record<string, z.ZodType>, rng.fork("candidates"));
  log(
    `search: ${candidates.length} candidates (${search.method}), scored by ${search.metric} on ` +
      `${search.by === "validation" ? "the validation rows" : `${task.folds.length} folds`}`,
  );
  const scores: (number | null)[][] = candidates.map(() => []);
  const faults = new Map<number, string>();
  const folds: { name: string; train: number; held_out: number }[] = [];
  for (const fold of task.folds) {
    const { scores: own, ...sizes } = await scoreFold(task, candidates, fold, faults);
    own.forEach((score, c) => void scores[c].push(score));
    folds.push({ name: fold.name, ...sizes });
  }
  const ranked = rank(search, scores, faults);
  const best = ranked.findIndex(({ rank: place }) => place === 1);
  if (best < 0) {
    const [why] = faults.values();
    throw new DataError(
      `search: no candidate could be scored by ${search.metric}: ` +
        `${why ?? "the rows that score them are all benign, or all attacks"}. Change search in params.yaml, or the split.`,
    );
  }
  const { mean, sd } = ranked[best];
  const chosen = candidates[best];
  log(`search: chosen ${words(chosen)}, ${search.metric} ${Number((mean ?? 0).toPrecision(6))}`);
  return {
    ...partsOf(chosen),
    results: resultsCsv(candidates, folds, scores, ranked, faults),
    info: {
      method: search.method,
      by: search.by,
      metric: search.metric,
      over: search.over,
      candidates: candidates.length,
      failed: faults.size,
      stream: rng.path,
      folds: folds.map((fold, f) => ({ ...fold, score: scores[best][f] })),
      ...(task.groups === undefined ? {} : { groups: task.groups }),
      chosen,
      mean: mean ?? 0,
      sd,
      ...stability(search, scores, ranked, best),
    },
  };
}

/** A candidate's own parameters, and what lies around the model. */
function partsOf(candidate: Candidate): Pick<Searched, "own" | "around"> {
  const { view, "select.keep": keep, ...own } = candidate as Candidate & Around & { "select.keep"?: number };
  return {
    own,
    around: { ...(view === undefined ? {} : { view }), ...(keep === undefined ? {} : { keep }) },
  };
}

/** The scores of all candidates on one fold; null for one that failed, here or before. */
async function scoreFold(
  task: SearchTask,
  candidates: readonly Candidate[],
  fold: SearchFold,
  faults: Map<number, string>,
): Promise<{ scores: (number | null)[]; train: number; held_out: number }> {
  const byAround = new Map<string, number[]>();
  candidates.forEach((candidate, c) => {
    const key = canonicalJson(partsOf(candidate).around);
    byAround.set(key, [...(byAround.get(key) ?? []), c]);
  });
  const scores = candidates.map((): number | null => null);
  let sizes = { train: 0, held_out: 0 };
  for (const group of byAround.values()) {
    const rows = await fold.rows(partsOf(candidates[group[0]]).around);
    sizes = { train: rows.train.X.rows, held_out: rows.heldOut.X.rows };
    await scoreCandidates(task, candidates, group, { ...rows, name: fold.name }, { scores, faults });
  }
  return { scores, ...sizes };
}

/** Fit and score those of `group`, which share their rows and view. */
async function scoreCandidates(
  task: SearchTask,
  candidates: readonly Candidate[],
  group: readonly number[],
  fold: SearchRows & { readonly name: string },
  into: { readonly scores: (number | null)[]; readonly faults: Map<number, string> },
): Promise<void> {
  const { definition, own, search, classes, rng, threads, log } = task;
  const stream = rng.fork(fold.name);
  const train = search.rows === undefined ? fold.train : someRows(fold.train, search.rows, stream);
  const rows = preparedRows({
    ...{ kind: definition.kind, view: fold.view, classes, train, validation: fold.validation },
    ...{ resample: task.resample, rng: stream, log: () => undefined },
  });
  const X = applyView(fold.view, fold.heldOut.X);
  for (const c of group) {
    if (into.faults.has(c)) continue;
    const candidate = candidates[c];
    const where = `search: ${fold.name}, candidate ${c + 1} of ${candidates.length} (${words(candidate)})`;
    const estimator = definition.create(definition.params.parse({ ...own, ...partsOf(candidate).own })) as
      | Classifier
      | Detector;
    try {
      const fitted = await estimator.fit(rows.train, {
        ...(rows.validation === undefined ? {} : { validation: rows.validation }),
        rng: stream.fork("fit"),
        workers: threads,
        log: (line) => log(`${where}: ${line}`),
      });
      const score = scoreOf(search.metric, fitted, X, fold.heldOut.y);
      into.scores[c] = score;
      log(`${where}: ${score === null ? "undefined" : Number(score.toPrecision(6))}`);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      into.faults.set(c, error.message);
      log(`${where}: failed. ${error.message}`);
    }
  }
}

/** `most` rows at most, of each class its share, at random, in their order. */
function someRows(rows: LabelledRows, most: number, rng: Rng): LabelledRows {
  if (rows.y.length <= most) return rows;
  const classes = [...new Set(rows.y)].sort((a, b) => a - b);
  const members = classes.map((c) => [...rows.y.keys()].filter((i) => rows.y[i] === c));
  const counts = allocate(
    members.map(({ length }) => length),
    most,
  );
  const kept = new Uint8Array(rows.y.length);
  members.forEach((own, c) => {
    const stream = rng.fork("rows").fork(classes[c]);
    for (const place of stream.sample(own.length, counts[c])) kept[own[place]] = 1;
  });
  return pickRows(rows, (_, i) => kept[i] === 1);
}

interface Ranked {
  readonly mean: number | null;
  /** Of the population, as in scikit-learn; null of a single score. */
  readonly sd: number | null;
  /** 1 is the best; equal means share it. Null of a candidate without a score. */
  readonly rank: number | null;
}

/** Means over the folds in which the metric is defined, and places by them. */
function rank(
  { metric }: SearchParams,
  scores: readonly (readonly (number | null)[])[],
  faults: ReadonlyMap<number, string>,
): Ranked[] {
  const sign = isHigherBetter(metric) ? 1 : -1;
  const means = scores.map((own, c) => {
    const known = faults.has(c) ? [] : own.filter((score) => score !== null);
    if (known.length === 0) return { mean: null, sd: null };
    const { mean, deviation } = meanAndDeviation(known);
    return { mean, sd: known.length === 1 ? null : deviation };
  });
  const better = (than: number): number =>
    means.filter(({ mean }) => mean !== null && sign * mean > sign * than).length;
  return means.map(({ mean, sd }) => ({ mean, sd, rank: mean === null ? null : better(mean) + 1 }));
}

/** How sure the choice is: see SearchInfo. */
function stability(
  { metric }: SearchParams,
  scores: readonly (readonly (number | null)[])[],
  ranked: readonly Ranked[],
  best: number,
): Pick<SearchInfo, "best_in" | "as_good"> {
  const sign = isHigherBetter(metric) ? 1 : -1;
  const worth = (score: number | null | undefined): number =>
    score === null || score === undefined ? Number.NEGATIVE_INFINITY : sign * score;
  const own = scores[best];
  const bestIn = own.filter(
    (score, f) => score !== null && scores.every((each) => worth(each[f]) <= worth(score)),
  ).length;
  const { mean, sd } = ranked[best];
  if (sd === null) return { best_in: bestIn, as_good: null };
  const error = sd / Math.sqrt(own.filter((score) => score !== null).length - 1);
  const near = ranked.filter((each, c) => c !== best && worth(each.mean) >= worth(mean) - error);
  return { best_in: bestIn, as_good: near.length };
}

function resultsCsv(
  candidates: readonly Candidate[],
  folds: readonly { readonly name: string }[],
  scores: readonly (readonly (number | null)[])[],
  ranked: readonly Ranked[],
  faults: ReadonlyMap<number, string>,
): string {
  const number = (values: readonly (number | null)[]): Column =>
    float64(values.map((value) => value ?? Number.NaN));
  const columns = new Map<string, Column>([["candidate", int64(candidates.map((_, c) => c + 1))]]);
  for (const name of Object.keys(candidates[0]))
    columns.set(`param_${name}`, text(candidates.map((candidate) => valueText(candidate[name]))));
  columns.set("mean", number(ranked.map(({ mean }) => mean)));
  columns.set("sd", number(ranked.map(({ sd }) => sd)));
  folds.forEach(({ name }, f) => {
    columns.set(name, number(scores.map((own) => own[f])));
  });
  columns.set("rank", int64(ranked.map(({ rank: place }) => place ?? Number.NaN)));
  if (faults.size > 0) columns.set("fault", text(candidates.map((_, c) => faults.get(c) ?? null)));
  return csvText(Table.of(columns));
}

function words(candidate: Candidate): string {
  return Object.entries(candidate)
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(", ");
}

const valueText = (value: unknown): string =>
  value !== null && typeof value === "object" ? JSON.stringify(value) : String(value);
