const EMPTY = -1;

/**
 * Keys of three integers, each with a small number (slot) for as long as it is in use; released slots are given again.
 * Open addressing with linear probing: constant time, memory by the keys in use at once.
 */
export class KeyTable {
  /** The key of each slot. */
  private keys = new Int32Array(3 * 16);
  private cells = new Int32Array(64).fill(EMPTY);
  private readonly released: number[] = [];
  private used = 0;

  /** Keys in use. */
  get size(): number {
    return this.used - this.released.length;
  }

  /** Every slot is below this; it is a power of two and never shrinks. */
  get capacity(): number {
    return this.keys.length / 3;
  }

  /** The slot of a key, a new one for a new key. */
  slot(a: number, b: number, c: number): number {
    const mask = this.cells.length - 1;
    let cell = hash(a, b, c) & mask;
    for (; this.cells[cell] !== EMPTY; cell = (cell + 1) & mask) {
      const at = 3 * this.cells[cell];
      if (this.keys[at] === a && this.keys[at + 1] === b && this.keys[at + 2] === c) return this.cells[cell];
    }
    const slot = this.released.pop() ?? this.used++;
    if (slot === this.capacity) this.grow();
    this.keys[3 * slot] = a;
    this.keys[3 * slot + 1] = b;
    this.keys[3 * slot + 2] = c;
    this.place(slot);
    return slot;
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

  private home(slot: number): number {
    return hash(this.keys[3 * slot], this.keys[3 * slot + 1], this.keys[3 * slot + 2]);
  }

  private place(slot: number): void {
    const mask = this.cells.length - 1;
    let cell = this.home(slot) & mask;
    while (this.cells[cell] !== EMPTY) cell = (cell + 1) & mask;
    this.cells[cell] = slot;
  }

  private grow(): void {
    const slots = this.capacity;
    const keys = new Int32Array(2 * this.keys.length);
    keys.set(this.keys);
    this.keys = keys;
    this.cells = new Int32Array(2 * this.cells.length).fill(EMPTY);
    // All slots so far are in use: there was no released one.
    for (let slot = 0; slot < slots; slot++) this.place(slot);
  }
}

function hash(a: number, b: number, c: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return h ^ (h >>> 15);
}

/** `values` with room for `length`, the rest zero. */
export function roomFor<A extends Int32Array | Float64Array>(values: A, length: number): A {
  if (values.length >= length) return values;
  const larger = values instanceof Int32Array ? new Int32Array(length) : new Float64Array(length);
  larger.set(values);
  return larger as A;
}
