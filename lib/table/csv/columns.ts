import type { Tallied } from "../../base/tally.js";
import type { BlockMemory } from "./memory.js";
import type { CsvPlan } from "./plan.js";

/** What is known of a block whose columns stand in its memory: plain data, which goes between threads. */
export interface BlockFacts {
  readonly rows: number;
  /** By column of the plan: the texts; empty for numbers. */
  readonly dictionaries: readonly (readonly string[])[];
  readonly lineCount: number;
  readonly records: number;
  /** By reason; line 1 is the block's first. */
  readonly dropped: Readonly<Record<string, Tallied>>;
  readonly repaired: Readonly<Record<string, Tallied>>;
}

/** What one block holds. */
export interface ParsedBlock extends BlockFacts {
  /** By column of the plan: the values, or the codes of texts. */
  readonly columns: readonly (Float64Array | Int32Array)[];
  /** Of each row: the line it begins on (from 1) and its number among the records (from 0), within the block. */
  readonly lines: Float64Array;
  readonly inputRows: Float64Array;
}

/** A block as views of its memory: they change when it is used again. */
export function viewsOf({ kernel, places }: BlockMemory, facts: BlockFacts, plan: CsvPlan): ParsedBlock {
  const { buffer } = kernel;
  const { rows } = facts;
  return {
    ...facts,
    columns: plan.columns.map(({ parse }, column) => {
      const at = places.columns + 8 * places.capacity * column;
      return parse === "text" ? new Int32Array(buffer, at, rows) : new Float64Array(buffer, at, rows);
    }),
    lines: new Float64Array(buffer, places.lines, rows),
    inputRows: new Float64Array(buffer, places.inputRows, rows),
  };
}

/** A block whose arrays are its own, in one piece of memory. */
export function copied(block: ParsedBlock): ParsedBlock {
  const { rows, columns } = block;
  const memory = new ArrayBuffer(8 * rows * (columns.length + 2));
  let at = -8 * rows;
  const numbers = (from: Float64Array): Float64Array => {
    at += 8 * rows;
    const own = new Float64Array(memory, at, rows);
    own.set(from);
    return own;
  };
  const codes = (from: Int32Array): Int32Array => {
    at += 8 * rows;
    const own = new Int32Array(memory, at, rows);
    own.set(from);
    return own;
  };
  return {
    ...block,
    columns: columns.map((each) => (each instanceof Int32Array ? codes(each) : numbers(each))),
    lines: numbers(block.lines),
    inputRows: numbers(block.inputRows),
  };
}
