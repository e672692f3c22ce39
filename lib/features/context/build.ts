import { sortedBy } from "../../table/order.js";
import type { Table } from "../../table/table.js";
import type { FeatureColumn } from "../schema.js";
import { contextColumnsOf } from "./columns.js";
import { contextFlows, hasContext } from "./flows.js";
import type { ContextParams } from "./params.js";
import { sourceCodes } from "./source.js";
import { ContextState, isPlaced } from "./state.js";

/** The context columns of a table of flows. */
export interface Context {
  readonly columns: readonly { readonly column: FeatureColumn; readonly values: Float32Array }[];
  /** Rows without a start or an address: they have no context and are no part of another's. */
  readonly unplaced: number;
}

/**
 * Context of every row, from flows of the same source (file) that ended before it: rows are sorted by source, end (start
 * plus duration) and row (`row_id` or `input_row` where there is one), and each source is fed to a state of its own.
 * Linear in the rows. Rows that the table does not have (dropped, capped) are missing from the others' past.
 * @returns no columns where flows have no times or addresses
 */
export function contextColumns(table: Table, params: ContextParams): Context {
  if (!hasContext(table)) return { columns: [], unplaced: 0 };
  const columns = contextColumnsOf(params).map((column) => ({
    column,
    values: new Float32Array(table.rows).fill(Number.NaN),
  }));
  const flows = contextFlows(table);
  const sources = sourceCodes(table);
  const placed = Int32Array.from({ length: table.rows }, (_, row) => row).filter((row) =>
    isPlaced(flows, row),
  );
  const id = ["row_id", "input_row"].find((name) => table.has(name));
  const byRow = id === undefined ? placed : sortedBy(placed, table.numbers(id));
  const order = sortedBy(sortedBy(byRow, flows.endUs), sources);
  let state = new ContextState(params);
  order.forEach((row, i) => {
    if (i > 0 && sources[row] !== sources[order[i - 1]]) state = new ContextState(params);
    const values = state.push(flows, row);
    for (let j = 0; j < values.length; j++) columns[j].values[row] = values[j];
  });
  return { columns, unplaced: table.rows - placed.length };
}
