import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { permutationImportance } from "#lib/explain/permutation.js";
import type { Matrix } from "#lib/table/matrix.js";

const rows = 40;
const isAttack = Uint8Array.from({ length: rows }, (_, i) => i % 2);
/** Column 0 tells attacks, column 1 nothing, column 2 is constant, column 3 is a category that the score does not use. */
const X: Matrix = {
  rows,
  columns: 4,
  data: Float32Array.from({ length: rows * 4 }, (_, at) => {
    const [i, j] = [Math.floor(at / 4), at % 4];
    return [i % 2, i, 5, i % 3][j];
  }),
};
const names = ["tells", "noise", "constant", "unused"];
const score = async ({ rows: n, data }: Matrix): Promise<Float64Array> =>
  Float64Array.from({ length: n }, (_, i) => 0.1 + 0.8 * data[i * 4] + 1e-4 * data[i * 4 + 1]);
const options = { metric: "average_precision", repeats: 4, rng: Rng.root(1) } as const;

describe("permutationImportance", () => {
  it("falls by what the model took from a column, and by nothing for the others", async () => {
    const found = await permutationImportance(score, X, isAttack, names, options);
    expect(found.baseline).toBe(1);
    const [tells, noise, constant, unused] = found.columns;
    expect(tells.drop).toBeGreaterThan(0.3);
    expect(tells.lo).toBeLessThan(tells.drop);
    expect(tells.hi).toBeGreaterThan(tells.drop);
    expect(Math.abs(noise.drop)).toBeLessThan(0.01);
    expect([constant.drop, constant.lo, unused.drop]).toEqual([0, 0, 0]);
  });

  it("has a stream for each column: the others change nothing in it", async () => {
    const all = await permutationImportance(score, X, isAttack, names, options);
    const again = await permutationImportance(score, X, isAttack, ["tells"], options);
    expect(again.columns[0]).toEqual(all.columns[0]);
  });

  it("takes log_loss, as how much it rises", async () => {
    const found = await permutationImportance(score, X, isAttack, names, { ...options, metric: "log_loss" });
    expect(found.baseline).toBeCloseTo(0.105, 2);
    expect(found.columns[0].drop).toBeGreaterThan(0.5);
  });

  it("moves a column's values in all rows of a window together", async () => {
    // Two rows of two columns: the score is told by the sum of the first column, which no single one tells.
    const windows: Matrix = {
      rows,
      columns: 4,
      data: Float32Array.from({ length: rows * 4 }, (_, at) => {
        const [i, j] = [Math.floor(at / 4), at % 4];
        const first = Math.floor(i / 2) % 2;
        return [first, i, (i % 2) - first, 5][j];
      }),
    };
    const sum = async ({ rows: n, data }: Matrix): Promise<Float64Array> =>
      Float64Array.from({ length: n }, (_, i) => data[i * 4] + data[i * 4 + 2]);
    const { columns } = await permutationImportance(sum, windows, isAttack, ["a", "b"], {
      ...options,
      window: 2,
    });
    expect(columns.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(columns[0].drop).toBeGreaterThan(0.3);
    expect(columns[1].drop).toBe(0);
  });

  it("needs both classes", async () => {
    await expect(permutationImportance(score, X, new Uint8Array(rows), names, options)).rejects.toThrow(
      "explain: permutation importance needs rows of both classes, found 0 attacks among 40 rows. Choose another split.",
    );
  });
});
