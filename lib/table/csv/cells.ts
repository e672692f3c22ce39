import { parseDecimal } from "./decimal.js";
import type { CsvColumnPlan } from "./plan.js";
import { parseTime } from "./times.js";

/** What a number-like cell is, when it is not a value. */
export type CellFault = "missing" | "bad" | "infinite" | "not_a_number";

const ZERO = 48;
const X = 120;

/** Reads the cells of number, port and time columns that are not spelled in the plainest way. */
export class CellReader {
  /** Why the last value is NaN; null when it is a value. */
  fault: CellFault | null = null;

  private readonly longestMissing: number;

  constructor(private readonly missing: ReadonlySet<string>) {
    this.longestMissing = Math.max(-1, ...[...missing].map((text) => text.length));
  }

  /** The value of the trimmed cell bytes[start, end), or NaN with a `fault`. */
  value(column: CsvColumnPlan, bytes: Buffer, start: number, end: number): number {
    this.fault = null;
    if (end - start <= this.longestMissing && this.missing.has(bytes.toString("latin1", start, end)))
      return this.not("missing");
    switch (column.parse) {
      case "number":
        return this.number(bytes, start, end);
      case "port":
        return this.checked(portOf(bytes, start, end));
      default:
        return this.checked(parseTime(column.format ?? "iso", bytes, start, end, column.afternoon));
    }
  }

  private number(bytes: Buffer, start: number, end: number): number {
    const value = parseDecimal(bytes, start, end);
    if (Number.isFinite(value)) return value;
    if (!Number.isNaN(value)) return this.not("infinite");
    const word = bytes
      .toString("latin1", start, Math.min(end, start + 12))
      .toLowerCase()
      .replace(/^[+-]/, "");
    if (word === "infinity" || word === "inf") return this.not("infinite");
    return this.not(word === "nan" ? "not_a_number" : "bad");
  }

  private checked(value: number): number {
    return Number.isNaN(value) ? this.not("bad") : value;
  }

  private not(fault: CellFault): number {
    this.fault = fault;
    return Number.NaN;
  }
}

function portOf(bytes: Buffer, start: number, end: number): number {
  const hex = bytes[start] === ZERO && (bytes[start + 1] | 32) === X && end - start > 2;
  if (hex) {
    const text = bytes.toString("latin1", start, end);
    const value = /^0[xX][0-9a-fA-F]+$/.test(text) ? Number(text) : Number.NaN;
    return Number.isSafeInteger(value) ? value : Number.NaN;
  }
  const value = parseDecimal(bytes, start, end);
  return Number.isSafeInteger(value) && value >= 0 ? Math.abs(value) : Number.NaN;
}
