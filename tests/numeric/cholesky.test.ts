import { expect, it } from "vitest";
import { choleskyInPlace, choleskySolve } from "#lib/numeric/cholesky.js";

it("factors a matrix and solves with the factor", () => {
  const L = Float64Array.of(4, 0, 0, 12, 37, 0, -16, -43, 98); // the lower triangle of Cholesky's textbook example
  choleskyInPlace(L, 3);
  expect([L[0], L[3], L[4], L[6], L[7], L[8]]).toEqual([2, 6, 1, -8, 5, 3]);
  const b = Float64Array.of(4 + 24 - 48, 12 + 74 - 129, -16 - 86 + 294); // A · (1, 2, 3)
  choleskySolve(L, 3, b);
  expect([...b]).toEqual([1, 2, 3]);
});

it("stays finite on a singular matrix", () => {
  const L = Float64Array.of(1, 0, 1, 1);
  choleskyInPlace(L, 2);
  expect(L[3]).toBeGreaterThan(0);
});
