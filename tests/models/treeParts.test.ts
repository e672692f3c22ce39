import { describe, expect, it } from "vitest";
import { lower, scaleFor, upper } from "#lib/models/boosting/packing.js";
import type { Rows } from "#lib/models/contract.js";
import { averagePath } from "#lib/models/oneclass/isolationForest.js";
import { binColumns, binThreshold } from "#lib/models/trees/bins.js";
import { ranksByFrequency, ranksByResponse, toRanks } from "#lib/models/trees/categories.js";
import { type Ensemble, exactSums, TreeBuilder } from "#lib/models/trees/ensemble.js";
import { belowFloat32, floorFloat32, threshold } from "#lib/models/trees/float32.js";

describe("float32", () => {
  it("rounds down, also below zero", () => {
    expect(floorFloat32(0.1)).toBeLessThanOrEqual(0.1);
    expect(floorFloat32(-0.1)).toBeLessThanOrEqual(-0.1);
    expect(floorFloat32(0.5)).toBe(0.5);
    expect(belowFloat32(1)).toBe(1 - 2 ** -24);
    expect(belowFloat32(0)).toBe(-(2 ** -149));
  });

  it("keeps a threshold between neighbours, however near", () => {
    const next = Math.fround(1 + 2 ** -23);
    expect(threshold(1, next)).toBe(1);
    expect(threshold(1, 4)).toBe(2.5);
    expect(threshold(-3e38, 3e38)).toBe(0);
  });
});

describe("binColumns", () => {
  it("gives each of few distinct values its bin, and missing values one of their own", () => {
    const binned = binColumns(Float32Array.of(5, Number.NaN, -1, 5, 0, -0), 6, 1);
    expect([...binned.codes]).toEqual([2, 3, 0, 2, 1, 1]);
    expect(binned.bins[0]).toBe(3);
    expect(binned.missing[0]).toBe(1);
    expect(binThreshold(binned, 0, 0, 2)).toBe(2);
    expect(binThreshold(binned, 0, 2, 3)).toBe(Number.POSITIVE_INFINITY);
  });

  it("cuts many distinct values into at most 255 bins, a frequent value alone", () => {
    const values = Float32Array.from({ length: 3000 }, (_, i) => (i < 1000 ? 7.5 : i));
    const binned = binColumns(values, 3000, 1);
    expect(binned.bins[0]).toBeLessThanOrEqual(255);
    expect(binned.bins[0]).toBeGreaterThan(240);
    expect([binned.low[0], binned.high[0]]).toEqual([7.5, 7.5]);
    values.forEach((value, i) => {
      const code = binned.codes[i];
      expect(binned.low[code] <= value && value <= binned.high[code]).toBe(true);
    });
  });

  it("takes a column that is missing everywhere", () => {
    const binned = binColumns(Float32Array.of(Number.NaN, Number.NaN), 2, 1);
    expect([...binned.codes]).toEqual([0, 0]);
    expect(binned.bins[0]).toBe(0);
  });
});

function services(codes: readonly number[], y: readonly number[], classes: readonly string[]): Rows {
  return {
    X: { rows: codes.length, columns: 1, data: Float32Array.from(codes) },
    features: [{ name: "service", kind: "category", levels: ["dns", "ftp", "http", "ssh"] }],
    y: Int32Array.from(y),
    classes,
  };
}

describe("category ranks", () => {
  const two = ["benign", "attack"];

  it("follow the share of attacks; a level without rows is missing", () => {
    const [ranks] = ranksByResponse(services([0, 0, 1, 1, 3], [1, 1, 0, 1, 0], two));
    expect([...ranks.ranks]).toEqual([2, 1, Number.NaN, 0]);
    const X = { rows: 4, columns: 1, data: Float32Array.of(0, 2, -1, Number.NaN) };
    expect([...toRanks(X, [ranks])]).toEqual([2, Number.NaN, Number.NaN, Number.NaN]);
  });

  it("put levels of the same class side by side when there are many classes", () => {
    const rows = services([0, 0, 1, 1, 2, 2, 3, 3], [0, 0, 2, 2, 0, 0, 2, 1], ["benign", "dos", "probe"]);
    const [{ ranks }] = ranksByResponse(rows);
    expect(Math.abs(ranks[0] - ranks[2])).toBe(1);
    expect(Math.abs(ranks[1] - ranks[3])).toBe(1);
  });

  it("follow frequency where there is no response; unseen levels come after the rarest", () => {
    const [ranks] = ranksByFrequency(services([1, 1, 1, 0, 3, 3], [0, 0, 0, 0, 0, 0], ["benign"]));
    expect([...ranks.ranks]).toEqual([2, 0, 3, 1]);
    const X = { rows: 3, columns: 1, data: Float32Array.of(-1, 2, Number.NaN) };
    expect([...toRanks(X, [ranks])]).toEqual([3, 3, Number.NaN]);
  });
});

describe("exactSums", () => {
  it("rounds leaves so that their sum in float32 is the same in any order", () => {
    const values = [0.1, -3.7, 1 / 3, 0.7, 1e-9, 2.2, -0.05, 1 / 7, 5.9];
    const trees = values.map((value) => {
      const builder = new TreeBuilder(1);
      builder.setValue(builder.add(), 0, value);
      return builder.finish();
    });
    const sum = (numbers: number[]): number => numbers.reduce((a, b) => Math.fround(a + b), 0);
    const leaves = (ensemble: Ensemble): number[] => ensemble.trees.map((tree) => tree.value[0]);
    const plain: Ensemble = { trees, width: 1, target: () => 0, targets: 1, combine: "sum" };
    const exact = leaves(exactSums(plain));
    const orders = (of: number[]): number[] => [sum(of), sum([...of].reverse()), sum([...of].sort())];
    expect(new Set(orders(leaves(plain))).size).toBeGreaterThan(1);
    expect(orders(exact)).toEqual(orders(exact).fill(exact.reduce((a, b) => a + b)));
    for (const [i, value] of exact.entries()) expect(Math.abs(value - values[i])).toBeLessThan(2 ** -19);
    expect(leaves(exactSums({ ...plain, trees: [] }))).toEqual([]);
  });
});

describe("packed gradients", () => {
  it("hold both sums exactly", () => {
    const sum = -3 * 67108864 + 5 + (2 * 67108864 + 7);
    expect([upper(sum), lower(sum)]).toEqual([-1, 12]);
    expect(scaleFor(2 ** 25)).toBe(1);
    expect(scaleFor(0.3)).toBe(2 ** 26);
  });
});

describe("averagePath", () => {
  it("is that of the paper", () => {
    expect([averagePath(1), averagePath(2)]).toEqual([0, 1]);
    expect(averagePath(256)).toBeCloseTo(10.2448, 4);
  });
});
