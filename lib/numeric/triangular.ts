/**
 * Inverse of a lower triangular matrix with a positive diagonal.
 * @param L size² numbers, of which the lower triangle is read
 * @param into size² zeros; holds the inverse afterwards, lower triangular too
 */
export function invertLower(
  L: Float64Array,
  size: number,
  into: Float64Array = new Float64Array(size * size),
): Float64Array {
  for (let i = 0; i < size; i++) {
    // Row i of the inverse from the rows above it.
    const row = i * size;
    for (let m = 0; m < i; m++) {
      const factor = L[row + m];
      if (factor === 0) continue;
      for (let j = 0, above = m * size; j <= m; j++) into[row + j] -= factor * into[above + j];
    }
    for (let j = 0; j < i; j++) into[row + j] /= L[row + i];
    into[row + i] = 1 / L[row + i];
  }
  return into;
}
