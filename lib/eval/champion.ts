/** A model that may be chosen. */
export interface Candidate {
  readonly name: string;
  /** Of the profile oracle: its columns are not had elsewhere. */
  readonly oracle: boolean;
  /** Average precision on validation; null: undefined, or there is no such part. */
  readonly value: number | null;
}

export interface Chosen {
  readonly name: string;
  readonly value: number | null;
  /** How, in words. */
  readonly how: string;
}

/**
 * The highest average precision on validation, never on test; of equal ones the first. When no model has a value the first
 * one is taken and `how` says so. A model of the profile oracle is none unless all are.
 * @param split for the words
 */
export function champion(candidates: readonly Candidate[], split: string): Chosen {
  const realistic = candidates.filter(({ oracle }) => !oracle);
  const models = realistic.length > 0 ? realistic : candidates;
  const best = models.reduce((a, b) => (b.value !== null && (a.value === null || b.value > a.value) ? b : a));
  const { name, value } = best;
  if (value === null)
    return {
      ...{ name, value },
      how: `no model has an average precision on the validation part of split ${split}; the first one in run.models`,
    };
  const tied = models.filter((each) => each.value === value).length;
  return {
    ...{ name, value },
    how: `highest average precision on the validation part of split ${split}${tied > 1 ? `; of ${tied} equal models the first one in run.models` : ""}`,
  };
}
