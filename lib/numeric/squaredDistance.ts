/**
 * Squared Euclidean distance of two rows: A from `a`, B from `b`, `size` numbers each. Four sums, added at the end: the
 * order is part of the result.
 */
export function squaredDistance(
  A: Float64Array,
  a: number,
  B: Float64Array,
  b: number,
  size: number,
): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let j = 0;
  for (const end = size - 3; j < end; j += 4) {
    const d0 = A[a + j] - B[b + j];
    const d1 = A[a + j + 1] - B[b + j + 1];
    const d2 = A[a + j + 2] - B[b + j + 2];
    const d3 = A[a + j + 3] - B[b + j + 3];
    s0 += d0 * d0;
    s1 += d1 * d1;
    s2 += d2 * d2;
    s3 += d3 * d3;
  }
  for (; j < size; j++) {
    const d = A[a + j] - B[b + j];
    s0 += d * d;
  }
  return s0 + s1 + (s2 + s3);
}

/** The same, given up once it is above `most`: then any number above `most`. Another order of the sum. */
export function boundedDistance(
  A: Float64Array,
  a: number,
  B: Float64Array,
  b: number,
  size: number,
  most: number,
): number {
  let sum = 0;
  let j = 0;
  for (const end = size - 7; j < end; j += 8) {
    const d0 = A[a + j] - B[b + j];
    const d1 = A[a + j + 1] - B[b + j + 1];
    const d2 = A[a + j + 2] - B[b + j + 2];
    const d3 = A[a + j + 3] - B[b + j + 3];
    const d4 = A[a + j + 4] - B[b + j + 4];
    const d5 = A[a + j + 5] - B[b + j + 5];
    const d6 = A[a + j + 6] - B[b + j + 6];
    const d7 = A[a + j + 7] - B[b + j + 7];
    sum += d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3) + (d4 * d4 + d5 * d5 + (d6 * d6 + d7 * d7));
    if (sum > most) return sum;
  }
  for (; j < size; j++) {
    const d = A[a + j] - B[b + j];
    sum += d * d;
  }
  return sum;
}
