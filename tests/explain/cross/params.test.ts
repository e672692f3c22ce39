import { describe, expect, it } from "vitest";
import { columnsNamed, crossParams, matricesOf } from "#lib/explain/cross/params.js";

const rest = { models: ["forest"], rows: null, few_shot: [] };

describe("cross of params.yaml", () => {
  it("is one matrix, several or none; equal names get a number", () => {
    expect(matricesOf(crossParams.parse(null))).toEqual([]);
    const one = crossParams.parse({ by: ["site", "day"], ...rest });
    expect(matricesOf(one).map(({ name }) => name)).toEqual(["site-day"]);
    const two = crossParams.parse([
      { by: ["dataset"], ...rest },
      { by: ["dataset"], ...rest },
    ]);
    expect(matricesOf(two).map(({ name }) => name)).toEqual(["dataset", "dataset-2"]);
  });

  it("names domains by columns or one by one, and not both", () => {
    const domains = { old: { source: "a" }, hard: { subset: "Test-21" } };
    const named = crossParams.parse({ domains, within: { dataset: ["x"] }, ...rest });
    expect(matricesOf(named).flatMap(columnsNamed)).toEqual(["dataset", "source", "subset"]);
    expect(crossParams.safeParse({ by: ["site"], domains, ...rest }).success).toBe(false);
    expect(crossParams.safeParse(rest).success).toBe(false);
    expect(crossParams.safeParse({ by: ["label"], ...rest }).success).toBe(false);
  });
});
