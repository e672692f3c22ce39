import type { DecisionRule } from "../eval/decision.js";
import {
  type FoldRecipe,
  foldCount,
  type GroupRecipe,
  listOf,
  type RecipeOf,
  type SplitRecipe,
} from "../split/recipe.js";
import { asGroup } from "../split/recipes/group.js";
import { code, enumerate, type Inline, sentence } from "./document.js";
import { count, plainNumber } from "./numbers.js";
import type { ReportSettings } from "./results.js";

/** A share in percent without needless decimals: 0.2 is 20%. */
export function share(value: number): string {
  return `${plainNumber(100 * value)}%`;
}

/** How intervals come about: `percentile bootstrap over flows, 1,000 resamples`. */
export function bootstrapWords({
  resamples,
  unit,
  interval,
}: Pick<ReportSettings, "resamples" | "unit" | "interval">): string {
  const kind = interval === "bca" ? "BCa" : "percentile";
  return `${kind} bootstrap over ${unit}s, ${count(resamples)} resamples`;
}

/** How a split divides the rows, in words that need no knowledge of params.yaml. */
export function recipeWords(recipe: SplitRecipe): Inline[] {
  const within =
    recipe.within === undefined
      ? []
      : [
          " Only rows whose ",
          ...enumerate(
            Object.entries(recipe.within).map(([column, value]): Inline => code(`${column} is ${value}`)),
          ),
          " take part.",
        ];
  return [...divisionWords(recipe), ...within, ...validationWords(recipe)];
}

function validationWords(recipe: SplitRecipe): Inline[] {
  const use = "models are tuned and thresholds chosen on it, never on test.";
  if (recipe.recipe === "nested") {
    return [` One of the inner folds is the validation part of each training part: ${use}`];
  }
  if (typeof recipe.validation !== "number") {
    return [" Validation: ", ...codes(recipe.validation), `; ${use}`];
  }
  const part = recipe.recipe === "kfold" ? "each training part" : "the training part";
  const by = "validation_by" in recipe ? recipe.validation_by : undefined;
  const drawn =
    by === undefined
      ? ""
      : by === "time"
        ? ", its last rows in time,"
        : `, whole groups of the column ${by},`;
  return [` ${share(recipe.validation)} of ${part}${drawn} is held out as validation: ${use}`];
}

const codes = (values: readonly (string | number)[]): Inline[] =>
  enumerate(values.map((value) => code(String(value))));

function divisionWords(recipe: SplitRecipe): Inline[] {
  switch (recipe.recipe) {
    case "official":
      return ["The training and test parts that the authors of the dataset published."];
    case "files":
      return [
        "Files of the user's choice. Trained on ",
        ...codes(recipe.train),
        ", tested on ",
        ...codes(recipe.test),
        ".",
      ];
    case "stratified":
      return [
        `A random draw: ${share(recipe.test)} of the rows of every family are the test part. Rows of one attack run or one session fall on both sides.`,
      ];
    case "duplicates":
      return [
        `A random draw: ${share(recipe.test)} of every family are the test part, rows of equal content always on one side. Rows of one attack run still fall on both.`,
      ];
    case "hash":
      return [
        `A draw by the hash of each row's own text: ${share(recipe.test)} of the rows are the test part, whatever other rows there are. Rows of one attack run or one session fall on both sides.`,
      ];
    case "time":
      return [
        `The last ${share(recipe.test)} of the rows by start time are the test part: trained on the past, tested on the future.`,
      ];
    case "campaign":
      return campaignWords(recipe);
    case "leave-one-attack-out":
      return [
        "Tested on ",
        ...codes(listOf(recipe.attack)),
        `, which training never sees, and on ${share(recipe.benign)} of the benign rows; trained on everything else.`,
      ];
    case "kfold":
    case "nested":
      return foldWords(recipe);
    default: {
      const group = asGroup(recipe);
      return group === undefined ? [] : groupWords(group);
    }
  }
}

function campaignWords({ test, benign = "time" }: RecipeOf<"campaign">): Inline[] {
  const attacks: Inline[] =
    typeof test === "number"
      ? [
          `about ${share(test)} of the attack rows of every family that has two campaigns or more are the test part`,
        ]
      : ["tested on ", ...codes(test)];
  const rest: Inline[] =
    benign === "time" ? ["as blocks of time"] : sentence`as whole groups of ${code(benign)}`;
  return [
    "Attack campaigns stay whole: ",
    ...attacks,
    ". Benign rows, which have no campaign, are divided in the same proportion, ",
    ...rest,
    ".",
  ];
}

function foldWords(recipe: FoldRecipe): Inline[] {
  const together: Inline[] =
    recipe.kind === "stratified"
      ? ["each family spread over all of them, rows of equal content together"]
      : ["made of whole groups of ", ...codes(listOf(recipe.by ?? "content"))];
  return [
    `Cross-validation with ${foldCount(recipe)} folds, `,
    ...together,
    ". Every row is tested once, by a model that was trained on the other folds.",
    ...(recipe.recipe === "nested" ? [` Each training part has ${recipe.inner} inner folds.`] : []),
  ];
}

function groupWords(recipe: GroupRecipe): Inline[] {
  const by = listOf(recipe.by);
  const together: Inline[] = ["Rows with the same ", ...codes(by), " stay together. "];
  if (typeof recipe.test === "number")
    return [...together, `Whole groups, about ${share(recipe.test)} of the rows, are the test part.`];
  return [
    ...together,
    "Tested on ",
    ...codes(recipe.test),
    ...(recipe.train === undefined
      ? [", trained on the rest."]
      : [", trained on ", ...codes(recipe.train), "."]),
  ];
}

/** How the threshold of a model was chosen, as `train` wrote it. */
export function ruleWords(rule: DecisionRule): string {
  switch (rule.rule) {
    case "half":
      return "0.5, fixed beforehand";
    case "max-f1":
      return "highest F1 on validation";
    case "recall-at-precision":
      return `most recall with a precision of at least ${share(rule.precision)} on validation`;
    case "precision-at-recall":
      return `most precision with a recall of at least ${share(rule.recall)} on validation`;
    case "fpr-budget":
      return `at most ${share(rule.fpr)} of benign validation flows flagged`;
    case "benign-quantile":
      return `flags ${share(rule.contamination)} of benign validation flows`;
  }
}

/**
 * The rule of a result: what params.yaml says, in words, when it is the rule that the evaluation recorded; else the
 * recorded name as it is.
 */
export function recordedRule(recorded: string, rule: DecisionRule): string {
  return recorded === rule.rule ? ruleWords(rule) : recorded;
}

/** Parameters of a model as "trees 200, depth 6"; nested values as JSON. */
export function paramWords(params: Readonly<Record<string, unknown>>): string {
  const words = Object.entries(params).map(([name, value]) => {
    const shown =
      typeof value === "number"
        ? plainNumber(value)
        : typeof value === "string"
          ? value
          : JSON.stringify(value);
    return `${name.replace(/_/g, " ")} ${shown}`;
  });
  return words.length === 0 ? "none" : words.join(", ");
}

/** A difference of two rates in points of percent, with its sign: "17.3 points lower". */
export function difference(from: number, to: number): string {
  const points = 100 * (to - from);
  const size = Math.abs(points).toFixed(1);
  return size === "0.0" ? "the same" : `${size} points ${points < 0 ? "lower" : "higher"}`;
}
