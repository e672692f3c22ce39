import { compareText } from "../base/json.js";
import type { Predicted } from "./predicted.js";

/** Rows of one family that two models decide differently. */
export interface FamilyFlips {
  readonly family: string;
  /** All rows of the family. */
  readonly n: number;
  /** Row ids that only the first model decides rightly, and only the second. */
  readonly only_a: readonly number[];
  readonly only_b: readonly number[];
}

/**
 * Which rows two models decide differently, by attack family (benign rows under `benign`); families without such rows are
 * left out. The most flipped come first.
 * @param family of each row, as the predictions have them
 */
export function flips(
  a: Predicted,
  b: Predicted,
  isAttack: Uint8Array,
  family: readonly (string | null)[],
): FamilyFlips[] {
  const found = new Map<string, { n: number; only_a: number[]; only_b: number[] }>();
  for (let i = 0; i < a.rows.length; i++) {
    const name = isAttack[i] === 0 ? "benign" : (family[i] ?? "unknown");
    const entry = found.get(name) ?? { n: 0, only_a: [], only_b: [] };
    found.set(name, entry);
    entry.n++;
    if (a.decision[i] === b.decision[i]) continue;
    (a.decision[i] === isAttack[i] ? entry.only_a : entry.only_b).push(a.rows[i]);
  }
  const size = ({ only_a, only_b }: FamilyFlips): number => only_a.length + only_b.length;
  return Array.from(found, ([name, entry]): FamilyFlips => ({ family: name, ...entry }))
    .filter((each) => size(each) > 0)
    .sort((x, y) => size(y) - size(x) || compareText(x.family, y.family));
}
