import { ExternalSort, type SortRoom } from "../../table/externalSort.js";
import type { Records } from "../../table/records.js";
import type { MergedRuns } from "../../table/sortedRun.js";
import type { Scratch } from "../../table/storedMatrix.js";
import type { Table } from "../../table/table.js";
import { type ContextFlows, contextFlows } from "./flows.js";
import { SourceNumbers } from "./source.js";
import { isPlaced } from "./state.js";

/** Source, end and row number, by which flows are sorted, where the row stands, and what context needs. */
const [SOURCE, END, ID, PLACE] = [0, 1, 2, 3];
const [ORIG, RESP, ORIG_PORT, PORT, SERVICE, OUTCOME, BYTES] = [4, 5, 6, 7, 8, 9, 10];
const layout = { keys: 3, doubles: 11, floats: 0 };

/** Flows that come in the order of their rows and go in the order in which they ended, source by source. */
export class EndedFlows {
  private readonly sort: ExternalSort;
  private readonly sources = new SourceNumbers();
  private rows = 0;
  /** Rows without a start or an address: they are left out. */
  unplaced = 0;

  constructor(scratch: Scratch, room?: SortRoom) {
    this.sort = new ExternalSort(scratch, layout, room);
  }

  /** The next rows. */
  add(batch: Table): void {
    const { doubles } = this.sort.pending;
    const flows = contextFlows(batch);
    const sources = this.sources.of(batch);
    const ids = batch.has("row_id") ? batch.numbers("row_id") : undefined;
    for (let row = 0; row < batch.rows; row++, this.rows++) {
      if (!isPlaced(flows, row)) {
        this.unplaced++;
        continue;
      }
      const to = this.sort.next();
      doubles[SOURCE][to] = sources[row];
      doubles[END][to] = flows.endUs[row];
      doubles[ID][to] = ids?.[row] ?? this.rows;
      doubles[PLACE][to] = this.rows;
      doubles[ORIG][to] = flows.orig[row];
      doubles[RESP][to] = flows.resp[row];
      doubles[PORT][to] = flows.port[row];
      doubles[SERVICE][to] = flows.service[row];
      doubles[BYTES][to] = flows.bytes[row];
      doubles[ORIG_PORT][to] = flows.origPort[row];
      doubles[OUTCOME][to] = flows.outcome[row];
    }
  }

  /** Go through them; nothing can be added any more. */
  inOrder(): FlowsInOrder {
    return new FlowsInOrder(this.sort.sorted());
  }
}

/** Flows as they ended, one after the other. */
class FlowsInOrder {
  private records: Records | undefined;
  private flows: ContextFlows | undefined;

  constructor(private readonly runs: MergedRuns) {}

  next(): boolean {
    return this.runs.next();
  }

  /** The flows among which the present one is, at `row`. */
  get block(): ContextFlows {
    const { block } = this.runs;
    if (this.flows === undefined || this.records !== block) this.flows = flowsOf(block);
    this.records = block;
    return this.flows;
  }

  get row(): number {
    return this.runs.row;
  }

  get source(): number {
    return this.runs.block.doubles[SOURCE][this.row];
  }

  /** Where its row stands. */
  get place(): number {
    return this.runs.block.doubles[PLACE][this.row];
  }
}

function flowsOf({ doubles }: Records): ContextFlows {
  return {
    endUs: doubles[END],
    orig: doubles[ORIG],
    resp: doubles[RESP],
    origPort: doubles[ORIG_PORT],
    port: doubles[PORT],
    service: doubles[SERVICE],
    outcome: doubles[OUTCOME],
    bytes: doubles[BYTES],
  };
}
