const LITTLE = 0x9e3779b1;
const BIG = 0x85ebca77;

/**
 * The distinct values of a column chunk in order of first appearance, and for every value its place among them.
 * Values are told apart by their bits, so 0 and -0 are two. One dictionary serves chunk after chunk.
 */
export class NumberDictionary {
  /** Place of each value of the last `build`. */
  places = new Int32Array(0);
  /** The distinct values of the last `build`; longer than they are many. */
  readonly distinct: Float64Array;
  private readonly words: Int32Array;
  private readonly slots: Int32Array;
  private readonly shift: number;

  /** @param limit most distinct values, a power of two */
  constructor(private readonly limit: number) {
    this.distinct = new Float64Array(limit);
    this.words = new Int32Array(this.distinct.buffer);
    this.slots = new Int32Array(limit * 2);
    this.shift = Math.clz32(limit * 2) + 1;
  }

  /** @returns how many distinct values there are, or -1 when they are more than `limit` */
  build(values: Float32Array | Float64Array, count: number): number {
    if (this.places.length < count) this.places = new Int32Array(count);
    this.slots.fill(0);
    const { places, distinct, words, slots, shift, limit } = this;
    const mask = slots.length - 1;
    const probe = new Float64Array(1);
    const bits = new Int32Array(probe.buffer);
    let size = 0;
    let lastLow = 0;
    let lastHigh = 0;
    let lastPlace = -1;
    for (let i = 0; i < count; i++) {
      probe[0] = values[i];
      const low = bits[0];
      const high = bits[1];
      if (low !== lastLow || high !== lastHigh || lastPlace < 0) {
        let slot = (Math.imul(low, LITTLE) ^ Math.imul(high, BIG)) >>> shift;
        for (;;) {
          const place = slots[slot] - 1;
          if (place < 0) {
            if (size === limit) return -1;
            distinct[size] = probe[0];
            lastPlace = size++;
            slots[slot] = size;
            break;
          }
          if (words[place * 2] === low && words[place * 2 + 1] === high) {
            lastPlace = place;
            break;
          }
          slot = (slot + 1) & mask;
        }
        lastLow = low;
        lastHigh = high;
      }
      places[i] = lastPlace;
    }
    return size;
  }
}
