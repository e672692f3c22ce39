import type { Field } from "../flow/fields.js";
import type { RowReader } from "../flow/rowReader.js";

/** What a dataset's own label means here. Only `benign` and `attack` rows can be trained on as they are. */
export type LabelMeaning =
  | { readonly kind: "benign"; readonly original: string | null }
  | { readonly kind: "attack"; readonly original: string; readonly label: string; readonly family: string }
  /** An attack that had no effect on the wire; `label` is its own name, should it be a class. */
  | { readonly kind: "attempted"; readonly original: string; readonly label: string }
  | { readonly kind: "unknown" | "empty" | "background"; readonly original: string | null };

/** How the answer of a dialect begins when a file has none of its columns. */
export const FOREIGN = "none of its columns: ";

/**
 * A way in which labelled traffic is written down. Adding one: a file that exports a Dialect, and a line in
 * registry.ts. A column name means the same in every dialect (a test checks that).
 */
export interface Dialect {
  /** What `dataset.dialect` says. */
  readonly name: string;
  readonly title: string;
  /** What files it is, where they come from, on what terms. */
  readonly needs?: string;
  /** The dataset's name where the dialect is one dataset; null: the folder's name. */
  readonly dataset: string | null;
  /** What one row is. */
  readonly row: string;
  /** How labels are understood, in a sentence or two. */
  readonly labelPolicy: string;
  readonly citation: string;
  /** Names of its files; when one of them holds something else, only this dialect says why. */
  readonly named?: RegExp;
  /** Names, claimed by other dialects, that its files may have, too: those of the same tool. */
  readonly mayBeNamed?: RegExp;
  /** Every column that it fills, in order. */
  readonly columns: readonly Field[];
  /** True when a text begins like a file of this dialect, else why it does not; `FOREIGN` first when it is not even near. */
  recognise(head: string): true | string;
  /** What its own files call a column, where that is another name than the column's in flows.parquet. */
  fileColumn?(field: string): string | undefined;
  /** The dataset that a file is of, by its name; undefined: `dataset` says. */
  datasetOf?(file: string): string | undefined;
  /** The file among `others` that contains the rows of `file` too, so that they are not read twice. */
  partOf?(file: string, others: readonly string[]): string | undefined;
  /**
   * The rows of one file; the tables also have columns of `optionalColumns` (canonical.ts) where the dialect knows them.
   * Nothing is opened before its first batch is asked for.
   */
  open(path: string): RowReader;
  meaning(label: string): LabelMeaning;
}
