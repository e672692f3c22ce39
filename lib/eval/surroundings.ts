import { compareText } from "../base/json.js";
import type { Table } from "../table/table.js";
import { breakdownColumns, type Surroundings } from "./breakdowns.js";
import { missingColumns } from "./missingColumns.js";
import type { Windows } from "./overTime.js";

/** Where the surroundings of rows are read from: tables with a row for every flow. */
export interface Source {
  /** Some of `breakdownColumns`. */
  readonly flows: Table;
  /** The columns that the model takes. */
  readonly features: Table;
  /** Those of `features` that are the flow's own. */
  readonly ownColumns: readonly string[];
  readonly windows: Windows;
}

/**
 * What breakdowns need to know of some rows.
 * @param trainingAttacks see `attackNames`; null where they are not known
 */
export function surroundingsOf(
  { flows, features, ownColumns, windows }: Source,
  rows: Int32Array,
  trainingAttacks: readonly string[] | null,
): Surroundings {
  const known = breakdownColumns.filter((name) => flows.has(name));
  return {
    flows: flows.select(known).take(rows),
    missing: missingColumns(features, ownColumns, rows),
    trainingAttacks,
    windows,
  };
}

/** Original names of the attacks among some rows, sorted; null where the flows do not have them. */
export function attackNames(flows: Table, isAttack: Uint8Array, rows: Int32Array): readonly string[] | null {
  if (!flows.has("label_original")) return null;
  const { codes, dictionary } = flows.text("label_original");
  const present = new Set<number>();
  for (const row of rows) if (isAttack[row] === 1 && codes[row] >= 0) present.add(codes[row]);
  return Array.from(present, (code) => dictionary[code]).sort(compareText);
}

/** Attacks of which some fold is tested and trained on. @param folds the rows of each fold's parts */
export function attacksOfFolds(
  flows: Table,
  isAttack: Uint8Array,
  folds: readonly { readonly train: Int32Array; readonly test: Int32Array }[],
): readonly string[] | null {
  const seen = new Set<string>();
  for (const { train, test } of folds) {
    const trained = attackNames(flows, isAttack, train);
    if (trained === null) return null;
    for (const name of attackNames(flows, isAttack, test) ?? []) if (trained.includes(name)) seen.add(name);
  }
  return [...seen].sort(compareText);
}
