import { BIN_BITS, BINS, CLASSES, type ProfileKernel } from "../../table/rows/profile.js";
import { type Column, codeCounts, type NumberColumn, type TextColumn } from "../../table/table.js";
import type { ColumnAudit, Distribution } from "./facts.js";

/** What a profile knows of a column; the rest of ColumnAudit is counted elsewhere. */
export type ProfileFacts = Omit<ColumnAudit, "name" | "file_column" | "infinite" | "not_a_number">;

/** Takes the values of a column in batches. */
export interface Profile {
  add(column: Column): void;
  finish(): ProfileFacts;
}

/** @param kernel counts numbers; it is told of the rows before their columns are added */
export function profileOf(kind: Column["kind"], kernel: ProfileKernel): Profile {
  return kind === "number" ? new NumberProfile(kernel) : new TextProfile();
}

const SHOWN_BINS = 28;
/** Negative numbers are in the upper half of the bins, ascending downwards. */
const FIRST_NEGATIVE = BINS / 2;

class NumberProfile implements Profile {
  private readonly counts = { missing: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  private readonly column: number;

  constructor(private readonly kernel: ProfileKernel) {
    this.column = kernel.column();
  }

  add(column: Column): void {
    this.kernel.add(this.column, (column as NumberColumn).values, this.counts);
  }

  finish(): ProfileFacts {
    const { missing, min, max } = this.counts;
    const bins = this.kernel.bins(this.column);
    const some = min <= max;
    return {
      kind: "number",
      missing,
      negative: negatives(bins),
      constant: some && min === max,
      min: some ? min : null,
      max: some ? max : null,
      top: [],
      distinct: null,
      distribution: some && min < max ? distribution(bins, min, max) : null,
    };
  }
}

/** Neighbouring bins merged until few enough are left to be drawn; every edge is the lower end of a fine bin. */
function distribution(bins: Uint32Array, min: number, max: number): Distribution {
  const used = usedBins(bins);
  const step = Math.ceil(used.length / SHOWN_BINS);
  const edges: number[] = [];
  const benign: number[] = [];
  const attack: number[] = [];
  for (let i = 0; i < used.length; i += step) {
    const merged = used.slice(i, i + step);
    const rows = (kind: number): number => merged.reduce((sum, bin) => sum + bins[CLASSES * bin + kind], 0);
    edges.push(lowerEnd(merged[0]));
    benign.push(rows(0));
    attack.push(rows(1));
  }
  edges.push(max);
  edges[0] = min;
  return { edges, benign, attack };
}

function negatives(bins: Uint32Array): number {
  let rows = 0;
  for (let at = FIRST_NEGATIVE * CLASSES; at < bins.length; at++) rows += bins[at];
  return rows;
}

/** Bins that have rows, in the order of their values. */
function usedBins(bins: Uint32Array): number[] {
  const used: number[] = [];
  const look = (bin: number): void => {
    const at = CLASSES * bin;
    if ((bins[at] | bins[at + 1] | bins[at + 2]) !== 0) used.push(bin);
  };
  for (let bin = BINS - 1; bin >= FIRST_NEGATIVE; bin--) look(bin);
  for (let bin = 0; bin < FIRST_NEGATIVE; bin++) look(bin);
  return used;
}

/** The least value of a bin. */
function lowerEnd(bin: number): number {
  const negative = bin >= FIRST_NEGATIVE;
  const halves = new DataView(new ArrayBuffer(8));
  const rest = 32 - BIN_BITS;
  halves.setUint32(0, ((bin << rest) | (negative ? (1 << rest) - 1 : 0)) >>> 0);
  halves.setUint32(4, negative ? 0xffffffff : 0);
  return halves.getFloat64(0);
}

const MOST_TEXTS = 100_000;
const TOP = 8;

/** Counts texts; of a column with too many of them (ids, addresses) only that there are many. */
class TextProfile implements Profile {
  private readonly counts = new Map<string, number>();
  private missing = 0;
  private many = false;

  add(column: Column): void {
    const { codes, dictionary } = column as TextColumn;
    const own = codeCounts(codes, dictionary.length);
    this.missing += codes.length - own.reduce((a, b) => a + b, 0);
    if (this.many) return;
    own.forEach((rows, code) => {
      if (rows > 0) this.counts.set(dictionary[code], (this.counts.get(dictionary[code]) ?? 0) + rows);
    });
    if (this.counts.size > MOST_TEXTS) {
      this.many = true;
      this.counts.clear();
    }
  }

  finish(): ProfileFacts {
    const top = [...this.counts]
      .map(([value, rows]) => ({ value, rows }))
      .sort((a, b) => b.rows - a.rows || (a.value < b.value ? -1 : 1))
      .slice(0, TOP);
    return {
      kind: "text",
      missing: this.missing,
      negative: 0,
      constant: !this.many && this.counts.size === 1,
      min: null,
      max: null,
      top,
      distinct: this.many ? null : this.counts.size,
      distribution: null,
    };
  }
}
