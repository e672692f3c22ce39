const LOW_FACTOR = 0x9e3779b1;
const HIGH_FACTOR = 0x85ebca77;

/**
 * The distinct values of a column chunk in order of first appearance, and for every value its place among them.
 * Values are told apart by their bits, so 0 and -0 are two. One dictionary serves chunk after chunk.
 */
export class NumberDictionary {
  /** Place of each value of the last `build`; may be longer. */
  places: Int32Array = new Int32Array(0);
  /** The distinct values of the last `build`; longer than they are many. */
  readonly distinct: Float64Array;
  /** The bits of the distinct values, low word and high word. */
  private readonly words: Int32Array;
  /** Open addressing: 0, or one more than the place of a value. */
  private readonly slots: Int32Array;
  private readonly shift: number;

  /** @param limit most distinct values, a power of two */
  constructor(private readonly limit: number) {
    this.distinct = new Float64Array(limit);
    this.words = new Int32Array(limit * 2);
    this.slots = new Int32Array(limit * 2);
    this.shift = Math.clz32(limit * 2) + 1;
  }

  /** @returns how many distinct values there are, or -1 when they are more than `limit` */
  build(values: Float32Array | Float64Array, count: number): number {
    if (this.places.length < count) this.places = new Int32Array(count);
    this.slots.fill(0);
    const { places, distinct, words, slots, shift, limit } = this;
    const mask = slots.length - 1;
    const step = values.BYTES_PER_ELEMENT / 4;
    const bits = new Int32Array(values.buffer, values.byteOffset, count * step);
    let size = 0;
    let lastLow = 0;
    let lastHigh = 0;
    let lastPlace = -1;
    for (let i = 0, at = 0; i < count; i++, at += step) {
      const low = bits[at];
      const high = step === 2 ? bits[at + 1] : 0;
      if (low !== lastLow || high !== lastHigh || lastPlace < 0) {
        let slot = (Math.imul(low, LOW_FACTOR) ^ Math.imul(high, HIGH_FACTOR)) >>> shift;
        lastPlace = slots[slot] - 1;
        while (lastPlace >= 0 && (words[lastPlace * 2] !== low || words[lastPlace * 2 + 1] !== high)) {
          slot = (slot + 1) & mask;
          lastPlace = slots[slot] - 1;
        }
        if (lastPlace < 0) {
          if (size === limit) return -1;
          distinct[size] = values[i];
          words[size * 2] = low;
          words[size * 2 + 1] = high;
          lastPlace = size++;
          slots[slot] = size;
        }
        lastLow = low;
        lastHigh = high;
      }
      places[i] = lastPlace;
    }
    return size;
  }
}
