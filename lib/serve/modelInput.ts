import { compareColumns } from "../features/align.js";
import { buildFeatures } from "../features/build.js";
import type { ColumnSet } from "../features/columnSets.js";
import type { Context } from "../features/context/build.js";
import { type ContextParams, contextParams } from "../features/context/params.js";
import { derivedGroups } from "../features/derived.js";
import { type MatrixOf, modelMatrix } from "../features/modelMatrix.js";
import type { Windows } from "../features/windows/build.js";
import type { ModelInfo, SavedModel } from "../onnx/savedModel.js";
import type { Table } from "../table/table.js";

export interface ScoreOptions {
  /** Columns of the model that the flows lack count as missing values. */
  readonly fillMissing?: boolean;
  /** Columns that stand in the flows but were not in the data (all or some rows have them missing). */
  readonly absent?: readonly string[];
  /** Who asks, for messages (default predict). */
  readonly verb?: string;
}

/** What a model was given of flows. */
export interface InputFacts {
  /** The feature columns of the flows. */
  readonly features: Table;
  /** Those that are the flow's own and that the model takes. */
  readonly ownColumns: readonly string[];
  /** Columns of the model that the flows lack (with `fillMissing`). */
  readonly filled: readonly string[];
  /** Columns of the flows that the model does not take. */
  readonly ignored: readonly string[];
}

/** What a model's flows are counted over, where it has such columns. */
export function contextOf({ context }: ModelInfo): ContextParams | null {
  return context ? contextParams.parse(context) : null;
}

/**
 * Canonical flows as a model takes them.
 * @param options.windows of the flows, for a model that takes windows; null: rows by themselves
 * @param options.context that of the flows, where it cannot be told from them alone
 * @throws SchemaError when columns are missing and `fillMissing` is not set
 */
export function modelInput(
  { info, levels }: SavedModel,
  flows: Table,
  options: ScoreOptions & { readonly windows: Windows | null; readonly context?: Context },
): InputFacts & { readonly matrixOf: MatrixOf } {
  const { columns, column_set } = info;
  const { absent = [], fillMissing = false, verb, windows } = options;
  const recipe = {
    derived: derivedGroups,
    columns: column_set as ColumnSet | undefined,
    context: contextOf(info),
  };
  const { table, schema } = buildFeatures(flows, recipe, options.context);
  // Which columns there are shows without rows, too.
  const real =
    absent.length === 0
      ? table
      : buildFeatures(flows.select(flows.names.filter((name) => !absent.includes(name))).take([]), recipe)
          .table;
  const { missing, extra } = compareColumns(real, columns, fillMissing, verb);
  const taken = new Set(columns.map(({ name }) => name));
  return {
    matrixOf: modelMatrix(table, columns, levels, windows, { absent: "missing" }),
    features: table,
    ownColumns: schema.columns
      .filter(({ name, origin }) => origin === "raw" && taken.has(name))
      .map(({ name }) => name),
    filled: missing,
    ignored: extra.filter((name) => flows.has(name)),
  };
}
