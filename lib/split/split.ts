import { DataError } from "../base/errors.js";
import type { Rng } from "../base/rng.js";
import { contentGroups } from "../dataset/content.js";
import { contentColumns } from "../dataset/registry.js";
import { int64, Table } from "../table/table.js";
import type { Content } from "./content.js";
import type { Division } from "./division.js";
import { dealFolds } from "./folds.js";
import { codedColumn, codesOf } from "./groups.js";
import { foldColumn, foldParts, partColumn, TEST, TRAIN, UNUSED, VALIDATION } from "./parts.js";
import { type FoldRecipe, hasFolds, type SplitRecipe } from "./recipe.js";
import { divide } from "./recipes.js";
import { factsOf, foldFacts, type SplitFacts } from "./report.js";
import { counted, keep, rowsWhere } from "./rows.js";
import { drawValidation } from "./validation.js";

export interface Split {
  /**
   * `row_id` and `part`, one row for each row of flows; of a k-fold split also `fold` and `validation_folds` (see
   * `partsOfFold`), of a nested one `inner_fold`.
   */
  readonly table: Table;
  readonly facts: SplitFacts;
}

/**
 * Divide flows into training, validation, test and unused rows, or into folds.
 * @param flows canonical rows: `row_id`, `label`, `family`, and the columns that `columnsFor` names
 * @param rng the stream of this split; the same stream and rows give the same parts
 * @param content which rows are equal; computed from the content columns of `flows` when it is not given
 * @throws DataError when a column or value is not there, a part would be empty, or training has one class only
 */
export function splitFlows(
  flows: Table,
  recipe: SplitRecipe,
  rng: Rng,
  content: Content = contentOf(flows),
): Split {
  const { rows, unused } = within(flows, recipe.within);
  if (hasFolds(recipe)) return intoFolds(flows, rows, unused, recipe, rng, content);
  const division = divide({ flows, rows, content, rng: rng.fork("test") }, recipe);
  const families = codedColumn(flows, "family");
  const parts = new Int32Array(flows.rows).fill(UNUSED);
  for (const row of division.train) parts[row] = TRAIN;
  for (const row of division.test) parts[row] = TEST;
  for (const row of division.validation ?? []) parts[row] = VALIDATION;
  const drawn =
    division.validation === undefined
      ? drawValidation(flows, division.train, families, content, drawOf(recipe), rng.fork("validation"))
      : { drawn: new Uint8Array(0), leftOut: [] };
  drawn.drawn.forEach((chosen, row) => {
    if (chosen === 1) parts[row] = VALIDATION;
  });
  check(flows, parts, `of recipe "${recipe.recipe}"`);
  const facts = factsOf({ flows, parts, content, leftOut: drawn.leftOut });
  return {
    table: Table.of({ row_id: flows.column("row_id"), part: partColumn(parts) }),
    facts: { ...facts, recipe, unused: { ...unused, ...division.unused }, ...notesOf(division) },
  };
}

/** Rows of equal content, by the columns that a realistic feature comes from. */
export function contentOf(flows: Table): Content {
  const columns = contentColumns(flows.names);
  return { groups: contentGroups(flows, columns), columns };
}

function notesOf({ notes }: Division): Pick<SplitFacts, "sql" | "hashed" | "files" | "test_campaigns"> {
  return notes ?? {};
}

function drawOf(recipe: Exclude<SplitRecipe, FoldRecipe>): { share: number; by: string | undefined } {
  const share = typeof recipe.validation === "number" ? recipe.validation : 0;
  return { share, by: "validation_by" in recipe ? recipe.validation_by : undefined };
}

function intoFolds(
  flows: Table,
  rows: Int32Array,
  outside: Readonly<Record<string, number>>,
  recipe: FoldRecipe,
  rng: Rng,
  content: Content,
): Split {
  const folds = dealFolds(flows, rows, content, recipe, rng);
  for (let i = 1; i <= folds.count; i++)
    check(flows, foldParts(folds.fold, folds.masks, i), `in fold ${i} of recipe "${recipe.recipe}"`);
  const parts = folds.fold.map((fold) => (fold === 0 ? UNUSED : TRAIN));
  const unused = { ...outside, ...folds.unused };
  const facts = foldFacts({ flows, parts, content, leftOut: [] }, folds);
  return {
    table: Table.of({
      row_id: flows.column("row_id"),
      part: partColumn(parts),
      fold: foldColumn(folds.fold),
      ...(folds.inner === null ? {} : { inner_fold: foldColumn(folds.inner) }),
      validation_folds: int64(folds.masks),
    }),
    facts: { ...(facts as SplitFacts), recipe, unused },
  };
}

/** The rows that `within` keeps to, in row order. */
function within(
  flows: Table,
  conditions: SplitRecipe["within"],
): { rows: Int32Array; unused: Record<string, number> } {
  let rows = rowsWhere(flows.rows);
  for (const [name, value] of Object.entries(conditions ?? {})) {
    const coded = codedColumn(flows, name);
    const [wanted] = codesOf(coded, [value], `within (column ${name})`);
    rows = keep(rows, (row) => coded.codes[row] === wanted);
  }
  return { rows, unused: counted("outside_within", flows.rows - rows.length) };
}

/** @param where which parts these are: `of recipe "time"` */
function check(flows: Table, parts: Int32Array, where: string): void {
  const { codes, dictionary } = flows.text("label");
  const benign = dictionary.indexOf("benign");
  const rows = new Int32Array(4);
  let attacks = 0;
  parts.forEach((part, row) => {
    rows[part]++;
    if (part === TRAIN && codes[row] !== benign) attacks++;
  });
  for (const [part, name] of [
    [TRAIN, "train"],
    [TEST, "test"],
    [VALIDATION, "validation"],
  ] as const) {
    if (rows[part] > 0) continue;
    throw new DataError(
      `split: the ${name} part ${where} is empty (${flows.rows} rows in all). ` +
        `Change ${name === "validation" ? "validation" : "the recipe's shares or values"} in params.yaml, or use more data.`,
    );
  }
  if (attacks > 0 && attacks < rows[TRAIN]) return;
  throw new DataError(
    `split: the training part ${where} has ${attacks === 0 ? "no attack" : "no benign row"} ` +
      `(${rows[TRAIN]} rows, all ${attacks === 0 ? "benign" : "attacks"}), so a classifier has nothing to tell apart. ` +
      "Choose other shares or values in params.yaml.",
  );
}
