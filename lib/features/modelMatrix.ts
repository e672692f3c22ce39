import type { Matrix } from "../table/matrix.js";
import { rowsInMemory } from "../table/matrixRows.js";
import type { Scratch, StoredMatrix } from "../table/storedMatrix.js";
import type { Table } from "../table/table.js";
import { encode, type Levels } from "./encode.js";
import type { FeatureColumn } from "./schema.js";
import { type Windows, windowsOf } from "./windows/build.js";
import { gatherWindows } from "./windows/matrix.js";
import type { WindowParams } from "./windows/params.js";

/** Makes the matrix that enters model.onnx, of any rows of a table; without rows, of all of them. */
export type MatrixOf = (rows?: Int32Array) => Matrix;

/**
 * @param features of all rows
 * @param options as encode's
 * @param windows of the same rows, for a model that takes windows; null: a row by itself
 * @throws SchemaError when a column is not there
 */
export function modelMatrix(
  features: Table,
  columns: readonly Pick<FeatureColumn, "name" | "type">[],
  levels: Levels,
  windows: Windows | null,
  options?: Parameters<typeof encode>[3],
): MatrixOf {
  if (windows === null)
    return (rows) => encode(rows === undefined ? features : features.take(rows), columns, levels, options);
  let all: Matrix | undefined;
  return (rows) => {
    all ??= encode(features, columns, levels, options);
    return gatherWindows(all, windows, rows ?? Int32Array.from({ length: features.rows }, (_, row) => row));
  };
}

/** All rows of a table that comes in batches, as `encode` makes them, in a file. */
export async function encodedRows(
  batches: AsyncIterable<Table>,
  columns: readonly Pick<FeatureColumn, "name" | "type">[],
  levels: Levels,
  scratch: Scratch,
): Promise<StoredMatrix> {
  const writer = scratch.writer(columns.length);
  for await (const batch of batches) writer.add(encode(batch, columns, levels));
  return writer.finish();
}

/** Bytes of windows that are gathered together. */
const BLOCK = 2 ** 23;

/** What gatherWindows makes of rows that lie in a file, in a file. */
export function storedWindows(all: StoredMatrix, windows: Windows, rows: Int32Array): StoredMatrix {
  const { length } = windows;
  const columns = length * all.columns;
  const writer = all.scratch.writer(columns);
  const most = Math.max(1, Math.floor(BLOCK / (4 * columns)));
  for (let start = 0; start < rows.length; start += most) {
    const own = rows.subarray(start, start + most);
    const sources = new Int32Array(own.length * length);
    own.forEach((row, i) => {
      sources.set(windows.rows.subarray(row * length, (row + 1) * length), i * length);
    });
    const read = Int32Array.from(new Set(sources)).filter((row) => row >= 0);
    const place = new Map([...read].map((row, k) => [row, k]));
    const within = { ...windows, rows: sources.map((row) => place.get(row) ?? -1) };
    writer.add(
      gatherWindows(
        rowsInMemory(all, read),
        within,
        own.map((_, i) => i),
      ),
    );
  }
  return writer.finish();
}

/** Windows of all rows, where a model takes them. @param flows with windowSources */
export function windowsFor(
  flows: Table,
  window: Pick<WindowParams, "length"> | null | undefined,
): Windows | null {
  return window ? windowsOf(flows, window) : null;
}
