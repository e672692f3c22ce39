import { DataError } from "../../base/errors.js";
import { ExternalSort, type SortRoom } from "../../table/externalSort.js";
import type { MergedRuns } from "../../table/sortedRun.js";
import type { Scratch } from "../../table/storedMatrix.js";
import type { Table } from "../../table/table.js";
import type { Context } from "./build.js";
import { contextColumnsOf } from "./columns.js";
import { EndedFlows } from "./endedFlows.js";
import { hasContext } from "./flows.js";
import type { ContextParams } from "./params.js";
import { place } from "./source.js";
import { ContextState } from "./state.js";

/** Columns of flows.parquet that context reads, where they are there. */
export const contextSources: readonly string[] = [
  ...[
    "row_id",
    "start_us",
    "duration_s",
    "orig_addr",
    "resp_addr",
    "orig_port",
    "resp_port",
    "proto",
    "service",
  ],
  ...["conn_state", "orig_bytes", "resp_bytes", "resp_pkts", ...place],
];

/**
 * Context of flows that do not fit in memory, source by source or in any order: the values of `contextColumns` over all of
 * them. Flows are sorted by source and end, fed to the state, and its values are sorted back to the order of the rows, both
 * on disk where they do not fit. Memory: that of two sorts (externalSort.ts) and of the state, whatever the rows.
 */
export class ContextStream {
  private readonly columns;
  /** Values in the order of the rows; none where flows have no times or addresses. */
  private values: MergedRuns | null | undefined;
  /** Rows that were read, and that were handed out. */
  private rows = 0;
  private taken = 0;
  /** The place of the row whose values come next; Infinity: there is none. */
  private coming = Number.NaN;
  /** Rows without a start or an address. */
  unplaced = 0;

  /**
   * @param batches the columns `contextSources`, in the order of the rows
   * @param scratch for what does not fit in memory
   */
  constructor(
    private readonly batches: AsyncIterable<Table>,
    private readonly params: ContextParams,
    private readonly scratch: Scratch,
    private readonly room?: SortRoom,
  ) {
    this.columns = contextColumnsOf(params);
  }

  /** The context of the next `rows` rows; the first call reads all flows. */
  async take(rows: number): Promise<Context> {
    if (this.values === undefined) this.values = await this.read();
    const { values, unplaced } = this;
    if (this.taken + rows > this.rows)
      throw new DataError("features: flows.parquet changed while it was read. Run again.");
    const from = this.taken;
    this.taken += rows;
    if (values === null) return { columns: [], unplaced };
    const columns = this.columns.map((column) => ({
      column,
      values: new Float32Array(rows).fill(Number.NaN),
    }));
    for (; this.coming < from + rows; this.advance(values)) {
      const { block, row } = values;
      const first = columns.length * row;
      for (let j = 0; j < columns.length; j++)
        columns[j].values[this.coming - from] = block.floats[first + j];
    }
    return { columns, unplaced };
  }

  private async read(): Promise<MergedRuns | null> {
    const ended = new EndedFlows(this.scratch, this.room);
    let isKnown = true;
    for await (const batch of this.batches) {
      isKnown &&= hasContext(batch);
      if (isKnown) ended.add(batch);
      this.rows += batch.rows;
    }
    if (!isKnown) return null;
    this.unplaced = ended.unplaced;
    const values = this.valuesOf(ended);
    this.advance(values);
    return values;
  }

  /** Feed the flows of each source to a state, as they ended. @returns the values by row */
  private valuesOf(ended: EndedFlows): MergedRuns {
    const { params, columns, room } = this;
    const sort = new ExternalSort(this.scratch, { keys: 1, doubles: 1, floats: columns.length }, room);
    const { doubles, floats } = sort.pending;
    let state = new ContextState(params);
    let source = -1;
    for (const flows = ended.inOrder(); flows.next(); ) {
      if (flows.source !== source) {
        source = flows.source;
        state = new ContextState(params);
      }
      const values = state.push(flows.block, flows.row);
      const row = sort.next();
      doubles[0][row] = flows.place;
      floats.set(values, columns.length * row);
    }
    return sort.sorted();
  }

  private advance(values: MergedRuns): void {
    this.coming = values.next() ? values.block.doubles[0][values.row] : Infinity;
  }
}
