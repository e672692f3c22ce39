import type { FamilyRecall } from "../eval/result.js";
import type { Table } from "../table/table.js";

/**
 * Scores of the test rows, by group: benign flows, attacks of families that training had, attacks of new families.
 * A group without rows is left out.
 * @param predictions columns part, family and score of predictions.parquet
 */
export function scoreGroups(predictions: Table, families: readonly FamilyRecall[]): Record<string, number[]> {
  const novel = new Set(families.filter(({ seen }) => !seen).map(({ family }) => family));
  const parts = predictions.strings("part");
  const names = predictions.strings("family");
  const scores = predictions.numbers("score");
  const groups: Record<string, number[]> = {
    benign: [],
    "attacks, families seen": [],
    "attacks, new families": [],
  };
  parts.forEach((part, row) => {
    if (part !== "test") return;
    const family = names[row] ?? "";
    const group =
      family === "benign" ? "benign" : novel.has(family) ? "attacks, new families" : "attacks, families seen";
    groups[group].push(scores[row]);
  });
  return Object.fromEntries(Object.entries(groups).filter(([, values]) => values.length > 0));
}

/** The scores of the groups of `scoreGroups`, attacks of all families together. */
export function attackAgainstBenign(groups: Readonly<Record<string, ArrayLike<number>>>): {
  readonly benign: ArrayLike<number>;
  readonly attack: ArrayLike<number>;
} {
  const { benign = [], ...attacks } = groups;
  return { benign, attack: Object.values(attacks).flatMap((scores) => Array.from(scores)) };
}
