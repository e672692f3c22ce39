const EMPTY = -1;

/** Words of a key. */
export const KEY = 4;

/**
 * Keys of four integers, each with a small number (slot) for as long as it is in use; released slots are given again.
 * Open addressing with linear probing: constant time, memory by the keys in use at once.
 */
export class KeyTable {
  /** Of each slot from `slot * stride` on: the key, then what is kept of it, which stays as it was left. */
  words: Int32Array;
  readonly stride: number;
  private cells = new Int32Array(64).fill(EMPTY);
  private readonly released: number[] = [];
  private used = 0;

  /** @param more words that are kept of a key */
  constructor(more = 0) {
    this.stride = KEY + more;
    this.words = new Int32Array(16 * this.stride);
  }

  /** Keys in use. */
  get size(): number {
    return this.used - this.released.length;
  }

  /** Every slot is below this; it is a power of two and never shrinks. */
  get capacity(): number {
    return this.words.length / this.stride;
  }

  /** The slot of a key, a new one for a new key. */
  slot(a: number, b: number, c: number, d: number): number {
    const { cells, words, stride } = this;
    const mask = cells.length - 1;
    let cell = hash(a, b, c, d) & mask;
    for (; cells[cell] !== EMPTY; cell = (cell + 1) & mask) {
      const at = stride * cells[cell];
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d)
        return cells[cell];
    }
    return this.add(a, b, c, d, cell);
  }

  /** Forget the key of a slot. */
  release(slot: number): void {
    const mask = this.cells.length - 1;
    let hole = this.home(slot) & mask;
    while (this.cells[hole] !== slot) hole = (hole + 1) & mask;
    // Keys behind the hole move up unless that would put them before their home.
    for (let cell = (hole + 1) & mask; this.cells[cell] !== EMPTY; cell = (cell + 1) & mask) {
      const home = this.home(this.cells[cell]) & mask;
      if (((cell - home) & mask) < ((cell - hole) & mask)) continue;
      this.cells[hole] = this.cells[cell];
      hole = cell;
    }
    this.cells[hole] = EMPTY;
    this.released.push(slot);
  }

  private add(a: number, b: number, c: number, d: number, free: number): number {
    const slot = this.released.pop() ?? this.used++;
    const grows = slot === this.capacity;
    if (grows) this.grow();
    const at = this.stride * slot;
    this.words[at] = a;
    this.words[at + 1] = b;
    this.words[at + 2] = c;
    this.words[at + 3] = d;
    if (grows) this.place(slot);
    else this.cells[free] = slot;
    return slot;
  }

  private home(slot: number): number {
    const at = this.stride * slot;
    return hash(this.words[at], this.words[at + 1], this.words[at + 2], this.words[at + 3]);
  }

  private place(slot: number): void {
    const mask = this.cells.length - 1;
    let cell = this.home(slot) & mask;
    while (this.cells[cell] !== EMPTY) cell = (cell + 1) & mask;
    this.cells[cell] = slot;
  }

  private grow(): void {
    const slots = this.capacity;
    this.words = roomFor(this.words, 2 * this.words.length);
    this.cells = new Int32Array(2 * this.cells.length).fill(EMPTY);
    // All slots so far are in use: there was no released one.
    for (let slot = 0; slot < slots; slot++) this.place(slot);
  }
}

function hash(a: number, b: number, c: number, d: number): number {
  let h =
    Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35) ^ Math.imul(d, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return h ^ (h >>> 15);
}

/** The two words of a whole number between -2^53 and 2^53. */
export const high = (value: number): number => Math.floor(value / 2 ** 32);
export const low = (value: number): number => value | 0;

/** `values` with room for `length`, the rest zero. */
export function roomFor<A extends Int32Array | Float64Array>(values: A, length: number): A {
  if (values.length >= length) return values;
  const larger = values instanceof Int32Array ? new Int32Array(length) : new Float64Array(length);
  larger.set(values);
  return larger as A;
}
