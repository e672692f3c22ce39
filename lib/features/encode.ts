import { SchemaError } from "../base/errors.js";
import { compareText } from "../base/json.js";
import { didYouMean } from "../base/nearest.js";
import type { Matrix } from "../table/matrix.js";
import type { Column, Table, TextColumn } from "../table/table.js";
import type { FeatureColumn } from "./schema.js";

/** Levels of each category column: the distinct values of the training rows, sorted. Their place is their code. */
export type Levels = Readonly<Record<string, readonly string[]>>;

/** The levels of a category column from its training values. */
export function levelsOf(column: Column, name: string): readonly string[] {
  const { codes, dictionary } = textOf(column, name);
  const used = new Uint8Array(dictionary.length);
  for (const code of codes) if (code >= 0) used[code] = 1;
  return dictionary.filter((_, code) => used[code] === 1).sort(compareText);
}

/** One column as `encode` has it in its matrix: n doubles. */
export function encodeColumn(
  column: Column,
  name: string,
  levels: readonly string[] | undefined,
): Float64Array {
  if (levels !== undefined) return Float64Array.from(categoryCodes(textOf(column, name), levels));
  if (column.kind === "text")
    throw new SchemaError(`features: column "${name}" is text, numbers were expected.`);
  const { values } = column;
  return new Float64Array(values instanceof Float32Array ? values : new Float32Array(values));
}

function textOf(column: Column, name: string): TextColumn {
  if (column.kind === "text") return column;
  throw new SchemaError(`features: column "${name}" holds numbers, text was expected.`);
}

/**
 * Feature columns as the matrix that enters model.onnx: numbers as float32, categories as the code of their level, -1
 * for a level that training did not see; NaN is missing in both.
 * @param options.absent what a column that the table lacks is: an `error`, or `missing` in every row
 * @throws SchemaError when a column is not there (or has another type)
 */
export function encode(
  table: Table,
  columns: readonly Pick<FeatureColumn, "name" | "type">[],
  levels: Levels,
  options: { readonly absent: "error" | "missing" } = { absent: "error" },
): Matrix {
  const width = columns.length;
  const data = new Float32Array(table.rows * width);
  columns.forEach(({ name, type }, j) => {
    if (!table.has(name)) {
      if (options.absent === "error") throw absentColumn(name, table, columns);
      for (let at = j; at < data.length; at += width) data[at] = Number.NaN;
      return;
    }
    const values = type === "category" ? categoryCodes(table.text(name), levels[name]) : table.numbers(name);
    for (let row = 0; row < values.length; row++) data[row * width + j] = values[row];
  });
  return { rows: table.rows, columns: width, data };
}

function categoryCodes(column: TextColumn, levels: readonly string[]): Float32Array {
  const known = new Map(levels.map((level, code) => [level, code]));
  const map = column.dictionary.map((value) => known.get(value) ?? -1);
  return Float32Array.from(column.codes, (code) => (code < 0 ? Number.NaN : map[code]));
}

function absentColumn(
  name: string,
  table: Table,
  columns: readonly Pick<FeatureColumn, "name">[],
): SchemaError {
  const absent = columns.filter((column) => !table.has(column.name)).map((column) => column.name);
  return new SchemaError(
    `features: column${absent.length > 1 ? "s" : ""} ${absent.map((each) => `"${each}"`).join(", ")} ` +
      `not in the table (expected ${columns.length} columns, has: ${table.names.join(", ")}).` +
      `${didYouMean(name, table.names)} Give data of the dialect that the model was trained on, or rerun the features stage.`,
  );
}
