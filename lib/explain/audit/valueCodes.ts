import { type Column, lengthOf, type NumberColumn } from "../../table/table.js";

/** The values of a column as codes, equal values with equal ones. */
export interface ValueCodes {
  /** Of each row; 0 is missing. */
  readonly codes: Int32Array;
  /** Codes are below it. */
  readonly count: number;
  /** Of numbers, whose codes ascend with them: the value of each code (that of code 0 is NaN). Of texts null. */
  readonly numeric: Float64Array | null;
}

export function valueCodes(column: Column): ValueCodes {
  if (column.kind === "number") return numberCodes(column.values);
  const codes = new Int32Array(lengthOf(column));
  for (let row = 0; row < codes.length; row++) codes[row] = column.codes[row] + 1;
  return { codes, count: column.dictionary.length + 1, numeric: null };
}

type Values = NumberColumn["values"];

function numberCodes(values: Values): ValueCodes {
  const codes = new Int32Array(values.length);
  const { min, max, whole } = rangeOf(values);
  const numeric =
    whole && max - min < 4 * values.length
      ? codeWholeNumbers(values, min, max, codes)
      : codeNumbers(values, codes);
  return { codes, count: numeric.length, numeric };
}

/** Fills `codes` of whole numbers from `min` to `max`; @returns the value of each code */
function codeWholeNumbers(values: Values, min: number, max: number, codes: Int32Array): Float64Array {
  const places = new Int32Array(max - min + 1);
  for (let row = 0; row < values.length; row++) if (!Number.isNaN(values[row])) places[values[row] - min] = 1;
  const distinct: number[] = [Number.NaN];
  for (let i = 0; i < places.length; i++) if (places[i] === 1) places[i] = distinct.push(min + i) - 1;
  for (let row = 0; row < values.length; row++)
    codes[row] = Number.isNaN(values[row]) ? 0 : places[values[row] - min];
  return Float64Array.from(distinct);
}

const bits = new Float64Array(1);
const halves = new Int32Array(bits.buffer);

/**
 * Fills `codes` of any numbers; @returns the value of each code. Different values are found in a hash table, so that
 * only they are sorted: columns repeat most of theirs.
 */
function codeNumbers(values: Values, codes: Int32Array): Float64Array {
  const mask = 2 ** Math.ceil(Math.log2(2 * values.length + 2)) - 1;
  const keys = new Float64Array(mask + 1).fill(Number.NaN); // NaN: free
  const distinct = new Float64Array(values.length);
  let count = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (Number.isNaN(value)) {
      codes[row] = -1;
      continue;
    }
    const slot = find(keys, mask, value);
    if (Number.isNaN(keys[slot])) {
      keys[slot] = value;
      distinct[count++] = value;
    }
    codes[row] = slot;
  }
  const numeric = new Float64Array(count + 1);
  numeric.set(distinct.subarray(0, count).sort(), 1);
  numeric[0] = Number.NaN;
  const codeAt = new Int32Array(mask + 1);
  for (let code = 1; code <= count; code++) codeAt[find(keys, mask, numeric[code])] = code;
  for (let row = 0; row < codes.length; row++) codes[row] = codes[row] < 0 ? 0 : codeAt[codes[row]];
  return numeric;
}

/** The slot of a value, or the free one where it belongs. */
function find(keys: Float64Array, mask: number, value: number): number {
  bits[0] = value + 0; // -0 and 0 are equal
  let hash = Math.imul(halves[0] ^ Math.imul(halves[1], 0x9e3779b1), 0x85ebca6b);
  hash ^= hash >>> 15;
  let slot = hash & mask;
  while (keys[slot] !== value && !Number.isNaN(keys[slot])) slot = (slot + 1) & mask;
  return slot;
}

/** Least and greatest number, and whether all are whole. */
function rangeOf(values: Values): { min: number; max: number; whole: boolean } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let whole = true;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (Number.isNaN(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    if (!Number.isSafeInteger(value)) whole = false;
  }
  return { min, max, whole: whole && min <= max };
}
