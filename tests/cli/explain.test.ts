import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SmallProject } from "./project.js";

let project: SmallProject;
const log = "data/testbed/site-b/day1.conn.log.labeled";
const model = "artifacts/models/site/boosting";

beforeAll(async () => {
  project = new SmallProject("explain");
  await project.stages("ingest", "split site", "features site", "train site-boosting", "explain boosting");
});
afterAll(() => project.remove());

describe("explain", () => {
  it("prints the ten strongest columns of a flow, which add up with the rest", () => {
    const { code, out } = project.nidslab("explain", "--model", model, "--in", log, "--row", "3", "--json");
    expect(code).toBe(0);
    const found = JSON.parse(out);
    expect([found.row, found.method, found.of]).toEqual([3, "TreeSHAP", "log-odds of an attack"]);
    const parts: number[] = found.columns.map(({ contribution }: { contribution: number }) => contribution);
    expect(parts).toHaveLength(10);
    expect(parts.map(Math.abs)).toEqual(parts.map(Math.abs).sort((a, b) => b - a));
    const sum = parts.reduce((a, b) => a + b, found.base + found.rest.contribution);
    expect(sum).toBeCloseTo(found.sum, 9);
    expect(1 / (1 + Math.exp(-found.sum))).toBeCloseTo(found.score, 5);
  });

  it("draws it, and says in a table what is usual", () => {
    const { code, out } = project.nidslab(
      ...["explain", "--model", model, "--in", log, "--row", "3", "--figure", "why.svg"],
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^Flow 3 of .*: (attack|benign) \(score/);
    expect(out).toMatch(/column +value +unit +usual \(benign\)/);
    expect(existsSync(project.path("why.svg"))).toBe(true);
  });

  it("refuses by name what is not there", () => {
    const error = (...args: string[]): string => project.nidslab("explain", ...args).err;
    expect(error("--in", log)).toContain("explain: --row is missing: the number of the flow, from 0.");
    expect(error("--model", model, "--in", log, "--row", "999999")).toMatch(
      /explain: --row 999999 is not in .*, which has rows 0 to \d+\./,
    );
    expect(error("--model", `${model.slice(0, -1)}`, "--in", log, "--row", "1")).toContain(
      `Did you mean "${model}"?`,
    );
    expect(error("--in", log, "--row", "1", "--method", "tre")).toContain('Did you mean "tree"?');
    expect(error("--model", model, "--in", log, "--row", "1", "--method", "linear")).toContain(
      "is not linear up to its margins, which --method linear needs.",
    );
  });
});

describe("the stage explain", () => {
  it("writes importance with intervals, Shapley values and single flows", () => {
    const found = JSON.parse(project.read("reports/explain/boosting.json"));
    expect(found.importance.part).toBe("validation");
    for (const { drop, lo, hi } of found.importance.columns) expect(lo <= drop && drop <= hi).toBe(true);
    const { columns, contributions } = found.shap.sample;
    expect(contributions).toHaveLength(columns.length);
    expect(contributions[0]).toHaveLength(found.shap.rows);
    expect(found.flows.found.explanation.decision).toBe("attack");
    expect(found.flows.missed?.explanation.decision ?? "benign").toBe("benign");
  });
});
