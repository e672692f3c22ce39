import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { compressRows, majorityValues } from "#lib/numeric/sparseRows.js";

const kinds = [Float32Array, Float64Array] as const;

describe.each(kinds)("rows of %o", (Numbers) => {
  it("finds what more than half of the rows of a column have, numbers that are not finite apart", () => {
    const data = Numbers.of(1, 7, Number.NaN, 2, 0, 1, 7, Number.NaN, 2, 5, 3, 8, 1, 2, -0);
    expect([...majorityValues({ rows: 3, columns: 5, data })].slice(0, 4)).toEqual([1, 7, 1, 2]);
    expect([...majorityValues({ rows: 1, columns: 1, data: Numbers.of(Number.POSITIVE_INFINITY) })]).toEqual([
      0,
    ]);
  });

  it("keeps what differs from the constants, in the order of rows and columns", () => {
    const data = Numbers.of(1, 0, 5, 1, 2, Number.NaN, 1, 0, 5, 0, -0, 6);
    const X = { rows: 4, columns: 3, data };
    const all = compressRows(X, Float64Array.of(1, 0, 5));
    expect([...all.start]).toEqual([0, 0, 2, 2, 4]);
    expect([...all.column]).toEqual([1, 2, 0, 2]);
    expect([...all.value]).toEqual([2, Number.NaN, -1, 1]);
    const last = compressRows(X, Float64Array.of(1, 0, 5), [2, 4]);
    expect([...last.start, ...last.column, ...last.value]).toEqual([0, 0, 2, 0, 2, -1, 1]);
  });

  it("gives every row back, however many there are", () => {
    const rng = Rng.root(5);
    const [rows, columns] = [3000, 37];
    const data = new Numbers(rows * columns);
    for (let at = 0; at < data.length; at++) data[at] = rng.uniform() < 0.7 ? at % columns : rng.integer(9);
    const shift = majorityValues({ rows, columns, data });
    expect([...shift]).toEqual([...shift.keys()]);
    const { start, column, value } = compressRows({ rows, columns, data }, shift);
    const back = new Numbers(rows * columns);
    for (let i = 0; i < rows; i++) {
      back.set(shift, i * columns);
      for (let p = start[i]; p < start[i + 1]; p++) back[i * columns + column[p]] += value[p];
    }
    expect(back.findIndex((x, at) => x !== data[at])).toBe(-1);
  });
});
