import { deal } from "../base/deal.js";
import { DataError } from "../base/errors.js";
import type { Rng } from "../base/rng.js";
import type { Table } from "../table/table.js";
import { type Content, dealContent, type ShortFamily } from "./content.js";
import { shuffled } from "./draw.js";
import { type Coded, codedColumn, jointColumn, shortList } from "./groups.js";
import { foldParts, TRAIN } from "./parts.js";
import { type FoldRecipe, foldCount, listOf } from "./recipe.js";
import { otherGroups, present } from "./recipes/group.js";
import { counted, groupRows, keep, rowsWhere } from "./rows.js";
import { drawValidation } from "./validation.js";

/** Rows dealt to folds. */
export interface Folds {
  readonly count: number;
  /** Fold of each row, 1…count; 0: unused. */
  readonly fold: Int32Array;
  /** Bit i - 1 is set where the row is validation of fold i. */
  readonly masks: Uint32Array;
  /** Of a nested split: the inner fold of each row, 1…inner. */
  readonly inner: Int32Array | null;
  readonly unused: Readonly<Record<string, number>>;
  /** Families that some folds lack, because their rows fall into fewer groups of equal content than there are folds. */
  readonly short: readonly ShortFamily[];
  /** By fold: families that its validation part lacks. */
  readonly leftOut: readonly (readonly ShortFamily[])[];
}

/**
 * Deal rows to k folds, each of which is tested once with a model of the others.
 *
 * `stratified`: each family evenly over the folds, rows of equal content together. `grouped`: groups of a column (or of
 * several, or of equal content) stay whole, folds of about equally many rows; rows of different groups may have equal
 * content (the report counts them). Validation of fold i is drawn inside the other folds; of a nested split it is one of
 * the inner folds, another one for each outer fold in turn.
 * @throws DataError when there are fewer groups than folds
 */
export function dealFolds(
  flows: Table,
  rows: Int32Array,
  content: Content,
  recipe: FoldRecipe,
  rng: Rng,
): Folds {
  const count = foldCount(recipe);
  const families = codedColumn(flows, "family");
  const groups = groupsFor(flows, recipe);
  const used = groups === null ? rows : keep(rows, (row) => groups.codes[row] >= 0);
  const dealt = (some: Int32Array, totals: Float64Array, stream: Rng, into: Int32Array): ShortFamily[] => {
    if (groups !== null) dealGroups(groups.codes, groups.values.length, some, totals, stream, into);
    else if (recipe.kind === "stratified")
      return dealContent(some, families, content.groups, totals, stream, into);
    else dealGroups(content.groups, highest(content.groups) + 1, some, totals, stream, into);
    return [];
  };
  if (groups !== null) checkGroups(flows, groups, used, count, recipe);
  else if (used.length < count) throw tooFewRows(used.length, count);

  const bins = new Int32Array(flows.rows);
  const short = dealt(used, new Float64Array(count), rng.fork("folds"), bins);
  const fold = new Int32Array(flows.rows);
  for (const row of used) fold[row] = bins[row] + 1;

  const masks = new Uint32Array(flows.rows);
  const leftOut: (readonly ShortFamily[])[] = [];
  let inner: Int32Array | null = null;
  if (recipe.recipe === "nested") {
    inner = new Int32Array(flows.rows);
    const totals = new Float64Array(recipe.inner);
    for (let outer = 1; outer <= count; outer++) {
      const own = keep(used, (row) => fold[row] === outer);
      dealt(own, totals, rng.fork("inner").fork(outer), bins);
      for (const row of own) inner[row] = bins[row] + 1;
      leftOut.push([]);
    }
    for (const row of used) {
      for (let i = 1; i <= count; i++)
        if (fold[row] !== i && inner[row] === ((i - 1) % recipe.inner) + 1) masks[row] |= 1 << (i - 1);
    }
  } else {
    const draw = { share: recipe.validation, by: recipe.validation_by };
    for (let i = 1; i <= count; i++) {
      const parts = foldParts(fold, masks, i);
      const train = rowsWhere(flows.rows, (row) => parts[row] === TRAIN);
      const stream = rng.fork("validation").fork(i);
      const validation = drawValidation(flows, train, families, content, draw, stream);
      for (const row of train) if (validation.drawn[row] === 1) masks[row] |= 1 << (i - 1);
      leftOut.push(validation.leftOut);
    }
  }
  const unused = groups === null ? {} : counted(`no_${byOf(recipe).join("_")}`, rows.length - used.length);
  return { count, fold, masks, inner, unused, short, leftOut };
}

function byOf({ by }: FoldRecipe): readonly string[] {
  return by === undefined ? ["content"] : listOf(by);
}

/** The column whose groups stay whole; null where that is equal content. */
function groupsFor(flows: Table, recipe: FoldRecipe): Coded | null {
  const by = byOf(recipe);
  return recipe.kind === "stratified" || by.join() === "content" ? null : jointColumn(flows, by);
}

function highest(codes: Int32Array): number {
  return codes.reduce((most, code) => (code > most ? code : most), -1);
}

/** Whole groups to the bins, large ones first, each to the bin with the fewest rows. */
function dealGroups(
  codes: Int32Array,
  count: number,
  rows: Int32Array,
  totals: Float64Array,
  rng: Rng,
  into: Int32Array,
): void {
  const { sizes } = groupRows(codes, rows, count);
  const there = present(sizes);
  const order = shuffled(there.length, rng).map((i) => there[i]);
  const bin = new Int32Array(count);
  deal(order, sizes, totals, bin);
  for (const row of rows) into[row] = bin[codes[row]];
}

function checkGroups(flows: Table, groups: Coded, used: Int32Array, folds: number, recipe: FoldRecipe): void {
  const codes = present(groupRows(groups.codes, used, groups.values.length).sizes);
  if (codes.length >= folds) return;
  const by = byOf(recipe).join("/");
  const names = shortList(
    Array.from(codes, (code) => groups.values[code]),
    12,
  );
  const possible = codes.length < 2 ? "" : `${codes.length} folds are possible with these groups. `;
  throw new DataError(
    `split: ${folds} folds by ${by} need ${folds} groups; there ${codes.length === 1 ? "is 1" : `are ${codes.length}`} (${names}). ` +
      `${possible}${otherGroups(flows, by)}`,
  );
}

function tooFewRows(rows: number, folds: number): DataError {
  return new DataError(
    `split: ${folds} folds need ${folds} rows; there are ${rows}. Use fewer folds in params.yaml, or more data.`,
  );
}
