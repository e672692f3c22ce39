/** Unsigned LEB128; returns the position behind it. */
export function varint(out: i32, value: u64): i32 {
  let at = out;
  let rest = value;
  for (; rest >= 128; rest >>= 7) store<u8>(at++, u8(rest | 128));
  store<u8>(at, u8(rest));
  return at + 1;
}

/** Zigzag, then LEB128. */
export function zigzag(out: i32, value: i64): i32 {
  return varint(out, u64((value << 1) ^ (value >> 63)));
}
