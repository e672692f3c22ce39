import { compareText } from "../../base/json.js";
import { classShift, ks, PSI_LARGE, psi, unknownCategoryRate } from "../../eval/drift.js";
import type { FeatureColumn } from "../../features/schema.js";
import { type Column, type TextColumn, takeColumn } from "../../table/table.js";
import type { TrialRows } from "../trial.js";
import type { Domain } from "./domains.js";
import type { Shift } from "./result.js";

/** Columns and families that a shift names. */
const NAMED = 5;

/** What moved from the training rows of one domain to the test rows of another. @param content group of equal content, a row */
export function shiftBetween(
  { flows, features }: TrialRows,
  columns: readonly FeatureColumn[],
  content: Int32Array,
  from: Domain,
  to: Domain,
): Shift {
  const both = (column: Column): readonly [Column, Column] => [
    takeColumn(column, from.train),
    takeColumn(column, to.test),
  ];
  const moved = columns.map(({ name, type }) => {
    const [reference, current] = both(features.column(name));
    const distance =
      reference.kind === "number" && current.kind === "number" ? ks(reference.values, current.values) : null;
    return { column: name, type, psi: psi(reference, current) ?? 0, ks: distance };
  });
  const categories = columns
    .filter(({ type }) => type === "category")
    .map(({ name }) => both(features.column(name)) as readonly [TextColumn, TextColumn]);
  const [reference, current] = both(flows.text("family")) as readonly [TextColumn, TextColumn];
  const families = classShift(reference, current);
  return {
    train: from.name,
    test: to.name,
    shifted: moved.filter((each) => each.psi > PSI_LARGE).length,
    columns: moved.length,
    largest_psi: largest(moved, (each) => each.psi).map((each) => ({ column: each.column, psi: each.psi })),
    largest_ks: largest(
      moved.filter((each) => each.ks !== null),
      (each) => each.ks ?? 0,
    ).map((each) => ({ column: each.column, ks: each.ks ?? 0 })),
    class_shift: families === null ? null : { ...families, classes: families.classes.slice(0, NAMED) },
    unknown_categories: unknownCategoryRate(categories),
    shared_content: sharedRows(content, from.train, to.test),
  };
}

function largest<T extends { readonly column: string }>(all: readonly T[], of: (each: T) => number): T[] {
  return all.toSorted((a, b) => of(b) - of(a) || compareText(a.column, b.column)).slice(0, NAMED);
}

/** Rows of `test` whose content some row of `train` has. */
export function sharedRows(content: Int32Array, train: Int32Array, test: Int32Array): number {
  const known = new Set(train.map((row) => content[row]));
  return test.reduce((sum, row) => sum + (known.has(content[row]) ? 1 : 0), 0);
}
