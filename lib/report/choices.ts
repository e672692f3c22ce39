import { code, type Inline, sentence, strong } from "./document.js";
import { count, fixed, plainNumber } from "./numbers.js";
import type { ModelFile } from "./results.js";
import { paramWords } from "./words.js";

/** Columns that a card names. */
const NAMED = 8;

/** What was chosen inside the training part before a model was trained, and how sure that choice is. */
export function choiceItems({ search, selection }: ModelFile): Inline[][] {
  return [
    ...(search === undefined ? [] : [[strong("Parameters chosen. "), ...searched(search)]]),
    ...(selection === undefined ? [] : [[strong("Columns chosen. "), ...selected(selection)]]),
  ];
}

function searched(search: NonNullable<ModelFile["search"]>): Inline[] {
  const { candidates, method, metric, chosen, mean, sd, folds, by, groups, failed } = search;
  const where =
    by === "validation"
      ? "on the validation rows"
      : `over ${folds.length} folds of the training rows (${foldWords(groups)})`;
  const spread = sd === null ? "" : ` (standard deviation ${fixed(sd, 4)})`;
  const sure =
    search.as_good === null
      ? ""
      : ` It was the best in ${search.best_in} of ${folds.length} folds; ${count(search.as_good)} of the other candidates ${search.as_good === 1 ? "is" : "are"} within one standard error of it.`;
  const lost = failed === 0 ? "" : ` ${count(failed)} could not be fitted.`;
  return sentence`${paramWords(chosen)}: the best of ${count(candidates)} candidates (${method === "grid" ? "grid" : "random search"}), ${metric.replace(/_/g, " ")} ${fixed(mean, 4)}${spread} ${where}.${sure}${lost} All are in ${code("cv_results.csv")}.`;
}

function foldWords(groups: string | undefined): string {
  if (groups === "time") return "each scored by models of the rows before it";
  return groups === "content" || groups === undefined
    ? "rows of equal content together"
    : `groups of ${groups} together`;
}

function selected(selection: NonNullable<ModelFile["selection"]>): Inline[] {
  const { by, kept, columns, repeats, stability } = selection;
  const names = kept.slice(0, NAMED).flatMap((name, i): Inline[] => [i === 0 ? "" : ", ", code(name)]);
  const more = kept.length > NAMED ? ` and ${count(kept.length - NAMED)} more` : "";
  const agreement =
    repeats === 0
      ? ""
      : stability === null
        ? ` Selections on ${repeats} random halves of the training rows leave nothing to compare.`
        : ` Selections on ${repeats} random halves of the training rows agree with a stability of ${plainNumber(Number(stability.toFixed(2)))} (1: entirely, 0: like random ones).`;
  return [
    ...sentence`${count(kept.length)} of ${count(columns)} by ${by.replace(/-/g, " ")}, the best first: `,
    ...names,
    ...sentence`${more}.${agreement} All are in ${code("selection.csv")}.`,
  ];
}
