import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import { blocksOf } from "../../table/matrixRows.js";
import type { Matrix, Rows } from "../contract.js";
import { allFinite } from "../finite.js";
import { type NetworkRows, NUMBERS, placesOf } from "./rowBatches.js";
import type { NetworkInput } from "./served.js";

/** How the columns of a view enter a network. */
export interface NetworkColumns {
  /** Columns of the view. */
  readonly width: number;
  readonly numbers: readonly number[];
  /** Numbers that were missing in some training rows: each has a column of its own that says so. */
  readonly missing: readonly number[];
  /** Place 0 of a category's table is for levels that are new, the last one for missing ones. */
  readonly categories: readonly { readonly column: number; readonly levels: number }[];
}

/** How the columns of training rows enter a network. */
export function networkColumns({ X, features }: Pick<Rows, "X" | "features">): NetworkColumns {
  const numbers = features.flatMap(({ kind }, column) => (kind === "number" ? [column] : []));
  const missing = new Set<number>();
  for (const { data } of blocksOf(X)) {
    if (allFinite(data)) continue;
    for (const column of numbers) {
      for (let at = column; at < data.length && !missing.has(column); at += X.columns)
        if (!Number.isFinite(data[at])) missing.add(column);
    }
  }
  return {
    width: X.columns,
    numbers,
    missing: numbers.filter((column) => missing.has(column)),
    categories: features.flatMap((feature, column) =>
      feature.kind === "category" ? [{ column, levels: feature.levels.length }] : [],
    ),
  };
}

/** Numbers of a row, the columns that say what is missing with them. */
export function numbersOf({ numbers, missing }: NetworkColumns): number {
  return numbers.length + missing.length;
}

/** Places in a category's table. */
export function tableLength(levels: number): number {
  return levels + 2;
}

/** Rows of a view as a network reads them. A number that is missing or infinite is 0. */
export function networkRows(columns: NetworkColumns, X: Matrix): NetworkRows {
  const { numbers, missing, categories } = columns;
  const places = categories.map(({ column, levels }) =>
    Int32Array.from({ length: X.rows }, (_, i) => {
      const code = X.data[i * X.columns + column];
      return Number.isNaN(code) ? levels + 1 : code < levels ? code + 1 : 0;
    }),
  );
  if (categories.length === 0 && missing.length === 0 && allFinite(X.data)) return { numbers: X, places };
  const width = numbersOf(columns);
  const data = new Float32Array(X.rows * width);
  for (let i = 0; i < X.rows; i++) {
    const from = i * X.columns;
    numbers.forEach((column, j) => {
      const value = X.data[from + column];
      data[i * width + j] = Number.isFinite(value) ? value : 0;
    });
    missing.forEach((column, j) => {
      data[i * width + numbers.length + j] = Number.isFinite(X.data[from + column]) ? 0 : 1;
    });
  }
  return { numbers: { rows: X.rows, columns: width, data }, places };
}

/** Rows of these columns as a network's input. */
export function rowInput(columns: NetworkColumns): NetworkInput {
  return { width: columns.width, emit: (onnx, input) => emitNetworkRows(onnx, input, columns) };
}

const FLOAT = { to: { int: 1 } };
const INT64 = { to: { int: 7 } };

/** What networkRows does, in ONNX: values of the network's inputs, by name. */
function emitNetworkRows(
  onnx: OnnxBuilder,
  input: Value,
  { width, numbers, missing, categories }: NetworkColumns,
): Map<string, Value> {
  const pick = (from: Value, columns: readonly number[]): Value =>
    columns.length === width
      ? from
      : onnx.node("Gather", [from, onnx.tensor("int64", [columns.length], columns)], { axis: { int: 1 } });
  const gone = (of: Value): Value => onnx.node("Or", [onnx.node("IsNaN", [of]), onnx.node("IsInf", [of])]);
  const values = new Map<string, Value>();
  if (numbers.length > 0) {
    const own = pick(input, numbers);
    const known = onnx.node("Where", [gone(own), onnx.tensor("float", [], [0]), own]);
    const masks = missing.length === 0 ? null : onnx.node("Cast", [gone(pick(input, missing))], FLOAT);
    values.set(NUMBERS, masks === null ? known : onnx.node("Concat", [known, masks], { axis: { int: 1 } }));
  }
  categories.forEach(({ column, levels }, c) => {
    const code = onnx.node("Gather", [input, onnx.tensor("int64", [], [column])], { axis: { int: 1 } });
    const seen = onnx.node("Less", [code, onnx.tensor("float", [], [levels])]);
    const shifted = onnx.node("Add", [code, onnx.tensor("float", [], [1])]);
    const place = onnx.node("Where", [seen, shifted, onnx.tensor("float", [], [0])]);
    const missed = onnx.node("IsNaN", [code]);
    const safe = onnx.node("Where", [missed, onnx.tensor("float", [], [levels + 1]), place]);
    values.set(placesOf(c), onnx.node("Cast", [safe], INT64));
  });
  return values;
}
