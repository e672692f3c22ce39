import { existsSync, rmSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithEngines } from "../engines/added.js";
import { SmallProject } from "./project.js";

describeWithEngines("a stage whose engine is missing", ["xgboost"], () => {
  const project = new SmallProject("engines");
  /** As on a machine that has no engines. */
  const without = { NIDSLAB_ENGINES_DIR: project.path("no-engines") };
  const model = "artifacts/models/site/xgb";
  const said = "engines: xgboost is not added";

  const settings = (trees: number): void =>
    project.setParams((params) => {
      params.run.models = ["xgb", "isolation"];
      params.models.xgb = { type: "xgboost", trees };
      params.cross.models = ["isolation"];
    });

  beforeAll(() => {
    settings(5);
    project.write(
      ".dvc/config",
      "[core]\n    remote = store\n['remote \"store\"']\n    url = ../../remote\n",
    );
    expect(project.nidslab("repro", "-q", "train@site-xgb").code).toBe(0);
    expect(project.nidslab("push", "-q").code).toBe(0);
  }, 300_000);
  afterAll(() => project.remove());

  it("is no fault while it need not run: unchanged, or restored from an earlier run", () => {
    expect(project.with(without, "repro", "-q", "train").code).toBe(0);
    const before = project.hashes(model);
    rmSync(project.path(model), { recursive: true });
    expect(project.with(without, "repro", "-q", "train@site-xgb").code).toBe(0);
    expect(project.hashes(model)).toEqual(before);
    // All that it needs has to be restored as well.
    rmSync(project.path("artifacts"), { recursive: true });
    expect(project.with(without, "repro", "-q", "train@site-xgb").code).toBe(0);
    expect(project.hashes(model)).toEqual(before);
  }, 120_000);

  it("has its recorded outputs restored from the cache", () => {
    const before = project.hashes(model);
    rmSync(project.path(model), { recursive: true });
    expect(project.with(without, "repro", "-q", "--pull", "train@site-xgb").code).toBe(0);
    expect(project.hashes(model)).toEqual(before);
  }, 120_000);

  it("has them restored by --pull from a remote", () => {
    const before = project.hashes(model);
    rmSync(project.path(model), { recursive: true });
    rmSync(project.path(".dvc/cache"), { recursive: true });
    expect(project.with(without, "repro", "-q", "--pull", "train@site-xgb").code).toBe(0);
    expect(project.hashes(model)).toEqual(before);
  }, 120_000);

  it("is said in one line, before anything else runs, when it must run", () => {
    settings(6);
    const isolation = project.hashes("artifacts/models/site/isolation");
    project.setParams((params) => {
      params.run.models = ["isolation", "xgb"];
      params.models.isolation.trees = 11;
      params.models.xgb = { type: "xgboost", trees: 6 };
      params.cross.models = ["isolation"];
    });
    const { code, err } = project.with(without, "repro", "train");
    expect(code).toBe(255);
    expect(err).toMatch(
      new RegExp(`^ERROR: ${said}, and train@site-xgb needs it\\. Nothing was run\\.[^\n]+\n$`),
    );
    expect(project.hashes("artifacts/models/site/isolation")).toEqual(isolation);
    // A stage whose inputs are made anew needs it, too, and --pull has nothing recorded for it then.
    settings(5);
    const deeper = project.with(without, "repro", "--pull", "-S", "labels.empty=benign", "train@site-xgb");
    expect(deeper.err).toContain(said);
  }, 120_000);

  it("says so in one line with the command when it must run; -k finishes the rest", () => {
    settings(6);
    const { code, out, err } = project.with(without, "repro", "-k", "train");
    expect(code).toBe(255);
    const lines = `${out}${err}`.split("\n").filter((line) => line.includes(said));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/Add it: nidslab engines add xgboost$/);
    expect(existsSync(project.path("artifacts/models/site/isolation/model.onnx"))).toBe(true);
  }, 120_000);
});
