import type { DecisionRule } from "../eval/decision.js";
import type { SplitRecipe } from "../split/recipe.js";
import { code, enumerate, type Inline, sentence } from "./document.js";
import { plainNumber } from "./numbers.js";

/** A share in percent without needless decimals: 0.2 is 20%. */
export function share(value: number): string {
  return `${plainNumber(100 * value)}%`;
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
  const validation = ` ${share(recipe.validation)} of the training part is held out as validation: models are tuned and thresholds chosen on it, never on test.`;
  return [...divisionWords(recipe), ...within, validation];
}

function divisionWords(recipe: SplitRecipe): Inline[] {
  switch (recipe.recipe) {
    case "official":
      return ["The training and test parts that the authors of the dataset published."];
    case "stratified":
      return [
        `A random draw: ${share(recipe.test)} of the rows of every family are the test part. Rows of one attack run or one session fall on both sides.`,
      ];
    case "time":
      return [
        `The last ${share(recipe.test)} of the rows by start time are the test part: trained on the past, tested on the future.`,
      ];
    case "group": {
      const together = sentence`Rows with the same ${code(recipe.by)} stay together. `;
      if (typeof recipe.test === "number")
        return [...together, `Whole groups, about ${share(recipe.test)} of the rows, are the test part.`];
      const values = (list: readonly (string | number)[]): Inline[] =>
        enumerate(list.map((v) => code(String(v))));
      return [
        ...together,
        "Tested on ",
        ...values(recipe.test),
        ...(recipe.train === undefined
          ? [", trained on the rest."]
          : [", trained on ", ...values(recipe.train), "."]),
      ];
    }
  }
}

/** How the threshold of a model was chosen, as `train` wrote it. */
export function ruleWords(rule: DecisionRule): string {
  switch (rule.rule) {
    case "half":
      return "0.5, fixed beforehand";
    case "max-f1":
      return "highest F1 on validation";
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
