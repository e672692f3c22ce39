import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { symmetricEigen } from "#lib/numeric/symmetricEigen.js";

describe("symmetricEigen", () => {
  it("finds what is known by hand, largest first, the largest component positive", () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(2, 0, 1, 2), 2); // [[2, 1], [1, 2]]
    expect([...values]).toEqual([expect.closeTo(3, 14), expect.closeTo(1, 14)]);
    const half = Math.SQRT1_2;
    expect([...vectors].map((x) => x / half)).toEqual([1, 1, 1, -1].map((x) => expect.closeTo(x, 14)));
  });

  it("takes no row, one row, a diagonal and zeros", () => {
    expect(symmetricEigen(new Float64Array(0), 0).values.length).toBe(0);
    expect([...symmetricEigen(Float64Array.of(-4), 1).values]).toEqual([-4]);
    const diagonal = symmetricEigen(Float64Array.of(1, 0, 0, 0, 7, 0, 0, 0, -2), 3);
    expect([...diagonal.values]).toEqual([7, 1, -2]);
    expect([...diagonal.vectors]).toEqual([0, 1, 0, 1, 0, 0, 0, 0, 1]);
    expect([...symmetricEigen(new Float64Array(9), 3).values]).toEqual([0, 0, 0]);
  });

  it("rebuilds the matrix from orthonormal vectors, a part of low rank included", () => {
    const n = 40;
    const rng = Rng.root(3);
    const B = Float64Array.from({ length: n * 25 }, () => rng.uniform() - 0.5);
    const A = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) for (let k = 0; k < 25; k++) A[i * n + j] += B[i * 25 + k] * B[j * 25 + k];
    const { values, vectors } = symmetricEigen(A, n);
    let worst = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let [back, dot] = [0, 0];
        for (let k = 0; k < n; k++) {
          back += values[k] * vectors[k * n + i] * vectors[k * n + j];
          dot += vectors[i * n + k] * vectors[j * n + k];
        }
        worst = Math.max(worst, Math.abs(back - A[i * n + j]), Math.abs(dot - Number(i === j)));
      }
    }
    expect(worst).toBeLessThan(1e-13);
    expect(values.every((value, i) => i === 0 || value <= values[i - 1])).toBe(true);
    expect(Math.abs(values[30])).toBeLessThan(1e-13);
  });

  it("refuses what is not finite", () => {
    expect(() => symmetricEigen(Float64Array.of(1, 0, Number.NaN, 1), 2)).toThrow(/entry \(1, 0\).*NaN/);
  });
});
