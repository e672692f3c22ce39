/** Of a model whose columns were selected by the labels of the training rows; each column is in selection.csv. */
export interface SelectionInfo {
  readonly by: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Columns of the view before. */
  readonly columns: number;
  /** Names of the view's columns that are kept, the best first. */
  readonly kept: readonly string[];
  /** Selections on halves of the training rows. */
  readonly repeats: number;
  /** How much those agree: 1 entirely, 0 like random ones; null where it is undefined (lib/models/select/stability.ts). */
  readonly stability: number | null;
}
