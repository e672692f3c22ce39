import type { Column, NumberColumn, TextColumn } from "../../table/table.js";
import type { ColumnAudit, Distribution } from "./facts.js";

/** What a profile knows of a column; the rest of ColumnAudit is counted elsewhere. */
export type ProfileFacts = Omit<ColumnAudit, "name" | "file_column" | "infinite" | "not_a_number">;

/** Takes the values of a column in batches. */
export interface Profile {
  /** @param isAttack 1 attack, 0 benign, 2 neither, a row */
  add(column: Column, isAttack: Uint8Array): void;
  finish(): ProfileFacts;
}

export function profileOf(kind: Column["kind"]): Profile {
  return kind === "number" ? new NumberProfile() : new TextProfile();
}

/** Sign, exponent and the two highest bits of the mantissa: four bins an octave. */
const BIN_BITS = 14;
const BINS = 1 << BIN_BITS;
const SHOWN_BINS = 28;

/** Negative numbers are in the upper half of the bins, ascending downwards. */
const FIRST_NEGATIVE = BINS / 2;
/** Counters of a bin: benign rows, attacks, others, and one that is not used. */
const CLASS_BITS = 2;

/** Counts numbers in bins of their leading bits: constant memory and one look at each value. */
class NumberProfile implements Profile {
  private readonly bins = new Uint32Array(BINS << CLASS_BITS);
  private missing = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;

  add(column: Column, isAttack: Uint8Array): void {
    const { values } = column as NumberColumn;
    const doubles = values instanceof Float64Array ? values : new Float64Array(values);
    const halves = new Int32Array(doubles.buffer, doubles.byteOffset, 2 * doubles.length);
    const { bins } = this;
    let { missing, min, max } = this;
    for (let row = 0; row < doubles.length; row++) {
      const value = doubles[row];
      if (Number.isNaN(value)) {
        missing++;
        continue;
      }
      if (value < min) min = value;
      if (value > max) max = value;
      const bin = value === 0 ? 0 : halves[2 * row + 1] >>> (32 - BIN_BITS); // 0 and -0 are equal
      bins[(bin << CLASS_BITS) | isAttack[row]]++;
    }
    Object.assign(this, { missing, min, max });
  }

  finish(): ProfileFacts {
    const { missing, min, max } = this;
    const some = min <= max;
    return {
      kind: "number",
      missing,
      negative: this.bins.subarray(FIRST_NEGATIVE << CLASS_BITS).reduce((a, b) => a + b, 0),
      constant: some && min === max,
      min: some ? min : null,
      max: some ? max : null,
      top: [],
      distinct: null,
      distribution: some && min < max ? this.distribution() : null,
    };
  }

  /** Neighbouring bins merged until few enough are left to be drawn; every edge is the lower end of a fine bin. */
  private distribution(): Distribution {
    const used = this.usedBins();
    const step = Math.ceil(used.length / SHOWN_BINS);
    const edges: number[] = [];
    const benign: number[] = [];
    const attack: number[] = [];
    for (let i = 0; i < used.length; i += step) {
      const merged = used.slice(i, i + step);
      const rows = (kind: number): number =>
        merged.reduce((sum, bin) => sum + this.bins[(bin << CLASS_BITS) | kind], 0);
      edges.push(lowerEnd(merged[0]));
      benign.push(rows(0));
      attack.push(rows(1));
    }
    edges.push(this.max);
    edges[0] = this.min;
    return { edges, benign, attack };
  }

  /** Bins that have rows, in the order of their values. */
  private usedBins(): number[] {
    const used: number[] = [];
    const look = (bin: number): void => {
      const at = bin << CLASS_BITS;
      if ((this.bins[at] | this.bins[at + 1] | this.bins[at + 2]) !== 0) used.push(bin);
    };
    for (let bin = BINS - 1; bin >= FIRST_NEGATIVE; bin--) look(bin);
    for (let bin = 0; bin < FIRST_NEGATIVE; bin++) look(bin);
    return used;
  }
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
    const own = new Int32Array(dictionary.length);
    for (const code of codes) {
      if (code < 0) this.missing++;
      else own[code]++;
    }
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
