import { DataError } from "../base/errors.js";

/** Eigenvalues and vectors of a symmetric matrix of `size` rows. */
export interface SymmetricEigen {
  readonly size: number;
  /** From the largest to the smallest. */
  readonly values: Float64Array;
  /** size × size: row i is the unit vector of value i. Its largest component (of equal ones the first) is positive. */
  readonly vectors: Float64Array;
}

/** Steps for one eigenvalue; two or three are usual. */
const MOST_STEPS = 60;
/** Components that differ by less than this share are equal for the choice of the sign. */
const EQUAL = 1e-9;

/**
 * All eigenvalues and vectors of a symmetric matrix: Householder reflections to tridiagonal form, then implicit QL
 * steps. About 9 size³ operations; the same bytes on every machine. Vectors of (nearly) equal values are an arbitrary
 * basis of their space.
 * @param A size² numbers, of which the lower triangle is read; stays as it was
 * @throws DataError when an entry is missing or infinite
 * Source: tred2 and tql2 of Martin, Reinsch and Wilkinson 1968 and Bowdler et al. 1968 (Handbook for Automatic
 * Computation II, contributions II/2 and II/3).
 */
export function symmetricEigen(A: Float64Array, size: number): SymmetricEigen {
  const V = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const entry = A[i * size + j];
      if (!Number.isFinite(entry)) {
        throw new DataError(
          `eigenvalues: entry (${i}, ${j}) of the matrix is ${entry}, finite numbers are expected. ` +
            "Impute or remove missing and infinite values first.",
        );
      }
      V[i * size + j] = entry;
      V[j * size + i] = entry;
    }
  }
  const d = new Float64Array(size);
  const e = new Float64Array(size);
  if (size > 0) tridiagonal(V, size, d, e);
  const Q = transposed(V, size);
  implicitQl(Q, size, d, e);
  return sorted(Q, size, d);
}

/** V becomes the product of the reflections, d the diagonal and e (from 1) the other diagonal. */
function tridiagonal(V: Float64Array, n: number, d: Float64Array, e: Float64Array): void {
  const last = (n - 1) * n;
  for (let j = 0; j < n; j++) d[j] = V[last + j];
  for (let i = n - 1; i > 0; i--) {
    let scale = 0;
    let h = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(d[k]);
    if (scale === 0) {
      e[i] = d[i - 1];
      for (let j = 0; j < i; j++) {
        d[j] = V[(i - 1) * n + j];
        V[i * n + j] = 0;
        V[j * n + i] = 0;
      }
    } else {
      for (let k = 0; k < i; k++) {
        d[k] /= scale;
        h += d[k] * d[k];
      }
      const f = d[i - 1];
      const g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h);
      e[i] = scale * g;
      h -= f * g;
      d[i - 1] = f - g;
      for (let j = 0; j < i; j++) e[j] = 0;
      for (let j = 0; j < i; j++) {
        const x = d[j];
        V[j * n + i] = x;
        let sum = e[j] + V[j * n + j] * x;
        for (let k = j + 1; k < i; k++) {
          sum += V[k * n + j] * d[k];
          e[k] += V[k * n + j] * x;
        }
        e[j] = sum;
      }
      let product = 0;
      for (let j = 0; j < i; j++) {
        e[j] /= h;
        product += e[j] * d[j];
      }
      const half = product / (h + h);
      for (let j = 0; j < i; j++) e[j] -= half * d[j];
      for (let j = 0; j < i; j++) {
        const x = d[j];
        const y = e[j];
        for (let k = j; k < i; k++) V[k * n + j] -= x * e[k] + y * d[k];
        d[j] = V[(i - 1) * n + j];
        V[i * n + j] = 0;
      }
    }
    d[i] = h;
  }
  for (let i = 0; i < n - 1; i++) {
    V[last + i] = V[i * n + i];
    V[i * n + i] = 1;
    const h = d[i + 1];
    if (h !== 0) {
      for (let k = 0; k <= i; k++) d[k] = V[k * n + i + 1] / h;
      for (let j = 0; j <= i; j++) {
        let g = 0;
        for (let k = 0; k <= i; k++) g += V[k * n + i + 1] * V[k * n + j];
        for (let k = 0; k <= i; k++) V[k * n + j] -= g * d[k];
      }
    }
    for (let k = 0; k <= i; k++) V[k * n + i + 1] = 0;
  }
  for (let j = 0; j < n; j++) {
    d[j] = V[last + j];
    V[last + j] = 0;
  }
  V[last + n - 1] = 1;
  e[0] = 0;
}

