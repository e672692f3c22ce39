import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { Rng } from "#lib/base/rng.js";
import { definition as logistic } from "#lib/models/linear/logistic.js";
import { type Candidate, candidatesOf } from "#lib/models/search/candidates.js";
import { searchParams } from "#lib/models/search/params.js";
import { definition } from "#lib/models/trees/randomForest.js";

const shapeOf = (params: unknown): Record<string, z.ZodType> => (params as z.ZodObject).shape as never;
const of = (search: object, params: unknown = definition.params): Candidate[] =>
  candidatesOf(searchParams.parse(search), shapeOf(params), Rng.root(7));

describe("candidates of a grid", () => {
  it("are all combinations, the last parameter changing fastest, equal ones once", () => {
    expect(of({ method: "grid", over: { trees: [5, 9, 5], bootstrap: [true, false] } })).toEqual([
      { trees: 5, bootstrap: true },
      { trees: 5, bootstrap: false },
      { trees: 9, bootstrap: true },
      { trees: 9, bootstrap: false },
    ]);
  });
  it("take the steps of a range, whole where the parameter is", () => {
    expect(of({ method: "grid", over: { trees: { from: 1, to: 1000, log: true, steps: 4 } } })).toEqual(
      [1, 10, 100, 1000].map((trees) => ({ trees })),
    );
    expect(
      of({ method: "grid", over: { l2: { from: 0.01, to: 1, log: true, steps: 3 } } }, logistic.params),
    ).toEqual([0.01, 0.1, 1].map((l2) => ({ l2 })));
  });
});

describe("candidates of a random search", () => {
  it("are as many as were asked for, each once, within their ranges, and the same for a stream", () => {
    const search = {
      candidates: 40,
      over: { trees: { from: 3, to: 9 }, min_leaf: { from: 1, to: 90, log: true } },
    };
    const found = of(search);
    expect(found).toHaveLength(40);
    expect(new Set(found.map((each) => JSON.stringify(each))).size).toBe(40);
    for (const { trees, min_leaf: leaf } of found as { trees: number; min_leaf: number }[]) {
      expect(Number.isInteger(trees) && trees >= 3 && trees <= 9).toBe(true);
      expect(Number.isInteger(leaf) && leaf >= 1 && leaf <= 90).toBe(true);
    }
    expect(of(search)).toEqual(found);
  });
  it("spread evenly over the logarithm, with six digits", () => {
    const found = of({ candidates: 400, over: { l2: { from: 0.01, to: 100, log: true } } }, logistic.params);
    const values = found.map(({ l2 }) => l2 as number);
    const low = values.filter((l2) => l2 < 1).length;
    expect(low).toBeGreaterThan(160);
    expect(low).toBeLessThan(240);
    expect(values.every((l2) => String(l2).length <= 11)).toBe(true);
  });
  it("end where there are no more", () => {
    expect(of({ candidates: 50, over: { bootstrap: [true, false], trees: [1, 2, 3] } })).toHaveLength(6);
  });
});
