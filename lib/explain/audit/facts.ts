/** audit.json: what is wrong, odd or telling in raw files, counted; nothing is changed by it. */
export interface AuditFacts {
  readonly files: readonly FileAudit[];
  readonly ignored_files: readonly { readonly path: string; readonly why: string }[];
  readonly totals: AuditTotals;
  readonly shortcuts: Shortcuts;
}

export interface AuditTotals {
  readonly files: number;
  /** Data rows, unusable ones included. */
  readonly rows: number;
  readonly bad_rows: number;
  /** Rows that repeat an earlier row in every column that may become a feature. */
  readonly duplicates: number;
  /** Of those, rows that repeat an earlier row and its label. */
  readonly duplicates_with_label: number;
  /** Rows whose content occurs under more than one label. */
  readonly contradictory: number;
  /** Rows whose content occurs as benign and as an attack. */
  readonly contradictory_benign: number;
}

export interface FileAudit {
  readonly path: string;
  readonly dialect: string;
  readonly dataset: string;
  /** Data rows, unusable ones included. */
  readonly rows: number;
  /** Rows that cannot be used, by reason, and the lines of the first of each. */
  readonly bad_rows: Readonly<Record<string, number>>;
  readonly bad_lines: Readonly<Record<string, readonly number[]>>;
  /** What was mended while reading, by reason: the rows are kept. */
  readonly repaired: Readonly<Record<string, number>>;
  /** Usable rows by label as the file says it; "(none)" where it says nothing. */
  readonly labels: Readonly<Record<string, number>>;
  /** The same by what the label means: benign, an attack's family, or why it means nothing. */
  readonly families: Readonly<Record<string, number>>;
  /** Rows that repeat an earlier row of this file in every column that may become a feature. */
  readonly duplicates: number;
  /** Null where rows have no time. */
  readonly clock: Clock | null;
  readonly negative_durations: number;
  /** Columns of the dialect that this file lacks. */
  readonly absent_columns: readonly string[];
  /** Columns of the file that the dialect does not know. */
  readonly ignored_columns: readonly string[];
  readonly columns: readonly ColumnAudit[];
}

export interface Clock {
  readonly first_us: number;
  readonly last_us: number;
  /** Rows that begin before the row above them. */
  readonly backwards: number;
  readonly missing: number;
}

export interface ColumnAudit {
  readonly name: string;
  /** What the file calls it. */
  readonly file_column: string;
  readonly kind: "number" | "text";
  readonly missing: number;
  /** Cells that said Infinity or NaN; they are missing values now. */
  readonly infinite: number;
  readonly not_a_number: number;
  readonly negative: number;
  /** One value in every row that has one. */
  readonly constant: boolean;
  /** Values: the least and the greatest of numbers, the most frequent texts with their rows. */
  readonly min: number | null;
  readonly max: number | null;
  readonly top: readonly { readonly value: string; readonly rows: number }[];
  /** Different texts; null for numbers and above 100,000. */
  readonly distinct: number | null;
  readonly distribution: Distribution | null;
}

/** Rows of a number column in bins, by class. A bin holds values up to and without `edges[i + 1]`. */
export interface Distribution {
  readonly edges: readonly number[];
  readonly benign: readonly number[];
  readonly attack: readonly number[];
}

/** How well each column alone tells attacks from benign rows. */
export interface Shortcuts {
  /** Above this macro-F1 a column is called a shortcut. */
  readonly limit: number;
  /** Rows that were looked at: all, or an evenly spread part. */
  readonly rows: number;
  /** Every column that may become a feature, best first; empty where rows of only one class are there. */
  readonly columns: readonly Shortcut[];
}

export interface Shortcut {
  readonly column: string;
  readonly file_column: string;
  readonly macro_f1: number;
  readonly shortcut: boolean;
}
