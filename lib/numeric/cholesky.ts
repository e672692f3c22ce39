/**
 * Cholesky factor L of a symmetric positive matrix A = L Lᵀ, in place. A pivot that rounding made (almost) zero is
 * replaced by a small positive one, so that the result is always the factor of a positive matrix near A.
 * @param A size² numbers; the lower triangle is read, and holds L afterwards
 */
export function choleskyInPlace(A: Float64Array, size: number): void {
  let largest = 0;
  for (let i = 0; i < size; i++) largest = Math.max(largest, A[i * size + i]);
  const floor = Math.max(largest * 1e-14, Number.MIN_VALUE);
  for (let i = 0; i < size; i++) {
    const rowI = i * size;
    for (let j = 0; j <= i; j++) {
      const rowJ = j * size;
      let sum = A[rowI + j];
      for (let m = 0; m < j; m++) sum -= A[rowI + m] * A[rowJ + m];
      A[rowI + j] = i === j ? Math.sqrt(Math.max(sum, floor)) : sum / A[rowJ + j];
    }
  }
}

/** Solve L Lᵀ x = b; x replaces b. */
export function choleskySolve(L: Float64Array, size: number, b: Float64Array): void {
  for (let i = 0; i < size; i++) {
    let sum = b[i];
    for (let m = 0; m < i; m++) sum -= L[i * size + m] * b[m];
    b[i] = sum / L[i * size + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    const x = b[i] / L[i * size + i];
    b[i] = x;
    for (let m = 0; m < i; m++) b[m] -= L[i * size + m] * x;
  }
}
