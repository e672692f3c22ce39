import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "#lib/base/errors.js";
import { command } from "#lib/cli/evaluate.js";
import { readParquet } from "#lib/table/parquet.js";
import { type Outcome, SmallProject } from "./project.js";

const log = "data/testbed/site-b/day1.conn.log.labeled";
const model = "artifacts/models/site/boosting";

let project: SmallProject;
beforeAll(async () => {
  project = new SmallProject("evaluate");
  await project.stages("ingest", "split site", "features site", "train site-boosting");
});
afterAll(() => project.remove());

const evaluate = (...args: string[]): Outcome => project.nidslab("evaluate", "--resamples", "20", ...args);

describe("evaluate", () => {
  it("prints JSON, and writes the same with the predictions", async () => {
    const { code, out } = evaluate("--model", model, "--in", log, "--json", "--out", "out\\b");
    expect(code).toBe(0);
    const { metrics, details, ...facts } = JSON.parse(out);
    const read = (name: string): unknown => JSON.parse(project.read(`out/b/${name}.json`));
    expect([read("metrics"), read("details"), read("evaluation")]).toEqual([metrics, details, facts]);
    const predictions = await readParquet(project.path("out/b/predictions.parquet"));
    expect(predictions.rows).toBe(metrics.test.n);
    const flagged = Array.from(predictions.numbers("decision")).filter((value) => value === 1);
    expect(flagged).toHaveLength(metrics.test.tp + metrics.test.fp);
    expect(facts.model).toMatchObject({ folder: model, name: "boosting", profile: "realistic" });
  });

  it("prints tables for a person, of the champion when no model is named", () => {
    project.write("reports/best.json", JSON.stringify({ split: "site", model: "boosting", path: model }));
    const { code, out } = evaluate("--in", "data/testbed/site-a");
    expect(code).toBe(0);
    expect(out).toMatch(/^model site\/boosting \(gradient-boosting, realistic\), trained on testbed\n/);
    expect(out).toMatch(/^WARNING: the model was trained on \d+ of these rows and its threshold chosen on/m);
    expect(out).toMatch(/^these rows were evaluated once on this machine, with 1 model /m);
    expect(out).toMatch(/^macro_f1 +0\.\d{3} ± 0\.\d{3} +\d+$/m);
    expect(out).toMatch(/^PortScan +yes +\d+ of \d+/m);
    expect(out).toMatch(/^by service +rows +attacks +recall +fpr$/m);
  });

  it("refuses an output folder where a file stands, before any work", () => {
    const { code, out, err } = evaluate("--in", log, "--out", "params.yaml");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/params\.yaml: a part of its path is a file, a folder was expected/);
  });

  it("refuses a model that is not there, with the nearest one", () => {
    const { code, out, err } = evaluate("--model", "artifacts/models/site/bosting", "--in", log);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toBe(
      `nidslab: evaluate: --model artifacts/models/site/bosting holds no model.json (trained here: ${model}). Did you mean "${model}"?\n`,
    );
  });

  it.each([
    [["--resamples", "many"], 'evaluate: --resamples expects a whole number from 0 to 999999, found "many".'],
    [["--threads", "0"], 'evaluate: --threads expects a whole number from 1 to 999, found "0".'],
  ])("%j is wrong usage", async (args, message) => {
    await expect(command.run(["--in", log, ...args])).rejects.toThrow(new UsageError(message));
    await expect(command.run(args)).rejects.toThrow(/^evaluate: --in is missing/);
  });
});
