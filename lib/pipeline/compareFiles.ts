import { readFileSync } from "node:fs";
import { readParquet } from "../table/parquet.js";
import { cell, type Table } from "../table/table.js";

/** How two files, or two folders, relate. */
export interface Comparison {
  readonly state: "equal" | "within tolerance" | "different";
  /** Largest difference of two numbers, absolute and relative (to the larger one). */
  readonly maxAbsolute: number;
  readonly maxRelative: number;
  /** The first difference, for a person. */
  readonly detail?: string;
}

export const EQUAL: Comparison = { state: "equal", maxAbsolute: 0, maxRelative: 0 };

export function different(detail: string): Comparison {
  return { state: "different", maxAbsolute: 0, maxRelative: 0, detail };
}

/** Two results as one: the worse state, the larger numbers, the first detail. */
export function worst(a: Comparison, b: Comparison): Comparison {
  const order = ["equal", "within tolerance", "different"];
  const [more, less] = order.indexOf(a.state) >= order.indexOf(b.state) ? [a, b] : [b, a];
  const detail = more.detail ?? less.detail;
  return {
    state: more.state,
    maxAbsolute: Math.max(a.maxAbsolute, b.maxAbsolute),
    maxRelative: Math.max(a.maxRelative, b.maxRelative),
    ...(detail === undefined ? {} : { detail }),
  };
}

/**
 * Compare two files. Byte-equal is `equal`; Parquet tables go column by column, texts (JSON, CSV, Markdown, SVG, HTML) number
 * by number; anything else that differs in a byte is `different`. Whole numbers have to be the same: they count and name.
 * @param tolerance largest relative difference of two numbers that passes
 */
export async function compareFiles(
  old: string,
  now: string,
  name: string,
  tolerance: number,
): Promise<Comparison> {
  const [a, b] = [readFileSync(old), readFileSync(now)];
  if (a.equals(b)) return EQUAL;
  if (name.endsWith(".parquet")) {
    return compareTables(await readParquet(old), await readParquet(now), tolerance);
  }
  if (isText(a) && isText(b)) return compareTexts(a.toString("utf8"), b.toString("utf8"), tolerance);
  const at = a.findIndex((byte, i) => byte !== b[i]);
  const size = a.length === b.length ? "" : ` (${a.length} and ${b.length} bytes)`;
  return different(`byte ${at < 0 ? a.length : at} differs${size}`);
}

function isText(bytes: Buffer): boolean {
  return !bytes.subarray(0, 1 << 16).includes(0);
}

/** A number that stands alone, or one with a point (in SVG paths letters stand before it). */
const NUMBER = /(?<![\w.])[-+]?\d+(?:[eE][-+]?\d+)?(?![\w.])|[-+]?\d*\.\d+(?:[eE][-+]?\d+)?/g;

export function compareTexts(old: string, now: string, tolerance: number): Comparison {
  const [a, b] = [old, now].map((text) => [...text.matchAll(NUMBER)]);
  const difference = new Difference(tolerance);
  let [atOld, atNow] = [0, 0];
  for (let i = 0; i <= Math.max(a.length, b.length); i++) {
    const [x, y] = [a[i], b[i]];
    const same = old.slice(atOld, x?.index) === now.slice(atNow, y?.index);
    const ok = same && (x === undefined ? y === undefined : y !== undefined && difference.add(x[0], y[0]));
    if (!ok) return difference.result(lineDifference(old, now, x?.index ?? old.length));
    if (x === undefined) break;
    atOld = x.index + x[0].length;
    atNow = y.index + y[0].length;
  }
  return difference.result();
}

/** The first line that differs at or after what passed. */
function lineDifference(old: string, now: string, from: number): string {
  const [a, b] = [old.split("\n"), now.split("\n")];
  const start = Math.max(0, old.slice(0, from).split("\n").length - 1);
  let line = a.findIndex((text, i) => i >= start && text !== b[i]);
  if (line < 0) line = a.findIndex((text, i) => text !== b[i]);
  if (line < 0) line = a.length;
  const show = (text: string | undefined): string =>
    text === undefined ? "(the end)" : JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
  return `line ${line + 1}: ${show(a[line])} -> ${show(b[line])}`;
}

/** Collects differences of numbers. */
class Difference {
  private maxAbsolute = 0;
  private maxRelative = 0;

  constructor(private readonly tolerance: number) {}

  /** @returns false when they are too far apart */
  add(old: string | number, now: string | number): boolean {
    if (old === now) return true;
    const whole = (text: string | number): boolean => typeof text === "string" && /^[-+]?\d+$/.test(text);
    if (whole(old) && whole(now)) return false;
    const [x, y] = [Number(old), Number(now)];
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) return true;
    const absolute = Math.abs(x - y);
    const relative = absolute / Math.max(Math.abs(x), Math.abs(y));
    if (!(relative <= this.tolerance)) return false;
    this.maxAbsolute = Math.max(this.maxAbsolute, absolute);
    this.maxRelative = Math.max(this.maxRelative, relative);
    return true;
  }

  /** @param fault what is too different; undefined: all of it passed */
  result(fault?: string): Comparison {
    const { maxAbsolute, maxRelative } = this;
    if (fault !== undefined) return { state: "different", maxAbsolute, maxRelative, detail: fault };
    return { state: "within tolerance", maxAbsolute, maxRelative };
  }
}

export function compareTables(old: Table, now: Table, tolerance: number): Comparison {
  if (old.names.join("\n") !== now.names.join("\n"))
    return different(`columns ${old.names.join(", ")} -> ${now.names.join(", ")}`);
  if (old.rows !== now.rows) return different(`${old.rows} -> ${now.rows} rows`);
  const difference = new Difference(tolerance);
  for (const name of old.names) {
    const [a, b] = [old.column(name), now.column(name)];
    const isWhole = a.kind === "number" && a.type === "int64";
    for (let row = 0; row < old.rows; row++) {
      const [x, y] = [cell(a, row), cell(b, row)];
      if (x === y) continue;
      const numbers = typeof x === "number" && typeof y === "number" && !isWhole;
      if (numbers && difference.add(x, y)) continue;
      return difference.result(`column ${name}, row ${row}: ${x} -> ${y}`);
    }
  }
  return difference.result();
}
