/**
 * Takes the values of a column into the hashes of their rows, 64 bits each: table/rows/hash.ts is its other side. A round
 * maps the state one to one, and for a given state also the value: xor, and the finish of MurmurHash3 (Appleby 2011).
 */
const ONE: u64 = 0xff51afd7ed558ccd;
const OTHER: u64 = 0xc4ceb9fe1a85ec53;
/** The bits of a missing value, of which there are many. */
const MISSING: u64 = 0x7ff8000000000001;
/** The exponent's bits of a double without its sign: above it are missing values. */
const INFINITE: u64 = 0xffe0000000000000;

/** Doubles; 0 is -0. */
export function numbers(values: i32, n: i32, hashes: i32): void {
  for (let i = 0; i < n; i++) {
    const bits = load<u64>(values + (i << 3));
    const unsigned = bits << 1;
    take(hashes + (i << 3), unsigned > INFINITE ? MISSING : unsigned === 0 ? 0 : bits);
  }
}

/** Codes of texts, whose own hashes stand at `texts`; -1 is missing. */
export function codes(values: i32, n: i32, texts: i32, hashes: i32): void {
  for (let i = 0; i < n; i++) {
    const code = load<i32>(values + (i << 2));
    take(hashes + (i << 3), code < 0 ? MISSING : load<u64>(texts + (code << 3)));
  }
}

/** A column without a value. */
export function missing(n: i32, hashes: i32): void {
  for (let i = 0; i < n; i++) take(hashes + (i << 3), MISSING);
}

function take(at: i32, bits: u64): void {
  let hash = (load<u64>(at) ^ bits) * ONE;
  hash = (hash ^ (hash >> 32)) * OTHER + 1;
  store<u64>(at, hash ^ (hash >> 32));
}
