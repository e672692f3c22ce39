import { compareText } from "../base/json.js";
import type { TextColumn } from "../table/table.js";
import { ratio } from "./confusion.js";
import type { Tally } from "./tally.js";

/** Name of the family of attack rows that have none. */
const NO_FAMILY = "unknown";

/** Families of a part's attack rows, sorted by name, and the index of each row's family (-1 for benign rows). */
export function familyCodes(
  family: TextColumn,
  isAttack: Uint8Array,
): { names: string[]; codes: Int32Array } {
  const nameOf = (row: number): string =>
    family.codes[row] < 0 ? NO_FAMILY : family.dictionary[family.codes[row]];
  const occurs = new Set<string>();
  isAttack.forEach((attack, row) => {
    if (attack === 1) occurs.add(nameOf(row));
  });
  const names = [...occurs].sort(compareText);
  const index = new Map(names.map((name, i) => [name, i]));
  return {
    names,
    codes: Int32Array.from(isAttack, (attack, row) => (attack === 1 ? (index.get(nameOf(row)) ?? -1) : -1)),
  };
}

/** Attack families of training that a part lacks, sorted by name. */
export function untestedFamilies(training: readonly string[], tested: readonly string[]): string[] {
  return [...new Set(training)]
    .filter((name) => name !== "benign" && !tested.includes(name))
    .sort(compareText);
}

/** Recall over the attack rows of all families that training had (`known`), or of all that it lacked. */
export function recallOf(
  t: Tally,
  seen: readonly boolean[],
  known: boolean,
): { value: number | null; rows: number } {
  let rows = 0;
  let flagged = 0;
  for (let f = 0; f < seen.length; f++) {
    if (seen[f] !== known) continue;
    rows += t.familyRows[f];
    flagged += t.familyFlagged[f];
  }
  return { value: ratio(flagged, rows), rows };
}
