import { varint, zigzag } from "./varint";

const BLOCK = 128;
const MINIBLOCKS = 4;
const MINIBLOCK = 32;

/** The differences of a block. */
const deltas = memory.data(BLOCK * 8);

/**
 * Append `count` whole numbers, doubles, as differences: times, counters and numbers of a small range take few bits. Returns
 * the position behind them. Source: parquet-format, Encodings.md, "Delta Encoding (DELTA_BINARY_PACKED = 5)".
 */
export function deltaBinaryPacked(values: i32, count: i32, out: i32): i32 {
  let to = varint(varint(varint(out, BLOCK), MINIBLOCKS), count);
  to = zigzag(to, count > 0 ? i64(load<f64>(values)) : 0);
  for (let start = 1; start < count; start += BLOCK) {
    const n = min(BLOCK, count - start);
    let before = i64(load<f64>(values + ((start - 1) << 3)));
    let least = i64.MAX_VALUE;
    for (let i = 0; i < n; i++) {
      const value = i64(load<f64>(values + ((start + i) << 3)));
      const delta = value - before;
      before = value;
      store<i64>(deltas + (i << 3), delta);
      if (delta < least) least = delta;
    }
    for (let i = 0; i < n; i++) store<i64>(deltas + (i << 3), load<i64>(deltas + (i << 3)) - least);
    memory.fill(deltas + (n << 3), 0, (BLOCK - n) << 3);
    to = block(n, zigzag(to, least));
  }
  return to;
}

/** The four bit widths, then the miniblocks that hold a value. */
function block(n: i32, out: i32): i32 {
  let to = out + MINIBLOCKS;
  for (let mini = 0; mini < MINIBLOCKS; mini++) {
    const from = mini * MINIBLOCK;
    let all: u64 = 0;
    if (from < n) for (let i = from; i < from + MINIBLOCK; i++) all |= load<u64>(deltas + (i << 3));
    const width = 64 - i32(clz(all));
    store<u8>(out + mini, width);
    if (width > 0) to = pack(from, width, to);
  }
  return to;
}

/** The low `width` bits (1 to 64) of a miniblock's differences, low bits first. */
function pack(from: i32, width: i32, out: i32): i32 {
  let word: u64 = 0;
  let filled = 0;
  let to = out;
  for (let i = from; i < from + MINIBLOCK; i++) {
    const bits = load<u64>(deltas + (i << 3));
    word |= bits << filled;
    filled += width;
    if (filled < 64) continue;
    store<u64>(to, word);
    to += 8;
    filled -= 64;
    word = filled > 0 ? bits >> (width - filled) : 0;
  }
  // 32 values of any width end at a whole word of 32 bits.
  store<u32>(to, u32(word));
  return out + 4 * width;
}
