import { DataError } from "../base/errors.js";
import { type Areas, areasOf } from "./areas.js";
import { type ConfusionCounts, classCounts, f1, ratio } from "./confusion.js";
import type { Average, AverageName, ClassMetrics, PartDetails } from "./result.js";

/** The classes of a target, the true one of each row, and a score of each class for each row. */
export interface ClassScores {
  readonly names: readonly string[];
  readonly truth: ArrayLike<number>;
  /** n scores of class c, higher means more likely; null when no model of these rows knows the class. */
  readonly scores: (c: number) => Float64Array | null;
  /** Whether the scores of different classes are on one scale, so that they can be ranked together. */
  readonly comparable: boolean;
}

export const averageNames = ["precision", "recall", "f1", "roc_auc", "average_precision"] as const;

/** Why the areas of a class are null. */
const unknown = "the model does not know the class";

export interface OneVsRest {
  readonly perClass: PartDetails["per_class"];
  readonly averages: NonNullable<PartDetails["averages"]>;
  /** The reason of every null, by its name in the details: `per_class.dos.roc_auc`, `averages.micro.roc_auc`. */
  readonly reasons: Readonly<Record<string, string>>;
}

/**
 * Every class against all others, and the averages of that.
 *
 * An average is taken over the classes that define the value, and says which: precision needs a row predicted as the
 * class, recall a row of it, F1 either, the areas rows of it and of others. `macro` weighs them equally, `weighted` by
 * their rows; `micro` counts the decisions (or ranks the scores) of all classes together. The same in scikit-learn:
 * `zero_division=np.nan`.
 * @param confusion rows truth, columns predicted, in the order of `names`
 * @throws DataError when a score is NaN or infinite
 */
export function oneVsRest(confusion: ConfusionCounts, classes: ClassScores): OneVsRest {
  const { names } = classes;
  const areas = classAreas(classes);
  const perClass = names.map((name, c): ClassMetrics => {
    const counts = classCounts(confusion, c);
    return {
      class: name,
      n: counts.truth,
      precision: ratio(counts.hits, counts.predicted),
      recall: ratio(counts.hits, counts.truth),
      f1: f1(counts),
      roc_auc: areas.each[c]?.rocAuc ?? null,
      average_precision: areas.each[c]?.averagePrecision ?? null,
    };
  });
  const averages = {
    macro: averaged((name) => mean(perClass, name, () => 1)),
    weighted: averaged((name) => mean(perClass, name, (row) => row.n)),
    micro: microAverages(confusion, names, areas.together),
  };
  return { perClass, averages, reasons: reasonsOf(perClass, averages, classes) };
}

function averaged(of: (name: AverageName) => Average): Record<AverageName, Average> {
  return Object.fromEntries(averageNames.map((name) => [name, of(name)])) as Record<AverageName, Average>;
}

function mean(
  rows: readonly ClassMetrics[],
  name: AverageName,
  weightOf: (row: ClassMetrics) => number,
): Average {
  const defined = rows.filter((row) => row[name] !== null);
  let [sum, weights] = [0, 0];
  for (const row of defined) {
    sum += weightOf(row) * (row[name] as number);
    weights += weightOf(row);
  }
  return { value: ratio(sum, weights), over: defined.map((row) => row.class) };
}

/** One class a row: precision, recall and F1 over all decisions are all the share of rows decided rightly. */
function microAverages(
  { classes, counts }: ConfusionCounts,
  names: readonly string[],
  areas: Areas | null,
): Record<AverageName, Average> {
  let hits = 0;
  for (let c = 0; c < classes; c++) hits += counts[c * classes + c];
  const right = ratio(
    hits,
    counts.reduce((a, b) => a + b, 0),
  );
  return averaged((name) => {
    if (name === "roc_auc") return { value: areas?.rocAuc ?? null, over: names };
    if (name === "average_precision") return { value: areas?.averagePrecision ?? null, over: names };
    return { value: right, over: names };
  });
}

/** The areas of each class, and those of the scores of all classes ranked together. */
function classAreas({ names, truth, scores, comparable }: ClassScores): {
  each: (Areas | null)[];
  together: Areas | null;
} {
  const n = truth.length;
  const k = names.length;
  const own = new Float64Array(comparable ? n : 0);
  const others = new Float64Array(comparable ? n * (k - 1) : 0);
  let [ownRows, otherRows] = [0, 0];
  let complete = comparable && n > 0;
  const each = names.map((_, c) => {
    const values = scores(c);
    if (values === null) {
      complete = false;
      return null;
    }
    checkFinite(values, names[c]);
    const positive = values.filter((_, i) => truth[i] === c);
    const negative = values.filter((_, i) => truth[i] !== c);
    if (complete) {
      own.set(positive, ownRows);
      others.set(negative, otherRows);
      ownRows += positive.length;
      otherRows += negative.length;
    }
    return areasOf(positive, negative);
  });
  return { each, together: complete ? areasOf(own, others) : null };
}

function checkFinite(values: Float64Array, name: string): void {
  const row = values.findIndex((value) => !Number.isFinite(value));
  if (row >= 0) {
    throw new DataError(
      `eval: the score of row ${row} for class "${name}" is ${values[row]}; a finite number was expected. ` +
        `Look for missing or infinite features of that row, or for a model that did not converge.`,
    );
  }
}

function reasonsOf(
  perClass: readonly ClassMetrics[],
  averages: OneVsRest["averages"],
  { scores, comparable }: ClassScores,
): Record<string, string> {
  const reasons: Record<string, string> = {};
  const rows = perClass.reduce((sum, row) => sum + row.n, 0);
  perClass.forEach((row, c) => {
    const noRow = "the part has no row of it";
    const why: Record<AverageName, string> = {
      precision: "no row was predicted as it",
      recall: noRow,
      f1: "the part has no row of it and none was predicted as it",
      roc_auc: scores(c) === null ? unknown : row.n === 0 ? noRow : "the part has rows of no other class",
      average_precision:
        scores(c) === null ? unknown : row.n === 0 ? noRow : "the part has rows of no other class",
    };
    for (const name of averageNames)
      if (row[name] === null) reasons[`per_class.${row.class}.${name}`] = why[name];
  });
  for (const kind of ["macro", "weighted", "micro"] as const) {
    for (const name of averageNames) {
      if (averages[kind][name].value !== null) continue;
      reasons[`averages.${kind}.${name}`] =
        rows === 0
          ? "the part has no rows"
          : kind !== "micro"
            ? "no class of the part defines it"
            : comparable
              ? `${unknown} of some rows`
              : "scores of different classes are no probabilities: they cannot be ranked together";
    }
  }
  return reasons;
}
