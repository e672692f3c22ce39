import { type Column, concatTables, Table } from "../table.js";
import type { ParsedBlock } from "./columns.js";
import type { CsvBatch, CsvCounts, CsvPlan } from "./plan.js";

/** Puts parsed blocks, in the order of the file, into batches, and their counts into those of the file. */
export class Assembler {
  private held: CsvBatch[] = [];
  private heldRows = 0;
  private lines = 0;

  constructor(
    private readonly plan: CsvPlan,
    private readonly counts: CsvCounts,
    private readonly batchRows: number,
  ) {}

  /** Lines before the next block. */
  get linesBefore(): number {
    return this.lines;
  }

  /** Lines that belong to no block: the header and what stands before it. */
  skip(lines: number): void {
    this.lines += lines;
  }

  /** Take in a block; returns a batch when there are rows enough for one. */
  add(block: ParsedBlock): CsvBatch | undefined {
    const { counts, lines } = this;
    counts.dropped.absorb(block.dropped, lines);
    counts.repaired.absorb(block.repaired, lines);
    if (block.rows > 0) {
      for (let row = 0; row < block.rows; row++) {
        block.lines[row] += lines;
        block.inputRows[row] += counts.rowsRead;
      }
      this.held.push({
        table: tableOf(this.plan, block),
        lines: block.lines,
        inputRows: block.inputRows,
      });
      this.heldRows += block.rows;
    }
    this.lines += block.lineCount;
    counts.rowsRead += block.records;
    return this.heldRows >= this.batchRows ? this.rest() : undefined;
  }

  /** The rows that are left, as a last batch. */
  rest(): CsvBatch | undefined {
    const { held } = this;
    this.held = [];
    this.heldRows = 0;
    if (held.length <= 1) return held[0];
    return {
      table: concatTables(held.map(({ table }) => table)),
      lines: joined(held.map(({ lines }) => lines)),
      inputRows: joined(held.map(({ inputRows }) => inputRows)),
    };
  }
}

function tableOf({ columns }: CsvPlan, block: ParsedBlock): Table {
  return Table.of(
    new Map(
      columns.map(({ name, parse }, i): [string, Column] => {
        const values = block.columns[i];
        if (values instanceof Int32Array)
          return [name, { kind: "text", codes: values, dictionary: block.dictionaries[i] }];
        return [name, { kind: "number", type: parse === "number" ? "float64" : "int64", values }];
      }),
    ),
  );
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
