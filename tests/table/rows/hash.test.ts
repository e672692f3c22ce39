import { describe, expect, it } from "vitest";
import { HashKernel } from "#lib/table/rows/hash.js";
import { type Column, float64, text } from "#lib/table/table.js";

/** The hashes of rows of these columns, as texts. */
function hashes(kernel: HashKernel, rows: number, ...columns: (Column | null)[]): string[] {
  kernel.reserve(rows);
  kernel.clear(0, rows);
  for (const column of columns) kernel.take(0, rows, column);
  const words = kernel.words(0, rows);
  return Array.from({ length: rows }, (_, row) => `${words[2 * row]} ${words[2 * row + 1]}`);
}

describe("HashKernel", () => {
  it("takes equal values for equal, however they are stored", () => {
    const kernel = new HashKernel();
    const numbers = hashes(kernel, 4, float64([0, -0, 1.5, Number.NaN]));
    const floats: Column = {
      kind: "number",
      type: "float32",
      values: Float32Array.of(-0, 0, 1.5, Number.NaN),
    };
    expect(hashes(kernel, 4, floats)).toEqual(numbers);
    expect(new Set(numbers).size).toBe(3);
    const some: Column = { kind: "text", codes: Int32Array.of(3, -1), dictionary: ["", "u", "v", "w"] };
    expect(hashes(kernel, 2, some)).toEqual(hashes(kernel, 2, text(["w", null])));
    expect(hashes(kernel, 1, text([null]))).toEqual(hashes(kernel, 1, null));
  });
  it("tells the order of columns, and a column more", () => {
    const kernel = new HashKernel();
    const [a, b] = [float64([1]), float64([2])];
    const found = [
      hashes(kernel, 1, a, b),
      hashes(kernel, 1, b, a),
      hashes(kernel, 1, a),
      hashes(kernel, 1, a, null),
    ];
    expect(new Set(found.flat()).size).toBe(4);
  });
  it("has the same for many rows as for each alone, and the two sets stand apart", () => {
    const kernel = new HashKernel();
    const one = hashes(kernel, 1, float64([8]))[0];
    const many = hashes(kernel, 100_000, float64(new Array(100_000).fill(8)));
    expect(new Set(many)).toEqual(new Set([one]));
    kernel.copy(100_000);
    kernel.take(1, 100_000, null);
    expect(kernel.words(1, 1)[0]).not.toBe(kernel.words(0, 1)[0]);
    expect(`${kernel.words(0, 1)[0]} ${kernel.words(0, 1)[1]}`).toBe(one);
  });
});
