/** n × d numbers, row by row. NaN is a missing value. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/**
 * What one column of a model's matrix holds: a number, or a category as its code (0 … levels-1; -1 for a level that
 * training did not see; NaN for missing). Levels are those of the training rows, sorted.
 */
export type FeatureInfo =
  | { readonly name: string; readonly kind: "number" }
  | { readonly name: string; readonly kind: "category"; readonly levels: readonly string[] };
