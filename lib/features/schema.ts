import type { ColumnSet } from "./columnSets.js";
import { contextColumnsOf } from "./context/columns.js";
import { type ContextChoice, type ContextParams, chosenContext } from "./context/params.js";

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
 * @param context which of those that come from other flows
 */
export function columnsOf(
  schema: Pick<FeatureSchema, "columns" | "context">,
  profile: Profile,
  context: ContextChoice = true,
): readonly FeatureColumn[] {
  const isChosen = chosenFrom(schema, context);
  return schema.columns.filter(
    (column) =>
      (profile === "oracle" || column.profile === "realistic") &&
      (column.origin !== "context" || isChosen(column.name)),
  );
}

/** Whether the choice has a column of context. */
function chosenFrom(
  { context }: Pick<FeatureSchema, "context">,
  choice: ContextChoice,
): (name: string) => boolean {
  if (typeof choice === "boolean") return () => choice;
  const params = context === undefined ? null : chosenContext(context.params, choice);
  const names = new Set(params === null ? [] : contextColumnsOf(params).map(({ name }) => name));
  return (name) => names.has(name);
}
