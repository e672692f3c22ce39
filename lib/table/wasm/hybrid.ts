import { varint } from "./varint";

/**
 * Append `count` small non-negative integers of `width` bits (0 to 32) as bit-packed groups of eight and, where that is
 * shorter, as runs of one value, which begin at a whole group; returns the position behind them. Up to eight bytes more are
 * written to. Source: parquet-format, Encodings.md, "Run Length Encoding / Bit-Packing Hybrid (RLE = 3)".
 */
export function hybrid(values: i32, count: i32, width: i32, out: i32): i32 {
  if (width === 0) return count > 0 ? varint(out, count << 1) : out;
  // A run costs up to four bytes of header and two of the groups that it cuts apart, beside its value.
  const shortest = max(8, (48 + width + width - 1) / width);
  const groupsEnd = count & ~7;
  let to = out;
  let packedFrom = 0;
  let at = 0;
  while (at < groupsEnd) {
    const value = load<i32>(values + (at << 2));
    let end = at;
    while (end < groupsEnd && isGroupOf(value, values + (end << 2))) end += 8;
    if (end - at >= shortest) {
      while (end < count && load<i32>(values + (end << 2)) === value && end >= groupsEnd) end++;
      to = packed(values, packedFrom, at, width, to);
      to = varint(to, (end - at) * 2);
      store<i32>(to, value);
      to += (width + 7) >>> 3;
      packedFrom = end;
    }
    at = max(end, at + 8);
  }
  return packed(values, packedFrom, count, width, to);
}

/** Whether eight integers are one value. */
function isGroupOf(value: i32, group: i32): bool {
  const all = i32x4.splat(value);
  return i32x4.all_true(v128.and(i32x4.eq(v128.load(group), all), i32x4.eq(v128.load(group, 16), all)));
}

/** Groups of eight, the last one filled up with zeros. */
function packed(values: i32, from: i32, to: i32, width: i32, out: i32): i32 {
  if (to === from) return out;
  const groups = (to - from + 7) >>> 3;
  const first = varint(out, groups * 2 + 1);
  const end = first + groups * width;
  let at = first;
  let word: u64 = 0;
  let filled = 0;
  for (let i = from; i < to; i++) {
    word |= u64(load<u32>(values + (i << 2))) << filled;
    filled += width;
    if (filled >= 32) {
      store<u32>(at, u32(word));
      at += 4;
      word >>= 32;
      filled -= 32;
    }
  }
  if (at < end) {
    memory.fill(at, 0, end - at);
    for (; filled > 0; filled -= 8, word >>= 8) store<u8>(at++, u8(word));
  }
  return end;
}
