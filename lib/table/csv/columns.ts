import type { Tallied } from "../../base/tally.js";
import type { CsvPlan } from "./plan.js";
import { TextCodes } from "./texts.js";

/** What one block holds: plain data over arrays of one piece of memory, which can be transferred between threads. */
export interface ParsedBlock {
  readonly rows: number;
  /** By column of the plan: the values, or the codes of texts. */
  readonly columns: readonly (Float64Array | Int32Array)[];
  /** By column of the plan: the texts; empty for numbers. */
  readonly dictionaries: readonly (readonly string[])[];
  /** Of each row: the line it begins on (from 1) and its number among the records (from 0), within the block. */
  readonly lines: Float64Array;
  readonly inputRows: Float64Array;
  readonly lineCount: number;
  readonly records: number;
  /** By reason; line 1 is the block's first. */
  readonly dropped: Readonly<Record<string, Tallied>>;
  readonly repaired: Readonly<Record<string, Tallied>>;
}

/** The columns of the block at hand, filled row by row; the memory is used again for the next block. */
export class BlockColumns {
  /** All number-like columns one after the other, each of `capacity` rows. */
  values: Float64Array = new Float64Array(0);
  /** All columns again, for the codes of texts. */
  codes: Int32Array = new Int32Array(0);
  lines: Float64Array = new Float64Array(0);
  inputRows: Float64Array = new Float64Array(0);
  capacity = 0;
  /** By column of the plan; used by those of text. */
  readonly texts: readonly TextCodes[];
  private readonly isText: readonly boolean[];

  constructor(
    private readonly plan: CsvPlan,
    missing: ReadonlySet<string>,
  ) {
    this.texts = plan.columns.map(() => new TextCodes(missing));
    this.isText = plan.columns.map(({ parse }) => parse === "text");
  }

  /** Begin a block of `length` bytes. */
  begin(length: number): void {
    for (const texts of this.texts) texts.clear();
    // A row has a byte for each of its fields at least, and two. Memory that no row reaches is never touched.
    const most = Math.ceil(length / Math.max(this.plan.width, 2)) + 1;
    if (most <= this.capacity) return;
    // An odd number of cache lines a column, so that a row's cells do not fall on the same places of the cache.
    this.capacity = Math.ceil(most / 16) * 16 + 8;
    const cells = this.capacity * this.plan.columns.length;
    this.values = new Float64Array(this.isText.every((text) => text) ? 0 : cells);
    this.codes = new Int32Array(this.isText.some((text) => text) ? cells : 0);
    this.lines = new Float64Array(this.capacity);
    this.inputRows = new Float64Array(this.capacity);
  }

  /** Copies of the first `rows` rows, in one piece of memory: so they cost one transfer. */
  result(rows: number): Pick<ParsedBlock, "rows" | "columns" | "dictionaries" | "lines" | "inputRows"> {
    const memory = new ArrayBuffer(8 * rows * (this.isText.length + 2));
    let at = 0;
    const copy = <T extends Float64Array | Int32Array>(from: T, copied: T): T => {
      copied.set(from);
      at += 8 * rows;
      return copied;
    };
    const numbers = (from: Float64Array) => copy(from, new Float64Array(memory, at, rows));
    const columns = this.isText.map((text, column) => {
      const from = column * this.capacity;
      return text
        ? copy(this.codes.subarray(from, from + rows), new Int32Array(memory, at, rows))
        : numbers(this.values.subarray(from, from + rows));
    });
    return {
      rows,
      columns,
      dictionaries: columns.map((codes, i) =>
        codes instanceof Int32Array ? usedTexts(codes, this.texts[i].dictionary) : [],
      ),
      lines: numbers(this.lines.subarray(0, rows)),
      inputRows: numbers(this.inputRows.subarray(0, rows)),
    };
  }
}

/** The texts that rows have, in order of first appearance; records that were dropped leave others. Codes are renumbered. */
function usedTexts(codes: Int32Array, dictionary: readonly string[]): readonly string[] {
  const renumbered = new Int32Array(dictionary.length).fill(-1);
  const used: string[] = [];
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row];
    if (code < 0) continue;
    if (renumbered[code] < 0) renumbered[code] = used.push(dictionary[code]) - 1;
    codes[row] = renumbered[code];
  }
  return used;
}
