import { DataError } from "../base/errors.js";
import type { Rng } from "../base/rng.js";
import type { Table } from "../table/table.js";
import { type Content, dealContent } from "./content.js";
import { codedColumn, jointColumn } from "./groups.js";
import { hasFolds, listOf, type SplitRecipe } from "./recipe.js";
import { asGroup } from "./recipes/group.js";
import { groupRows, rowsWhere } from "./rows.js";

/** Rows of a training part dealt to folds, for choices that are made inside of it. */
export interface InnerFolds {
  /** Fold of each row, 1…count. */
  readonly fold: Int32Array;
  /** The column whose groups stay together, joint ones as `a/b`, or `content`: rows of equal content. */
  readonly groups: string;
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
