import { SchemaError } from "../base/errors.js";
import { compareText } from "../base/json.js";
import { type Table, takeColumn } from "../table/table.js";
import type { PartInput } from "./evaluate.js";
import { partHours } from "./hours.js";
import { inRowOrder, type ScoredPart } from "./predictions.js";

/** The truth about every row of a table. */
export interface Truth {
  /** Columns family and, where they are known, subset (rows that papers report on their own) and hourColumns. */
  readonly flows: Table;
  readonly isAttack: Uint8Array;
  /** The target's classes and the class of each row. */
  readonly target: { readonly classes: readonly string[]; readonly codes: Int32Array };
}

/** What an evaluation needs to know of a model. */
export interface ModelFacts {
  readonly kind: "classifier" | "detector";
  /** Its scores are margins and no probabilities. */
  readonly isMargin: boolean;
  /** Empty for a detector. */
  readonly classes: readonly string[];
  readonly trainingFamilies: readonly string[];
}

/** What an evaluation needs of rows that one model scored. */
export function partInput(
  truth: Truth,
  model: ModelFacts,
  scored: ScoredPart,
  bootstrap: PartInput["bootstrap"],
): PartInput {
  // Classes of the part that training did not have stand behind the model's own.
  const names = [...model.classes, ...truth.target.classes.filter((name) => !model.classes.includes(name))];
  return {
    ...factsOf(truth, model, scored.rows, names),
    scores: scored.score,
    threshold: scored.threshold,
    trainingFamilies: model.trainingFamilies,
    classes:
      scored.probabilities === null || names.length <= 2
        ? null
        : {
            names,
            truth: positions(truth, scored.rows, names),
            predicted: scored.predicted,
            probabilities: (c) => probabilitiesOf(scored, names[c]),
          },
    bootstrap,
  };
}

/**
 * The same of all out-of-fold rows together: each row has the threshold and the classes of the model that did not see it.
 * @param models of the folds, in the order of `scored`
 */
export function pooledInput(
  truth: Truth,
  models: readonly ModelFacts[],
  scored: readonly ScoredPart[],
  bootstrap: PartInput["bootstrap"],
): PartInput {
  const names = truth.target.classes;
  const { rows, part, at } = inRowOrder(truth.flows.rows, scored);
  const placed = scored.map(({ classes }) => classes.map((name) => names.indexOf(name)));
  const of = (i: number): ScoredPart => scored[part[i]];
  return {
    ...factsOf(truth, models[0], rows, names),
    scores: Float64Array.from(rows, (_, i) => of(i).score[at[i]]),
    threshold: Float64Array.from(rows, (_, i) => of(i).threshold),
    trainingFamilies: seenFamilies(truth, models, scored),
    classes:
      scored[0].probabilities === null || names.length <= 2
        ? null
        : {
            names,
            truth: positions(truth, rows, names),
            predicted: Int32Array.from(rows, (_, i) => placed[part[i]][of(i).predicted[at[i]]]),
            probabilities: (c) => {
              const each = scored.map((one) => probabilitiesOf(one, names[c]));
              return each.includes(null) ? null : Float64Array.from(rows, (_, i) => each[part[i]]![at[i]]);
            },
          },
    bootstrap,
  };
}

/** Attack families that the training part of a fold has whose rows they are tested on. */
function seenFamilies(
  { flows }: Truth,
  models: readonly ModelFacts[],
  scored: readonly ScoredPart[],
): string[] {
  const { codes, dictionary } = flows.text("family");
  const seen = new Set<string>();
  scored.forEach(({ rows }, i) => {
    const trained = dictionary.map((family) => models[i].trainingFamilies.includes(family));
    for (const row of rows) if (codes[row] >= 0 && trained[codes[row]]) seen.add(dictionary[codes[row]]);
  });
  return [...seen].sort(compareText);
}

/** P(class) of the rows that one model scored; null when it does not know the class. */
function probabilitiesOf({ probabilities, classes, rows }: ScoredPart, name: string): Float64Array | null {
  const place = classes.indexOf(name);
  if (place < 0 || probabilities === null) return null;
  return Float64Array.from(rows, (_, i) => probabilities.data[i * classes.length + place]);
}

function factsOf(
  { flows, isAttack }: Truth,
  { kind, isMargin }: ModelFacts,
  rows: Int32Array,
  names: readonly string[],
): Pick<PartInput, "isAttack" | "isProbability" | "isMargin" | "family" | "coarse" | "subset" | "time"> {
  const family = takeColumn(flows.text("family"), rows);
  const subset = flows.has("subset") ? takeColumn(flows.text("subset"), rows) : null;
  if (family.kind !== "text" || subset?.kind === "number")
    throw new SchemaError("eval: family and subset must be text.");
  return {
    isAttack: Uint8Array.from(rows, (row) => isAttack[row]),
    isProbability: kind === "classifier" && !isMargin,
    isMargin,
    family,
    coarse: kind === "detector" && names.length > 2,
    subset,
    time: partHours(flows, rows),
  };
}

/** The true class of each row, as its place in `names`. */
function positions({ target }: Truth, rows: Int32Array, names: readonly string[]): Int32Array {
  const position = target.classes.map((name) => names.indexOf(name));
  return Int32Array.from(rows, (row) => position[target.codes[row]] ?? -1);
}