/** d becomes the eigenvalues, the rows of Q their vectors. */
function implicitQl(Q: Float64Array, n: number, d: Float64Array, e: Float64Array): void {
  for (let i = 1; i < n; i++) e[i - 1] = e[i];
  if (n > 0) e[n - 1] = 0;
  let shift = 0;
  let largest = 0;
  for (let l = 0; l < n; l++) {
    largest = Math.max(largest, Math.abs(d[l]) + Math.abs(e[l]));
    let m = l;
    while (m < n - 1 && Math.abs(e[m]) > Number.EPSILON * largest) m++;
    for (let step = 0; m > l && Math.abs(e[l]) > Number.EPSILON * largest; step++) {
      if (step === MOST_STEPS)
        throw new DataError("eigenvalues: no convergence; the matrix is badly scaled.");
      let g = d[l];
      let p = (d[l + 1] - g) / (2 * e[l]);
      let r = p < 0 ? -Math.hypot(p, 1) : Math.hypot(p, 1);
      d[l] = e[l] / (p + r);
      d[l + 1] = e[l] * (p + r);
      const next = d[l + 1];
      const h = g - d[l];
      for (let i = l + 2; i < n; i++) d[i] -= h;
      shift += h;
      p = d[m];
      let [c, c2, c3] = [1, 1, 1];
      const beyond = e[l + 1];
      let [s, s2] = [0, 0];
      for (let i = m - 1; i >= l; i--) {
        c3 = c2;
        c2 = c;
        s2 = s;
        g = c * e[i];
        const q = c * p;
        r = Math.hypot(p, e[i]);
        e[i + 1] = s * r;
        s = e[i] / r;
        c = p / r;
        p = c * d[i] - s * g;
        d[i + 1] = q + s * (c * g + s * d[i]);
        rotate(Q, n, i, c, s);
      }
      p = (-s * s2 * c3 * beyond * e[l]) / next;
      e[l] = s * p;
      d[l] = c * p;
    }
    d[l] += shift;
    e[l] = 0;
  }
}

function rotate(Q: Float64Array, n: number, i: number, c: number, s: number): void {
  for (let a = i * n, b = a + n, end = b; a < end; a++, b++) {
    const y = Q[b];
    Q[b] = s * Q[a] + c * y;
    Q[a] = c * Q[a] - s * y;
  }
}

function transposed(V: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[j * n + i] = V[i * n + j];
  return out;
}

function sorted(Q: Float64Array, n: number, d: Float64Array): SymmetricEigen {
  const order = Array.from(d.keys()).sort((a, b) => d[b] - d[a] || a - b);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    const vector = Q.subarray(from * n, (from + 1) * n);
    const sign = vector[largestComponent(vector)] < 0 ? -1 : 1;
    for (let j = 0; j < n; j++) vectors[to * n + j] = sign * vector[j];
  });
  return { size: n, values: Float64Array.from(order, (i) => d[i]), vectors };
}

/** The first of the components that are as large as any but for rounding. */
function largestComponent(vector: Float64Array): number {
  let most = 0;
  for (let j = 0; j < vector.length; j++) most = Math.max(most, Math.abs(vector[j]));
  return vector.findIndex((x) => Math.abs(x) >= most * (1 - EQUAL));
}
