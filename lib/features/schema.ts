import { hashBytes } from "../base/hash.js";
import { canonicalJson } from "../base/json.js";
import type { ColumnSet } from "./columnSets.js";

/** What a sensor on the wire has ("realistic"), or only a lab has ("oracle": ports, host roles, TTLs). */
export type Profile = "realistic" | "oracle";

/** One column of features.parquet. */
export interface FeatureColumn {
  readonly name: string;
  readonly type: "float32" | "category";
  /** Unit of a number ("s", "bytes", "packets", "bytes/s", "count", "ratio"), null for a category. */
  readonly unit: string | null;
  readonly profile: Profile;
  readonly origin: "raw" | "derived";
}

/** schema.json: the ordered feature columns and the SHA-256 of their names, types and units. */
export interface FeatureSchema {
  readonly columns: readonly FeatureColumn[];
  readonly schema_hash: string;
  /** The columns that it was made of, where they are not all of the flows: `features.columns` of params.yaml. */
  readonly column_set?: ColumnSet;
}

/** SHA-256 over the ordered names, types and units. */
export function schemaHash(columns: readonly FeatureColumn[]): string {
  return hashBytes(canonicalJson(columns.map(({ name, type, unit }) => [name, type, unit])));
}

/** The columns that a model of `profile` may use: oracle includes realistic. */
export function columnsOf(schema: FeatureSchema, profile: Profile): readonly FeatureColumn[] {
  return schema.columns.filter((column) => profile === "oracle" || column.profile === "realistic");
}
