import { DataError } from "../base/errors.js";
import { compareText } from "../base/json.js";
import { cell, type Table } from "../table/table.js";
import type { Groups } from "./contract.js";
import { type SampleWeight, weightColumn } from "./sampleWeights.js";

/** What of an entry under `models` says by which columns of flows.parquet rows are grouped. */
interface Grouped {
  /** Of stacking: what stays together. */
  readonly groups?: unknown;
  readonly mixer?: { readonly by: string };
  readonly resample?: unknown;
  readonly sample_weight?: SampleWeight;
}

/** What groups call a value that is not there. */
export const MISSING = "(missing)";

/** Columns of flows.parquet that an entry's mixer, resampling, weights and inner folds go by, beside the target. */
export function groupColumns(entry: Grouped): string[] {
  const names = [
    ...(entry.mixer === undefined ? [] : [entry.mixer.by]),
    ...(entry.resample === undefined ? [] : ["family"]),
    ...(entry.sample_weight === undefined || entry.sample_weight === null
      ? []
      : [weightColumn(entry.sample_weight)]),
    ...(Array.isArray(entry.groups) ? (entry.groups as string[]) : []),
  ];
  return [...new Set(names)];
}

/**
 * These columns of the given rows, each as codes of its values, sorted; a missing value is called "(missing)".
 * @throws DataError when the data has no such column
 */
export function groupsOf(flows: Table, rows: Int32Array, columns: readonly string[]): Record<string, Groups> {
  return Object.fromEntries(
    columns.map((name) => {
      if (!flows.has(name)) {
        throw new DataError(
          `models: rows are grouped by "${name}" (mixer.by, sample_weight, groups), and flows.parquet has no such column. ` +
            "Choose another one in params.yaml (source and dataset are always there).",
        );
      }
      const column = flows.column(name);
      const values = Array.from(rows, (row) => String(cell(column, row) ?? MISSING));
      const names = [...new Set(values)].sort(compareText);
      const code = new Map(names.map((value, i) => [value, i]));
      return [name, { names, codes: Int32Array.from(values, (value) => code.get(value) ?? -1) }];
    }),
  );
}
