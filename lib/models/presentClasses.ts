import { DataError } from "../base/errors.js";
import type { Rows } from "./contract.js";

/** Which classes the training rows have. */
export interface PresentClasses {
  /** Rows of each class. */
  readonly counts: Float64Array;
  /** Classes with rows, ascending. */
  readonly present: readonly number[];
}

/** @throws DataError when the training rows are of fewer than two classes */
export function presentClasses(model: string, { y, classes }: Pick<Rows, "y" | "classes">): PresentClasses {
  const counts = new Float64Array(classes.length);
  for (const c of y) counts[c]++;
  const present = classes.map((_, c) => c).filter((c) => counts[c] > 0);
  if (present.length < 2) {
    const found = present.length === 0 ? "no rows" : `only "${classes[present[0]]}" (${y.length} rows)`;
    throw new DataError(
      `${model}: two classes are needed in the training part, it has ${found}. ` +
        "Choose another split, or a detector, which learns from benign rows alone.",
    );
  }
  return { counts, present };
}
