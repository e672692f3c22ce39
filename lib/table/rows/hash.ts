import { growTo, KERNEL_OWN, type KernelMemory, loadKernel } from "../../base/kernel.js";
import type { Column, TextColumn } from "../table.js";

/** wasm/rowHash.ts; all numbers but counts are positions in memory. */
interface Exports {
  readonly memory: KernelMemory;
  numbers(values: number, n: number, hashes: number): void;
  codes(values: number, n: number, texts: number, hashes: number): void;
  missing(n: number, hashes: number): void;
}

/** Two sets of hashes of the same rows, 64 bits each, that columns are taken into. */
export class HashKernel {
  private readonly exports = loadKernel<Exports>("table/rowHash");
  private capacity = 0;

  /** Make room for the hashes of `rows` rows; returns whether those that were there are lost. */
  reserve(rows: number): boolean {
    if (rows <= this.capacity) return false;
    this.capacity = rows;
    growTo(this.exports.memory, this.at(4));
    return true;
  }

  /** The hashes of no column. */
  clear(set: 0 | 1, rows: number): void {
    this.words(set, rows).fill(0);
  }

  /** Make the second set what the first one is. */
  copy(rows: number): void {
    this.words(1, rows).set(this.words(0, rows));
  }

  /** Take a column in; null: one without a value. */
  take(set: 0 | 1, rows: number, column: Column | null): void {
    const { exports } = this;
    const hashes = this.at(set);
    const values = this.at(2);
    if (column === null) exports.missing(rows, hashes);
    else if (column.kind === "number") {
      new Float64Array(exports.memory.buffer, values, rows).set(column.values);
      exports.numbers(values, rows, hashes);
    } else {
      const texts = this.textHashes(column);
      new Int32Array(exports.memory.buffer, values, rows).set(column.codes);
      exports.codes(values, rows, texts, hashes);
    }
  }

  /** Two words a row, the low one first; they change with the kernel. */
  words(set: 0 | 1, rows: number): Int32Array {
    return new Int32Array(this.exports.memory.buffer, this.at(set), 2 * rows);
  }

  private textHashes({ dictionary }: TextColumn): number {
    const at = this.at(3);
    growTo(this.exports.memory, at + 8 * dictionary.length);
    const words = new Int32Array(this.exports.memory.buffer, at, 2 * dictionary.length);
    dictionary.forEach((text, code) => {
      words[2 * code] = textHash(text, 0x9747b28c);
      words[2 * code + 1] = textHash(text, 0x3c6ef372);
    });
    return at;
  }

  /** The two sets, then a column's values, then the hashes of its texts. */
  private at(part: number): number {
    return KERNEL_OWN + 8 * part * this.capacity;
  }
}

/** 32 bits of a text: xxHash32's round (Collet 2012) a character, and MurmurHash3's finish. */
export function textHash(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) {
    const h = (hash + Math.imul(text.charCodeAt(i), 0x85ebca77)) | 0;
    hash = Math.imul((h << 13) | (h >>> 19), 0x9e3779b1);
  }
  hash ^= text.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
