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
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
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
