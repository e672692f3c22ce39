/** Random zeros: ../randomMasks.ts is its other side. */

/** Words that are drawn before their bytes are used: they stay in the processor's nearest memory. */
const BLOCK: i32 = 2048;

/**
 * Fill with `kept`, and with 0 wherever the next byte of the stream is below `zeros`.
 * @param into room for `count` numbers
 * @param state of sfc32 (lib/base/rng.ts): a, b, c, counter; moved on by `stretch` words for each 4 · `stretch` numbers
 * that are begun
 * @param words room for BLOCK words
 */
export function fill(
  into: usize,
  count: i32,
  zeros: i32,
  kept: f32,
  stretch: i32,
  state: usize,
  words: usize,
): void {
  for (let begin = 0; begin < count; begin += 4 * stretch) {
    for (let word = 0; word < stretch; word += BLOCK) {
      const drawn = min(BLOCK, stretch - word);
      draw(drawn, state, words);
      const at = begin + 4 * word;
      if (at < count) spread(words, into + ((<usize>at) << 2), min(4 * drawn, count - at), zeros, kept);
    }
  }
}

function draw(count: i32, state: usize, words: usize): void {
  let a = load<u32>(state);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let counter = load<u32>(state, 12);
  for (const end = words + ((<usize>count) << 2); words < end; words += 4) {
    const t = a + b + counter;
    counter++;
    a = b ^ (b >>> 9);
    b = c + (c << 3);
    c = rotl<u32>(c, 21) + t;
    store<u32>(words, t);
  }
  store<u32>(state, a);
  store<u32>(state, b, 4);
  store<u32>(state, c, 8);
  store<u32>(state, counter, 12);
}

/** One number for each byte. */
function spread(bytes: usize, into: usize, count: i32, zeros: i32, kept: f32): void {
  const limit = i8x16.splat(<i8>zeros);
  const value = f32x4.splat(kept);
  const whole = count & ~15;
  for (let i = 0; i < whole; i += 16, bytes += 16, into += 64) {
    const stays = i8x16.ge_u(v128.load(bytes), limit);
    eight(i16x8.extend_low_i8x16_s(stays), value, into);
    eight(i16x8.extend_high_i8x16_s(stays), value, into + 32);
  }
  for (let i = whole; i < count; i++, bytes++, into += 4)
    store<f32>(into, <i32>load<u8>(bytes) < zeros ? 0 : kept);
}

/** Eight numbers, from eight lanes of all ones or none. */
function eight(stays: v128, value: v128, into: usize): void {
  v128.store(into, v128.and(i32x4.extend_low_i16x8_s(stays), value));
  v128.store(into, v128.and(i32x4.extend_high_i16x8_s(stays), value), 16);
}
