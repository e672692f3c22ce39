import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { mapFigure, pcaMap, umapMap } from "#lib/notebook/maps.js";

/** Two clouds of 20 points in three dimensions, far from each other along the first. */
function clouds() {
  const rng = Rng.root(1).fork("clouds");
  const data = Float32Array.from(
    { length: 120 },
    (_, i) => rng.uniform() + (i % 3 === 0 && i >= 60 ? 50 : 0),
  );
  return { rows: 40, columns: 3, data };
}

describe("maps", () => {
  it("by PCA lay the direction of the largest variance along x", async () => {
    const { x, axes } = await pcaMap(clouds());
    const left = x.subarray(0, 20);
    const right = x.subarray(20);
    expect(Math.min(...right) - Math.max(...left)).toBeGreaterThan(45);
    expect(axes[0]).toMatch(/^First component \(99\.\d+% of the variance\)$/);
  });
  it("by UMAP are the same for the same seed, and keep neighbours together", async () => {
    const options = { seed: 7, neighbors: 5, epochs: 60 };
    const map = await umapMap(clouds(), options);
    expect(await umapMap(clouds(), options)).toEqual(map);
    expect(await umapMap(clouds(), { ...options, seed: 8 })).not.toEqual(map);
    const nearest = (row: number): number => {
      let [best, least] = [-1, Number.POSITIVE_INFINITY];
      for (let other = 0; other < 40; other++) {
        const far = Math.hypot(map.x[row] - map.x[other], map.y[row] - map.y[other]);
        if (other !== row && far < least) [best, least] = [other, far];
      }
      return best;
    };
    const kept = Array.from({ length: 40 }, (_, row) => row).filter((row) => nearest(row) < 20 === row < 20);
    expect(kept.length).toBeGreaterThanOrEqual(38);
  });
  it("refuse more neighbours than rows", async () => {
    await expect(umapMap(clouds(), { seed: 1, neighbors: 40 })).rejects.toThrow(
      "umap: 40 neighbours of 40 rows. Ask for fewer neighbours, or take more rows.",
    );
  });
  it("put small groups together", () => {
    const place = Float64Array.of(0, 1, 2, 3);
    const { chart } = mapFigure({ x: place, y: place, axes: ["x", "y"] }, ["a", "a", "b", "c"], {
      title: "t",
      groups: 2,
    });
    if (chart.kind !== "scatter") throw new Error(chart.kind);
    expect(chart.series).toEqual([
      { name: "a", x: [0, 1], y: [0, 1] },
      { name: "other", x: [2, 3], y: [2, 3] },
    ]);
  });
});
