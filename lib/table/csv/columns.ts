import type { Tallied } from "../../base/tally.js";
import type { CsvKernel } from "./kernel.js";
import type { TextCodes } from "./texts.js";

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

/** Copies of the kernel's first `rows` rows, in one piece of memory: so they cost one transfer. */
export function blockColumns(
  kernel: CsvKernel,
  texts: readonly (TextCodes | null)[],
  rows: number,
): Pick<ParsedBlock, "rows" | "columns" | "dictionaries" | "lines" | "inputRows"> {
  const memory = new ArrayBuffer(8 * rows * (texts.length + 2));
  let at = 0;
  const copy = <T extends Float64Array | Int32Array>(from: T, copied: T): T => {
    copied.set(from);
    at += 8 * rows;
    return copied;
  };
  const numbers = (from: Float64Array) => copy(from, new Float64Array(memory, at, rows));
  const columns = texts.map((text, column) =>
    text === null
      ? numbers(kernel.numbersOf(column, rows))
      : copy(kernel.codesOf(column, rows), new Int32Array(memory, at, rows)),
  );
  return {
    rows,
    columns,
    dictionaries: columns.map((codes, i) =>
      codes instanceof Int32Array ? usedTexts(codes, texts[i]?.dictionary ?? []) : [],
    ),
    lines: numbers(kernel.lines.subarray(0, rows)),
    inputRows: numbers(kernel.inputRows.subarray(0, rows)),
  };
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
