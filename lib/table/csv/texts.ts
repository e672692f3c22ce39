import { isUtf8 } from "node:buffer";
import { cellText } from "./records.js";

/**
 * Codes the texts of one column of one block, from their bytes: a text becomes a string only when it is met for the first
 * time. Open addressing by a multiplicative hash; the distinct texts lie one after the other in `bytes`.
 */
export class TextCodes {
  private bytes = Buffer.alloc(1 << 12);
  private ends = new Int32Array(1 << 8);
  private codes = new Int32Array(1 << 8);
  private odd = new Uint8Array(1 << 8);
  private slots = new Int32Array(1 << 9);
  private count = 0;
  private last = 0;
  private known = new Map<string, number>();
  private anyOdd = false;

  constructor(private readonly missing: ReadonlySet<string>) {}

  /** Forget everything: a new block begins. */
  clear(): void {
    this.slots.fill(0);
    this.count = 0;
    this.last = 0;
    this.known = new Map();
    this.anyOdd = false;
  }

  /** Distinct texts in order of first appearance, missing ones left out. */
  get dictionary(): string[] {
    return [...this.known.keys()];
  }

  /** The number of the text in bytes[start, end), for `codeOf` and `isOdd`. */
  entry(bytes: Uint8Array, start: number, end: number): number {
    if (this.count > 0 && this.is(this.last, bytes, start, end)) return this.last;
    let hash = end - start;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.slots[slot] - 1;
      if (entry < 0) {
        this.last = this.add(bytes, start, end, slot);
        return this.last;
      }
      if (this.is(entry, bytes, start, end)) {
        this.last = entry;
        return entry;
      }
    }
  }

  /** Position in the dictionary; -1 for a missing value. */
  codeOf(entry: number): number {
    return this.codes[entry];
  }

  /** Whether the text was not UTF-8 and was taken for windows-1252. */
  isOdd(entry: number): boolean {
    return this.anyOdd && this.odd[entry] === 1;
  }

  private is(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = entry === 0 ? 0 : this.ends[entry - 1];
    if (this.ends[entry] - from !== end - start) return false;
    for (let at = start, own = from; at < end; at++, own++) if (bytes[at] !== this.bytes[own]) return false;
    return true;
  }

  private add(bytes: Uint8Array, start: number, end: number, slot: number): number {
    const entry = this.count++;
    this.slots[slot] = entry + 1;
    const from = entry === 0 ? 0 : this.ends[entry - 1];
    const to = from + end - start;
    if (to > this.bytes.length) {
      const grown = Buffer.alloc(2 * to);
      this.bytes.copy(grown, 0, 0, from);
      this.bytes = grown;
    }
    this.bytes.set(bytes.subarray(start, end), from);
    if (entry === this.ends.length) this.growEntries();
    this.ends[entry] = to;
    this.odd[entry] = isUtf8(this.bytes.subarray(from, to)) ? 0 : 1;
    if (this.odd[entry] === 1) this.anyOdd = true;
    this.codes[entry] = this.code(cellText(this.bytes, from, to));
    if (2 * this.count > this.slots.length) this.growSlots();
    return entry;
  }

  /** Different bytes may be one text: a dash in UTF-8 and in windows-1252. */
  private code(text: string): number {
    if (this.missing.has(text)) return -1;
    const known = this.known.get(text);
    if (known !== undefined) return known;
    this.known.set(text, this.known.size);
    return this.known.size - 1;
  }

  private growEntries(): void {
    const grow = <A extends Int32Array | Uint8Array>(array: A, grown: A): A => {
      grown.set(array);
      return grown;
    };
    const length = 2 * this.ends.length;
    this.ends = grow(this.ends, new Int32Array(length));
    this.codes = grow(this.codes, new Int32Array(length));
    this.odd = grow(this.odd, new Uint8Array(length));
  }

  private growSlots(): void {
    const old = this.slots;
    this.slots = new Int32Array(2 * old.length);
    const mask = this.slots.length - 1;
    for (let entry = 0; entry < this.count; entry++) {
      let hash = this.ends[entry] - (entry === 0 ? 0 : this.ends[entry - 1]);
      for (let at = entry === 0 ? 0 : this.ends[entry - 1]; at < this.ends[entry]; at++)
        hash = Math.imul(hash ^ this.bytes[at], 0x01000193);
      hash ^= hash >>> 15;
      let slot = hash & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = entry + 1;
    }
  }
}
