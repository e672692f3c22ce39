import { compareText } from "../base/json.js";
import type { Rng } from "../base/rng.js";
import { evaluatePart } from "../eval/evaluate.js";
import type { Interval } from "../eval/result.js";
import { rocAuc } from "../eval/rocAuc.js";
import { encode } from "../features/encode.js";
import { fittedView } from "../features/fittedView.js";
import type { FeatureColumn } from "../features/schema.js";
import { viewFeatures } from "../features/view.js";
import { definition } from "../models/boosting/gradientBoosting.js";
import type { FittedClassifier, Matrix } from "../models/contract.js";
import { dealContent } from "../split/content.js";
import type { Coded } from "../split/groups.js";
import { keep } from "../split/rows.js";
import type { Table } from "../table/table.js";

/** Folds, and a boosting that is small on purpose: it is fitted for every pair of domains. */
const FOLDS = 3;
const SMALL = { trees: 30, depth: 3, learning_rate: 0.3, early_stopping: null } as const;
/** Columns that are named, and the least loss of AUC that is worth a name. */
const NAMED = 5;
const LEAST = 0.0005;

/** Two sets of rows of one table. */
export interface TwoSets {
  /** `row_id` and the feature columns. */
  readonly features: Table;
  readonly columns: readonly FeatureColumn[];
  /** Group of equal content, a row of the table: such rows are never on both sides of a fold. */
  readonly content: Int32Array;
  readonly a: Int32Array;
  readonly b: Int32Array;
}

export interface TellApart {
  readonly rows: number;
  /** .5: they look the same; 1: every row gives its set away. */
  readonly roc_auc: Interval;
  /** Largest first, at most five. */
  readonly columns: readonly { readonly column: string; readonly auc_lost: number }[];
}

/**
 * Can a model tell two sets of rows apart, and by which columns? A small gradient boosting is trained on which set a row is
 * of, and scores rows that it was not fitted on (three folds). A column counts by what the AUC over held-out rows loses
 * when its values are shuffled among them (permutation importance, Breiman 2001); of columns that say the same, each alone
 * loses little.
 * Source: Lopez-Paz and Oquab 2017, Revisiting classifier two-sample tests, arXiv:1610.06545.
 * @returns null when a set has fewer rows than there are folds
 */
export async function tellApart(
  sets: TwoSets,
  options: { readonly resamples: number; readonly workers: number; readonly named: boolean },
  rng: Rng,
): Promise<TellApart | null> {
  const { features, columns, content, a, b } = sets;
  if (Math.min(a.length, b.length) < FOLDS) return null;
  const rows = Int32Array.from([...a, ...b]).sort();
  const isB = new Uint8Array(features.rows);
  for (const row of b) isB[row] = 1;
  const sides: Coded = { codes: Int32Array.from(isB), values: ["a", "b"] };
  const fold = new Int32Array(features.rows).fill(-1);
  dealContent(rows, sides, content, new Float64Array(FOLDS), rng.fork("folds"), fold);
  const scores = new Float64Array(features.rows);
  const lost = new Float64Array(columns.length);
  for (let k = 0; k < FOLDS; k++) {
    const train = keep(rows, (row) => fold[row] !== k);
    const held = keep(rows, (row) => fold[row] === k);
    const flags = Uint8Array.from(held, (row) => isB[row]);
    const view = await fittedView(features, columns, "raw", [], train);
    const matrix = (wanted: Int32Array): Matrix => encode(features.take(wanted), columns, view.levels);
    const model = (await definition.create(definition.params.parse(SMALL)).fit(
      {
        X: matrix(train),
        features: viewFeatures(view),
        y: Int32Array.from(train, (row) => isB[row]),
        classes: ["a", "b"],
      } as never,
      { rng: rng.fork("fit").fork(k), workers: options.workers, log: () => undefined },
    )) as FittedClassifier;
    const X = matrix(held);
    const own = secondColumn(model.predictProba(X));
    own.forEach((score, i) => {
      scores[held[i]] = score;
    });
    if (options.named) addLosses(lost, model, X, own, flags, rng.fork("shuffle").fork(k));
  }
  const named = columns.map(({ name }, j) => ({ column: name, auc_lost: lost[j] / FOLDS }));
  return {
    rows: rows.length,
    roc_auc: aucInterval(rows, scores, isB, options.resamples, rng.fork("bootstrap")),
    columns: named
      .filter((each) => each.auc_lost >= LEAST)
      .sort((x, y) => y.auc_lost - x.auc_lost || compareText(x.column, y.column))
      .slice(0, NAMED),
  };
}

/** Adds what shuffling each column takes from the AUC. */
function addLosses(
  lost: Float64Array,
  model: FittedClassifier,
  X: Matrix,
  scores: Float64Array,
  flags: Uint8Array,
  rng: Rng,
): void {
  const whole = rocAuc(scores, flags);
  if (whole === null) return;
  const order = rng.shuffle(Int32Array.from({ length: X.rows }, (_, i) => i));
  const data = X.data.slice();
  for (let j = 0; j < X.columns; j++) {
    for (let i = 0; i < X.rows; i++) data[i * X.columns + j] = X.data[order[i] * X.columns + j];
    lost[j] += whole - (rocAuc(secondColumn(model.predictProba({ ...X, data })), flags) ?? whole);
    for (let i = 0; i < X.rows; i++) data[i * X.columns + j] = X.data[i * X.columns + j];
  }
}

function secondColumn({ rows, columns, data }: Matrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => data[i * columns + 1]);
}

function aucInterval(
  rows: Int32Array,
  scores: Float64Array,
  isB: Uint8Array,
  resamples: number,
  rng: Rng,
): Interval {
  const { details } = evaluatePart({
    isAttack: Uint8Array.from(rows, (row) => isB[row]),
    scores: Float64Array.from(rows, (row) => scores[row]),
    threshold: 0.5,
    isProbability: true,
    family: { codes: Int32Array.from(rows, (row) => isB[row]), dictionary: ["benign", "b"], kind: "text" },
    trainingFamilies: [],
    classes: null,
    subset: null,
    bootstrap: { resamples, rng },
  });
  return details.intervals.roc_auc;
}
