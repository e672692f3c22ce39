import { DataError } from "../base/errors.js";
import type { Rng } from "../base/rng.js";
import type { Table } from "../table/table.js";
import { type Content, dealContent } from "./content.js";
import { codedColumn, jointColumn } from "./groups.js";
import { hasFolds, listOf, type SplitRecipe } from "./recipe.js";
import { asGroup } from "./recipes/group.js";
import { timesOf } from "./recipes/time.js";
import { groupRows, rowsWhere } from "./rows.js";

/** Rows of a training part dealt to folds, for choices that are made inside of it. */
export interface InnerFolds {
  /** Fold of each row, 1…count. By time also 0, the rows before all folds, and count + 1, those without a time. */
  readonly fold: Int32Array;
  /** The column whose groups stay together, joint ones as `a/b`; `content`: rows of equal content; or `time`. */
  readonly groups: string;
}

/** Whether a row may train what is scored on fold f: every other fold, or by time only those before it. */
export function trainsFor({ groups }: InnerFolds, fold: number, f: number): boolean {
  return groups === TIME ? fold < f : fold !== f;
}

/** The name of folds that go by time. */
export const TIME = "time";

/** Whether a recipe parts past and future, inside the training part or of all rows. */
export function goesByTime(recipe: SplitRecipe): boolean {
  return ("validation_by" in recipe && recipe.validation_by === TIME) || recipe.recipe === "time";
}

/** The columns by which a recipe keeps rows together; empty where that is equal content. */
export function groupsOfRecipe(recipe: SplitRecipe): readonly string[] {
  if ("validation_by" in recipe && recipe.validation_by !== undefined && recipe.validation_by !== "time")
    return [recipe.validation_by];
  if (hasFolds(recipe))
    return recipe.kind === "grouped" && recipe.by !== undefined
      ? listOf(recipe.by).filter((name) => name !== "content")
      : [];
  if (recipe.recipe === "campaign") return ["campaign"];
  const group = asGroup(recipe);
  return group === undefined ? [] : listOf(group.by);
}

/**
 * Deal the rows of a training part to `count` folds: each family evenly, groups together. A group counts for the family
 * of its first row; a row without a group goes with those of equal content.
 * @param flows the training rows and no others: `family` and the columns of `by`
 * @param content of the same rows
 * @param by columns of the groups; none: equal content
 * @param required whether too few groups are an error; else equal content takes their place
 * @throws DataError
 */
export function innerFolds(
  flows: Table,
  content: Content,
  count: number,
  by: readonly string[],
  required: boolean,
  rng: Rng,
): InnerFolds {
  if (flows.rows < count)
    throw new DataError(
      `search: ${count} folds need ${count} training rows; there are ${flows.rows}. Use fewer folds in params.yaml.`,
    );
  const grouped = by.length === 0 ? undefined : groupIds(flows, content, by);
  const enough = grouped !== undefined && grouped.count >= count;
  if (required && !enough) {
    throw new DataError(
      `search: ${count} folds by ${by.join("/")} need ${count} groups in the training part; there are ` +
        `${grouped?.count ?? 0}. Use fewer folds, or another column as search.groups in params.yaml.`,
    );
  }
  const bins = new Int32Array(flows.rows);
  dealContent(
    rowsWhere(flows.rows),
    codedColumn(flows, "family"),
    enough ? grouped.ids : content.groups,
    new Float64Array(count),
    rng,
    bins,
  );
  return { fold: bins.map((bin) => bin + 1), groups: enough ? by.join("/") : "content" };
}

/**
 * The rows of a training part in count + 1 stretches of about equally many, in time; rows of one instant together. Fold f is
 * scored by what was fitted on all before it, an expanding window, as scikit-learn's TimeSeriesSplit.
 * @throws DataError when there are too few instants
 */
export function timeFolds(flows: Table, count: number): InnerFolds {
  const times = timesOf(flows);
  const sorted = Float64Array.from(times)
    .filter((time) => !Number.isNaN(time))
    .sort();
  // Where each instant begins among the sorted rows.
  const begins = new Map<number, number>();
  sorted.forEach((time, i) => {
    if (!begins.has(time)) begins.set(time, i);
  });
  const fold = Int32Array.from(times, (time) => {
    const before = begins.get(time);
    return before === undefined ? count + 1 : Math.floor((before * (count + 1)) / sorted.length);
  });
  const empty = Array.from({ length: count + 1 }, (_, f) => f).find((f) => !fold.includes(f));
  if (empty !== undefined)
    throw new DataError(
      `search: ${count} folds by time need ${count + 1} stretches of the training part, and too many of its ${flows.rows} ` +
        "rows are of one instant. Use fewer folds, or by: validation, as search in params.yaml.",
    );
  return { fold, groups: TIME };
}

/** A number a group; rows without one get that of their content, beyond the others. */
function groupIds(
  flows: Table,
  content: Content,
  by: readonly string[],
): { readonly ids: Int32Array; readonly count: number } {
  const { codes, values } = jointColumn(flows, by);
  const { sizes } = groupRows(
    codes,
    rowsWhere(flows.rows, (row) => codes[row] >= 0),
    values.length,
  );
  const ids = codes.map((code, row) => (code >= 0 ? code : values.length + content.groups[row]));
  return { ids, count: sizes.filter((size) => size > 0).length };
}
