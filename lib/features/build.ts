import { DataError } from "../base/errors.js";
import { fieldIn } from "../dataset/registry.js";
import { schemaHash } from "../table/schemaHash.js";
import { type Column, float32, Table } from "../table/table.js";
import { type ColumnSet, sourceOf } from "./columnSets.js";
import { type Context, contextColumns } from "./context/build.js";
import type { ContextParams } from "./context/params.js";
import { type DerivedGroup, derivedColumns } from "./derived.js";
import type { FeatureColumn, FeatureSchema } from "./schema.js";

export interface FeatureTable {
  /** `row_id` where flows have it, then the feature columns in the order of the schema. */
  readonly table: Table;
  readonly schema: FeatureSchema;
}

/**
 * The feature columns of flows: those of a set (columnSets.ts) that their dialect allows, as float32 or category, then the
 * derived ones, then those of the flow's context. Nothing is fitted, so that a row gives the same values in a batch and in
 * a stream. Labels, ids, addresses and times never become features; ports and host roles carry the profile `oracle`.
 * @param context that of the flows, where it cannot be told from them alone: they are a batch of more
 * @throws DataError when no column can be a feature
 */
export function buildFeatures(
  flows: Table,
  options: {
    readonly derived: readonly DerivedGroup[];
    readonly columns?: ColumnSet;
    readonly context?: ContextParams | null;
  },
  context: Context | undefined = options.context ? contextColumns(flows, options.context) : undefined,
): FeatureTable {
  const set = options.columns ?? "all";
  const source = sourceOf(flows, set);
  const columns = new Map<string, Column>();
  const schema: FeatureColumn[] = [];
  if (flows.has("row_id")) columns.set("row_id", flows.column("row_id"));
  for (const name of source.flows.names) {
    const field = fieldIn(source.flows, name);
    if (field === undefined || field.use === "never" || field.kind === "text" || field.kind === "time")
      continue;
    const profile = field.use === "oracle" ? "oracle" : "realistic";
    const type = field.kind === "category" ? "category" : "float32";
    schema.push({
      name,
      type,
      unit: type === "category" ? null : (field.unit ?? "count"),
      profile,
      origin: "raw",
    });
    columns.set(name, type === "category" ? source.flows.text(name) : rounded(source.flows.numbers(name)));
  }
  const made = source.vector ?? derivedColumns(source.flows, options.derived);
  if (schema.length + made.length === 0) {
    throw new DataError(
      `features: no column can be a feature (has: ${flows.names.join(", ")}). Rerun the ingest stage on a known dialect.`,
    );
  }
  for (const { column, values } of made) {
    schema.push(column);
    columns.set(column.name, values);
  }
  for (const { column, values } of context?.columns ?? []) {
    schema.push(column);
    columns.set(column.name, float32(values));
  }
  const facts: FeatureSchema = {
    columns: schema,
    schema_hash: schemaHash(schema),
    ...(set === "all" ? {} : { column_set: set }),
  };
  return {
    table: Table.of(columns),
    schema:
      options.context && context && context.columns.length > 0
        ? { ...facts, context: { params: options.context, unplaced_rows: context.unplaced } }
        : facts,
  };
}

function rounded(values: Float32Array | Float64Array): Column {
  return { kind: "number", type: "float32", values: Float32Array.from(values) };
}
