import { type Part, partNames } from "../split/recipe.js";

/** How the rows of one kind of data are to be understood. */
export interface DialectCard {
  readonly title: string;
  /** What one row is. */
  readonly row: string;
  /** How labels are understood. */
  readonly label_policy: string;
  readonly citation: string;
  /** Columns that are never features, each with the reason; and those that only a lab has. */
  readonly never: readonly { readonly name: string; readonly why: string }[];
  readonly oracle: readonly { readonly name: string; readonly why: string }[];
}

/** What the report reads of artifacts/ingest.json (as lib/dataset writes it); more may stand there. */
export interface IngestCard {
  readonly datasets: readonly string[];
  readonly dialects: readonly DialectCard[];
  /** read = kept + dropped + capped */
  readonly rows: {
    readonly read: number;
    readonly kept: number;
    readonly dropped: number;
    readonly capped: number;
  };
  /** Rows by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly repaired: Readonly<Record<string, number>>;
  /** Rows whose label is neither benign nor an attack, by kind, and what was done with them. */
  readonly labels: Readonly<Record<string, { readonly rows: number; readonly policy: string }>>;
  readonly files: readonly {
    readonly file: string;
    readonly rows_read: number;
    readonly rows_kept: number;
    readonly notes?: readonly string[];
  }[];
  readonly ignored_files: readonly { readonly file: string; readonly why: string }[];
  readonly duplicates: {
    /** Rows that repeat the content of an earlier row. */
    readonly repeated: number;
    /** Rows whose content occurs under more than one label. */
    readonly contradictory: number;
  };
}

/** What the report reads of one fold of a k-fold split. */
interface FoldCard {
  readonly fold: number;
  readonly coverage: Readonly<Record<string, Readonly<Record<Part, number>>>>;
  readonly novel: readonly string[];
}

/** What the report reads of artifacts/splits/<split>.json (as lib/split writes it); more may stand there. */
export interface SplitCard {
  /** Of a k-fold split: each fold's own rows are its test part. */
  readonly folds?: readonly FoldCard[];
  /** Families that some folds lack. */
  readonly short_families?: readonly { readonly family: string }[];
  /** Why rows are unused. */
  readonly unused: Readonly<Record<string, number>>;
  /** Rows by family and part. */
  readonly coverage: Readonly<Record<string, Readonly<Record<Part, number>>>>;
  /** Families that validation lacks because their rows fall into too few groups of equal content. */
  readonly left_out_of_validation: readonly { readonly family: string }[];
  /** Test rows that repeat the content of a training row. */
  readonly shared_content: {
    readonly test: { readonly rows: number; readonly share: number; readonly under_another_label: number };
  };
}

/** Rows by part and family, parts without rows left out. */
export function countsByPart({ coverage }: SplitCard): Record<string, Record<string, number>> {
  const parts = partNames.map(
    (part) =>
      [
        part,
        Object.fromEntries(Object.entries(coverage).map(([family, counts]) => [family, counts[part]])),
      ] as const,
  );
  return Object.fromEntries(parts.filter(([, counts]) => Object.values(counts).some((n) => n > 0)));
}
