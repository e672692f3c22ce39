import { isUtf8 } from "node:buffer";
import { cellText } from "./records.js";

/**
 * Codes the texts of one column of one block by their bytes: a text becomes a string only when it is met for the first time.
 * A hash table with open addressing; the distinct texts, its entries, lie one after the other in `bytes`.
 */
export class TextCodes {
  private bytes: Buffer = Buffer.alloc(1 << 12);
  /** Entry i has the bytes from ends[i] to ends[i + 1]. */
  private ends = new Int32Array(1 << 8);
  private codes = new Int32Array(1 << 8);
  private slots = new Int32Array(1 << 9);
  private count = 0;
  private last = 0;
  private texts = new Map<string, number>();
  /** Entries that were not UTF-8. */
  private odd = new Set<number>();

  constructor(private readonly missing: ReadonlySet<string>) {}

  /** Forget everything: a new block begins. */
  clear(): void {
    this.slots.fill(0);
    this.count = 0;
    this.last = 0;
    this.texts = new Map();
    this.odd = new Set();
  }

  /** Distinct texts in order of first appearance, missing ones left out. */
  get dictionary(): string[] {
    return [...this.texts.keys()];
  }

  /** The entry of the text in bytes[start, end). */
  entry(bytes: Uint8Array, start: number, end: number): number {
    if (this.count > 0 && this.is(this.last, bytes, start, end)) return this.last;
    const mask = this.slots.length - 1;
    let slot = hashOf(bytes, start, end) & mask;
    for (; this.slots[slot] !== 0; slot = (slot + 1) & mask) {
      const entry = this.slots[slot] - 1;
      if (this.is(entry, bytes, start, end)) {
        this.last = entry;
        return entry;
      }
    }
    this.last = this.count;
    this.slots[slot] = this.count + 1;
    this.add(bytes.subarray(start, end));
    return this.last;
  }

  /** Position in the dictionary; -1 for a missing value. */
  codeOf(entry: number): number {
    return this.codes[entry];
  }

  /** Whether the text was not UTF-8 and was taken for windows-1252. */
  isOdd(entry: number): boolean {
    return this.odd.size > 0 && this.odd.has(entry);
  }

  private is(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.ends[entry];
    if (this.ends[entry + 1] - from !== end - start) return false;
    for (let at = start, own = from; at < end; at++, own++) if (bytes[at] !== this.bytes[own]) return false;
    return true;
  }

  private add(text: Uint8Array): void {
    const entry = this.count++;
    const from = this.ends[entry];
    const to = from + text.length;
    if (to > this.bytes.length) this.bytes = Buffer.concat([this.bytes], 2 * to);
    this.bytes.set(text, from);
    this.ends[this.count] = to;
    if (!isUtf8(text)) this.odd.add(entry);
    this.codes[entry] = this.code(cellText(this.bytes, from, to));
    if (this.count + 1 === this.ends.length) this.grow();
  }

  /** Different bytes may be one text: a dash in UTF-8 and in windows-1252. */
  private code(text: string): number {
    if (this.missing.has(text)) return -1;
    const known = this.texts.get(text) ?? this.texts.size;
    this.texts.set(text, known);
    return known;
  }

  private grow(): void {
    const length = 2 * this.ends.length;
    const { ends, codes } = this;
    this.ends = new Int32Array(length);
    this.ends.set(ends);
    this.codes = new Int32Array(length);
    this.codes.set(codes);
    this.slots = new Int32Array(2 * length);
    const mask = this.slots.length - 1;
    for (let entry = 0; entry < this.count; entry++) {
      let slot = hashOf(this.bytes, ends[entry], ends[entry + 1]) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = entry + 1;
    }
  }
}

/** FNV-1a, folded. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
  return hash ^ (hash >>> 15);
}
