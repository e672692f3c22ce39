import { createHash } from "node:crypto";

/** Of more than so many a draw, a sample keeps no list. */
const FEW = 16;

/**
 * A named stream of pseudo-random numbers: the same seed and name give the same numbers on every machine.
 * Generator: sfc32 (Chris Doty-Humphrey, PractRand), its state taken from SHA-256 of "seed/name/name…".
 */
export class Rng {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  private constructor(readonly path: string) {
    const digest = createHash("sha256").update(path).digest();
    this.a = digest.readUInt32LE(0) | 0;
    this.b = digest.readUInt32LE(4) | 0;
    this.c = digest.readUInt32LE(8) | 0;
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** The root stream of `seed`; take a fork of it for every use. */
  static root(seed: number): Rng {
    return new Rng(String(seed));
  }

  /** The stream that has this `path`, for a worker thread that goes on where another one names it. */
  static at(path: string): Rng {
    return new Rng(path);
  }

  /** An independent stream; the name alone decides it, not what was drawn before. */
  fork(name: string | number): Rng {
    return new Rng(`${this.path}/${name}`);
  }

  /** Uniform integer in [0, 2^32). */
  uint32(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  /** Fill an array with what as many calls of `uint32` would give, several times as fast. */
  fill(into: Uint32Array): void {
    let { a, b, c, counter } = this;
    for (let i = 0; i < into.length; i++) {
      const t = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + t) | 0;
      into[i] = t;
    }
    Object.assign(this, { a, b, c, counter });
  }

  /** Let a kernel draw: `draw` moves the state (a, b, c, counter) on by as many steps of sfc32 as it takes words. */
  lend(state: Int32Array, draw: () => void): void {
    state.set([this.a, this.b, this.c, this.counter]);
    draw();
    [this.a, this.b, this.c, this.counter] = state;
  }

  /** Uniform double in [0, 1) with 53 random bits. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** Uniform integer in [0, n), n up to 2^32; unbiased by rejection. */
  integer(n: number): number {
    for (;;) {
      const x = this.uint32();
      // Rejected is what is left of 2^32 after whole stretches of n: less than n, so that the remainder is rarely needed.
      if (x < 4294967296 - n || x < 4294967296 - (4294967296 % n)) return n < 4294967296 ? x % (n >>> 0) : x;
    }
  }

  /** Fisher-Yates in place; returns the same array. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    let { a, b, c, counter } = this;
    for (let i = items.length - 1; i > 0; i--) {
      // As `integer(i + 1)`, its state in variables of this loop.
      const n = i + 1;
      let x: number;
      do {
        const t = (((a + b) | 0) + counter) | 0;
        counter = (counter + 1) | 0;
        a = b ^ (b >>> 9);
        b = (c + (c << 3)) | 0;
        c = (((c << 21) | (c >>> 11)) + t) | 0;
        x = t >>> 0;
      } while (x >= 4294967296 - n && x >= 4294967296 - (4294967296 % n));
      const j = x % n;
      const held = items[i];
      items[i] = items[j];
      items[j] = held;
    }
    Object.assign(this, { a, b, c, counter });
    return items;
  }

  /** `k` of 0…n-1 without replacement, in random order. */
  sample(n: number, k: number): Int32Array {
    if (k * FEW < n) return this.sampleFew(n, k);
    const all = new Int32Array(n);
    for (let i = 0; i < n; i++) all[i] = i;
    for (let i = 0; i < k; i++) {
      const j = i + this.integer(n - i);
      const held = all[i];
      all[i] = all[j];
      all[j] = held;
    }
    return all.slice(0, k);
  }

  /** The same numbers, without a list of all: of those that were moved it is known where they are. */
  private sampleFew(n: number, k: number): Int32Array {
    const moved = new Map<number, number>();
    const drawn = new Int32Array(k);
    for (let i = 0; i < k; i++) {
      const j = i + this.integer(n - i);
      drawn[i] = moved.get(j) ?? j;
      moved.set(j, moved.get(i) ?? i);
    }
    return drawn;
  }
}
