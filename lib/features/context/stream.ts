import { DataError } from "../../base/errors.js";
import { concatTables, type Table } from "../../table/table.js";
import { type Context, contextColumns } from "./build.js";
import type { ContextParams } from "./params.js";
import { place, sourceNames } from "./source.js";

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
 * Context of flows that do not fit in memory: one source after the other, as ingest writes them. The values are those of
 * `contextColumns` over all flows, because no context crosses a source.
 */
export class ContextStream {
  private readonly batches: AsyncIterator<Table>;
  /** Rows of the source that is being gathered. */
  private waiting: Table[] = [];
  private waitingFor: string | undefined;
  private readonly finished = new Set<string>();
  /** Contexts of whole sources that are not handed out yet, and how many rows of the first one are. */
  private ready: { readonly rows: number; readonly context: Context }[] = [];
  private used = 0;
  private ended = false;
  /** Rows so far without a start or an address. */
  unplaced = 0;

  /** @param batches the columns `contextSources`, in the order of the rows */
  constructor(
    batches: AsyncIterable<Table>,
    private readonly params: ContextParams,
  ) {
    this.batches = batches[Symbol.asyncIterator]();
  }

  /**
   * The context of the next `rows` rows.
   * @throws DataError when the rows of a source are not together
   */
  async take(rows: number): Promise<Context> {
    const parts: Context[] = [];
    for (let left = rows; left > 0; ) {
      while (this.ready.length === 0 && !this.ended) await this.gather();
      const first = this.ready[0];
      if (first === undefined)
        throw new DataError("features: flows.parquet changed while it was read. Run again.");
      const count = Math.min(left, first.rows - this.used);
      parts.push(slice(first.context, this.used, this.used + count));
      left -= count;
      this.used += count;
      if (this.used === first.rows) {
        this.ready.shift();
        this.used = 0;
      }
    }
    return joined(parts);
  }

  /** Read one more batch; where a source ends, its context becomes ready. */
  private async gather(): Promise<void> {
    const { value, done } = await this.batches.next();
    if (done) {
      this.close();
      this.ended = true;
      return;
    }
    const table = value as Table;
    const sources = sourceNames(table);
    for (let from = 0; from < table.rows; ) {
      let to = from + 1;
      while (to < table.rows && sources[to] === sources[from]) to++;
      if (sources[from] !== this.waitingFor) {
        this.close();
        this.waitingFor = sources[from];
        if (this.finished.has(sources[from])) {
          throw new DataError(
            `features: the rows of source ${sources[from].trim()} are not together in flows.parquet. Rerun the ingest stage.`,
          );
        }
      }
      const all = from === 0 && to === table.rows;
      this.waiting.push(all ? table : table.take(Int32Array.from({ length: to - from }, (_, i) => from + i)));
      from = to;
    }
  }

  private close(): void {
    if (this.waitingFor === undefined) return;
    const table = concatTables(this.waiting);
    this.waiting = []; // their copy is what is looked at: a source stands in memory once
    const context = contextColumns(table, this.params);
    this.unplaced += context.unplaced;
    this.ready.push({ rows: table.rows, context });
    this.finished.add(this.waitingFor);
    this.waitingFor = undefined;
  }
}

function slice({ columns, unplaced }: Context, from: number, to: number): Context {
  return {
    columns: columns.map(({ column, values }) => ({ column, values: values.subarray(from, to) })),
    unplaced,
  };
}

function joined(parts: readonly Context[]): Context {
  if (parts.length === 1) return parts[0];
  const [first] = parts;
  return {
    columns: first.columns.map(({ column }, j) => ({
      column,
      values: Float32Array.from(parts.flatMap(({ columns }) => [...columns[j].values])),
    })),
    unplaced: 0,
  };
}
