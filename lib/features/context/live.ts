import type { Table } from "../../table/table.js";
import type { Context } from "./build.js";
import { contextColumnsOf } from "./columns.js";
import { contextFlows, hasContext } from "./flows.js";
import type { ContextParams } from "./params.js";
import { ContextState, isPlaced } from "./state.js";

/** Context of flows as they end: the values of `contextColumns` over all of them. */
export class LiveContext {
  private readonly states = new Map<string, ContextState>();

  constructor(private readonly params: ContextParams) {}

  /**
   * @param flows the next ones
   * @param order of their rows, by end
   * @param ends when each row counts as ended, never before a flow of an earlier call
   * @param sources of each row
   */
  push(flows: Table, order: Int32Array, ends: Float64Array, sources: readonly string[]): Context {
    if (!hasContext(flows)) return { columns: [], unplaced: 0 };
    const columns = contextColumnsOf(this.params).map((column) => ({
      column,
      values: new Float32Array(flows.rows).fill(Number.NaN),
    }));
    const of = { ...contextFlows(flows), endUs: ends };
    let unplaced = 0;
    for (const row of order) {
      if (!isPlaced(of, row)) {
        unplaced++;
        continue;
      }
      const state = this.states.get(sources[row]) ?? new ContextState(this.params);
      this.states.set(sources[row], state);
      const values = state.push(of, row);
      for (let j = 0; j < values.length; j++) columns[j].values[row] = values[j];
    }
    return { columns, unplaced };
  }
}
