import type { ColumnSet } from "./columnSets.js";
import type { ContextParams } from "./context/params.js";

/** What a sensor on the wire has ("realistic"), or only a lab has ("oracle": ports, host roles, TTLs). */
export type Profile = "realistic" | "oracle";

/** One column of features.parquet. */
export interface FeatureColumn {
  readonly name: string;
  readonly type: "float32" | "category";
  /** Unit of a number ("s", "bytes", "packets", "bytes/s", "count", "ratio"), null for a category. */
  readonly unit: string | null;
  readonly profile: Profile;
  /** Of the flow's own columns (raw, or derived from them), or of the flows before it (context). */
  readonly origin: "raw" | "derived" | "context";
}

/** schema.json: the ordered feature columns and the SHA-256 of their names, types and units. */
export interface FeatureSchema {
  readonly columns: readonly FeatureColumn[];
  readonly schema_hash: string;
  /** The columns that it was made of, where they are not all of the flows: `features.columns` of params.yaml. */
  readonly column_set?: ColumnSet;
  /** Where there are columns of origin context: how they are computed, and rows that could have none. */
  readonly context?: { readonly params: ContextParams; readonly unplaced_rows: number };
}

/**
 * The columns that a model of `profile` may use: oracle includes realistic.
 * @param context false leaves out what comes from other flows
 */
export function columnsOf(
  schema: Pick<FeatureSchema, "columns">,
  profile: Profile,
  context = true,
): readonly FeatureColumn[] {
  return schema.columns.filter(
    (column) =>
      (profile === "oracle" || column.profile === "realistic") && (context || column.origin !== "context"),
  );
}
