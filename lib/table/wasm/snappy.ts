const BLOCK = 65_536;
const HASH_BITS = 14;
const MULTIPLIER: u32 = 0x1e35a7bd;

/**
 * Append the Snappy form of `length` bytes (the raw format, as Parquet has it: no frame, no checksum), without the length
 * that stands before it; returns the position behind it. What does not compress is passed over quickly.
 * Source: google/snappy, format_description.txt; the search for matches is CompressFragment's.
 * @param table memory for 2^14 integers of 16 bits
 */
export function snappy(source: i32, length: i32, out: i32, table: i32): i32 {
  let to = out;
  const sourceEnd = source + length;
  for (let start = source; start < sourceEnd; start += BLOCK) {
    to = block(start, min(start + BLOCK, sourceEnd), to, table);
  }
  return to;
}

function block(start: i32, end: i32, out: i32, table: i32): i32 {
  memory.fill(table, 0, 2 << HASH_BITS);
  let to = out;
  const limit = end - 15;
  let emitted = start;
  let at = start + 1;
  while (at < limit) {
    let candidate = start;
    let found = false;
    for (let skip = 32; at < limit; at += skip++ >>> 5) {
      const word = load<u32>(at);
      const slot = table + slotOf(word);
      candidate = start + load<u16>(slot);
      store<u16>(slot, u16(at - start));
      if (word === load<u32>(candidate)) {
        found = true;
        break;
      }
    }
    if (!found) break;
    to = literal(emitted, at, to);
    const length = 4 + equalBytes(at + 4, candidate + 4, end);
    to = copy(at - candidate, length, to);
    at += length;
    emitted = at;
    if (at < limit) store<u16>(table + slotOf(load<u32>(at - 1)), u16(at - 1 - start));
  }
  return literal(emitted, end, to);
}

/** Where in the table four bytes belong. */
function slotOf(word: u32): i32 {
  return i32((word * MULTIPLIER) >>> (32 - HASH_BITS)) << 1;
}

/** How many bytes from `one` on are those from `other` on. */
function equalBytes(one: i32, other: i32, end: i32): i32 {
  let length = 0;
  for (; one + length + 8 <= end; length += 8) {
    const difference = load<u64>(one + length) ^ load<u64>(other + length);
    if (difference !== 0) return length + (i32(ctz(difference)) >>> 3);
  }
  while (one + length < end && load<u8>(one + length) === load<u8>(other + length)) length++;
  return length;
}

function literal(from: i32, to: i32, out: i32): i32 {
  const length = to - from;
  if (length === 0) return out;
  const n = length - 1;
  let at = out;
  if (n < 60) store<u8>(at++, n << 2);
  else if (n < 256) {
    store<u16>(at, (60 << 2) | (n << 8));
    at += 2;
  } else {
    store<u8>(at, 61 << 2);
    store<u16>(at, n, 1);
    at += 3;
  }
  if (length <= 16) v128.store(at, v128.load(from));
  else memory.copy(at, from, length);
  return at + length;
}

function copy(offset: i32, length: i32, out: i32): i32 {
  let at = out;
  let left = length;
  while (left > 0) {
    // The rest must not be shorter than a copy can be said cheaply, as in the reference.
    const n = left > 67 ? 64 : left > 64 ? 60 : left;
    if (n >= 4 && n < 12 && offset < 2048) {
      store<u16>(at, 1 | ((n - 4) << 2) | ((offset >>> 8) << 5) | ((offset & 255) << 8));
      at += 2;
    } else {
      store<u8>(at, 2 | ((n - 1) << 2));
      store<u16>(at, offset, 1);
      at += 3;
    }
    left -= n;
  }
  return at;
}
