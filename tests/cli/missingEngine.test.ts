import { existsSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { SmallProject } from "./project.js";

describe("engines that a run lacks", () => {
  const project = new SmallProject("missing");
  /** As on a machine that has no engines. */
  const without = { NIDSLAB_ENGINES_DIR: project.path("no-engines") };
  const repro = (...args: string[]) => project.with(without, "repro", ...args);

  beforeAll(() =>
    project.setParams((params) => {
      params.run.models = ["isolation", "xgb", "both"];
      params.models.xgb = { type: "xgboost" };
      params.models.both = {
        type: "voting",
        view: "raw",
        models: [{ type: "lightgbm" }, { type: "xgboost" }],
      };
      params.cross.models = ["xgb"];
      params.leaks = null;
    }),
  );
  afterEach(() => expect(existsSync(project.path("artifacts"))).toBe(false));
  afterAll(() => project.remove());

  it("are said before anything runs, with the stages and what to do", () => {
    const { code, err } = repro();
    expect(code).toBe(255);
    expect(err).toBe(
      "ERROR: engines: xgboost and lightgbm are not added, and train@site-xgb, train@site-both and cross need them. Nothing was run. " +
        "Add them: nidslab engines add xgboost lightgbm; or run the rest: -k; or restore what is recorded: --pull\n",
    );
  });

  it("are named only where the stages that are asked for need them", () => {
    const { code, err } = repro("--pull", "train@site-xgb", "train@site-isolation");
    expect(code).toBe(255);
    expect(err).toBe(
      "ERROR: engines: xgboost is not added, and train@site-xgb needs it. Nothing was run. " +
        "Add it: nidslab engines add xgboost; or run the rest: -k\n",
    );
  });

  it("are a warning of a dry run, which shows the rest", () => {
    const { code, out, err } = repro("--dry", "train@site-xgb");
    expect(code).toBe(0);
    expect(err).toMatch(/^WARNING: engines: xgboost is not added, and train@site-xgb needs it\./);
    expect(out).toContain("Running stage 'ingest'");
  });

  it("are no matter to stages that train without", () => {
    const { code, err } = repro("--dry", "train@site-isolation");
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });
});
