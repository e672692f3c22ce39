import type { TrialParts } from "../trial.js";

/** Parts of a split, and the rows of it that no fit sees. */
export interface TestedParts extends TrialParts {
  readonly test: Int32Array;
}

/**
 * The same parts without repetitions: of rows of equal content the first stays, in train before validation before test. So
 * no test row repeats a row that the model was fitted on.
 * @param content group of equal content, a row
 */
export function withoutDuplicates(parts: TestedParts, content: Int32Array): TestedParts {
  const seen = new Set<number>();
  const first = (rows: Int32Array): Int32Array =>
    rows.filter((row) => {
      if (seen.has(content[row])) return false;
      seen.add(content[row]);
      return true;
    });
  return { train: first(parts.train), validation: first(parts.validation), test: first(parts.test) };
}
