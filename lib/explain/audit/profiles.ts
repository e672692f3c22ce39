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

const bits = new Float64Array(1);
const halves = new Uint32Array(bits.buffer);

/** Counts numbers in bins of their leading bits: constant memory and one look at each value. */
class NumberProfile implements Profile {
  /** Rows by bin: benign ones, attacks, then the others. */
  private readonly bins = new Uint32Array(3 * BINS);
  private missing = 0;
  private negative = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;

  add(column: Column, isAttack: Uint8Array): void {
    const { values } = column as NumberColumn;
    const { bins } = this;
    let { missing, negative, min, max } = this;
    for (let row = 0; row < values.length; row++) {
      const value = values[row];
      if (Number.isNaN(value)) {
        missing++;
        continue;
      }
      if (value < 0) negative++;
      if (value < min) min = value;
      if (value > max) max = value;
      bits[0] = value + 0;
      bins[isAttack[row] * BINS + (halves[1] >>> (32 - BIN_BITS))]++;
    }
    Object.assign(this, { missing, negative, min, max });
  }

  finish(): ProfileFacts {
    const { missing, negative, min, max } = this;
    const some = min <= max;
    return {
      kind: "number",
      missing,
      negative,
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
    const bins = [0, 1, 2].map((kind) => this.bins.subarray(kind * BINS, (kind + 1) * BINS));
    const used = ascendingBins().filter((bin) => bins.some((counts) => counts[bin] > 0));
    const step = Math.ceil(used.length / SHOWN_BINS);
    const edges: number[] = [];
    const rows = bins.map((): number[] => []);
    for (let i = 0; i < used.length; i += step) {
      const merged = used.slice(i, i + step);
      edges.push(lowerEnd(merged[0]));
      rows.forEach((list, c) => {
        list.push(merged.reduce((sum, bin) => sum + bins[c][bin], 0));
      });
    }
    edges.push(this.max);
    edges[0] = this.min;
    const [benign, attack] = rows;
    return { edges, benign, attack };
  }
}

/** Bins in the order of their values: the negative ones run backwards. */
function ascendingBins(): number[] {
  const half = BINS / 2;
  return Array.from({ length: BINS }, (_, i) => (i < half ? BINS - 1 - i : i - half));
}

/** The least value of a bin. */
function lowerEnd(bin: number): number {
  const negative = bin >= BINS / 2;
  halves[0] = negative ? 0xffffffff : 0;
  halves[1] = ((bin << (32 - BIN_BITS)) | (negative ? (1 << (32 - BIN_BITS)) - 1 : 0)) >>> 0;
  return bits[0];
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
