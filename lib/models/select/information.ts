import { binCategories, binNumbers, type Codes, mutualInformation } from "../../numeric/mutualInformation.js";
import type { Rows } from "../contract.js";
import { best, type Ranker } from "./ranking.js";

/** Columns by their mutual information with the class. */
export function byInformation(train: Rows, bins: number): Ranker {
  const { columns, classes } = coded(train, bins);
  return {
    rank: async (keep, _rng, rows) =>
      best(
        columns.map((column) => mutualInformation(column, classes, rows)),
        keep,
      ),
  };
}

/**
 * Columns one after the other: each time the one whose mutual information with the class, less its mean mutual
 * information with the columns chosen before, is the largest (of equal ones the first).
 * Source: Peng, Long and Ding 2005, Feature selection based on mutual information criteria of max-dependency,
 * max-relevance, and min-redundancy, IEEE TPAMI 27 (MID).
 */
export function byRelevanceAndRedundancy(train: Rows, bins: number): Ranker {
  const { columns, classes } = coded(train, bins);
  return {
    async rank(keep, _rng, rows) {
      const relevance = columns.map((column) => mutualInformation(column, classes, rows));
      const redundancy = new Float64Array(columns.length);
      const scores: (number | null)[] = columns.map(() => null);
      const left = new Set([...columns.keys()].filter((j) => relevance[j] > 0));
      const kept: number[] = [];
      while (kept.length < keep && left.size > 0) {
        let chosen = -1;
        for (const j of left) {
          scores[j] = relevance[j] - (kept.length === 0 ? 0 : redundancy[j] / kept.length);
          if (chosen < 0 || scores[j] > scores[chosen]!) chosen = j;
        }
        kept.push(chosen);
        left.delete(chosen);
        for (const j of left) redundancy[j] += mutualInformation(columns[j], columns[chosen], rows);
      }
      return { kept, scores };
    },
  };
}

/** Every column and the class as small whole numbers. */
function coded({ X, features, y, classes }: Rows, bins: number): { columns: Codes[]; classes: Codes } {
  const values = new Float64Array(X.rows);
  const columns = features.map((feature, j) => {
    for (let i = 0; i < X.rows; i++) values[i] = X.data[i * X.columns + j];
    return feature.kind === "category"
      ? binCategories(values, feature.levels.length)
      : binNumbers(values, bins);
  });
  return { columns, classes: { codes: Uint16Array.from(y), levels: classes.length } };
}
