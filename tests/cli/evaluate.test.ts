import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EvaluationOutput } from "#lib/cli/evaluationText.js";
import { readParquet } from "#lib/table/parquet.js";
import { linearModel, writeModel } from "../modelFolder.js";
import { type Outcome, SmallProject } from "./project.js";

const testSite = "data/testbed/site-b";
const model = "artifacts/models/site/boosting";
const stratosphere = resolve("../shared/data/stratosphere-zeek");

let project: SmallProject;
beforeAll(async () => {
  project = new SmallProject("evaluate");
  await project.stages(
    ...["ingest", "split site", "features site", "train site-boosting", "eval site-boosting"],
  );
  project.setParams((params) => {
    params.task.target = "family";
    params.models.forest.trees = 5;
  });
  await project.stages("train site-forest");
});
afterAll(() => project.remove());

const evaluate = (...args: string[]): Outcome => project.nidslab("evaluate", "--resamples", "20", ...args);
function evaluated(...args: string[]): EvaluationOutput {
  const { code, out, err } = evaluate("--json", ...args);
  expect([code, err]).toEqual([0, ""]);
  return JSON.parse(out);
}

describe("evaluate", () => {
  it("measures on raw logs what the eval stage measured on the same rows", () => {
    const { metrics, details, trained_on, data } = evaluated("--model", model, "--in", testSite);
    expect(metrics.test).toEqual(JSON.parse(project.read("reports/metrics/site/boosting.json")).test);
    const stage = JSON.parse(project.read("reports/details/site/boosting.json")).test;
    expect(details.test.families.map(({ family, detected }) => [family, detected])).toEqual(
      stage.families.map(({ family, detected }: Record<string, unknown>) => [family, detected]),
    );
    expect(details.test.breakdowns.by).toEqual(stage.breakdowns.by);
    expect(details.test.breakdowns.time).toEqual(stage.breakdowns.time);
    expect(trained_on).toEqual({ train: 0, validation: 0 });
    expect(data).toMatchObject({ rows: metrics.test.n, unlabelled: {}, filled: [], unreadable: 0 });
    expect(Object.keys(data.unknown)).toEqual(["DNS-Tunnel"]);
  });

  it("says when the model was trained on the rows, from raw logs and from canonical Parquet", () => {
    const { out } = evaluate("--model", model, "--in", "data/testbed/site-a");
    expect(out).toMatch(/^WARNING: the model was trained on \d+ of these rows and its threshold chosen on/m);
    const { trained_on, data } = evaluated("--model", model, "--in", "artifacts/flows.parquet");
    expect(trained_on?.train).toBeGreaterThan(trained_on?.validation ?? Number.POSITIVE_INFINITY);
    expect(data.rows).toBeGreaterThan((trained_on?.train ?? 0) + (trained_on?.validation ?? 0));
  });

  it("counts how often the same rows were evaluated, and prints a table", () => {
    const log = `${testSite}/day1.conn.log.labeled`;
    const args = ["--model", model, "--in", log];
    expect(evaluate(...args).out).toContain("these rows were evaluated once on this machine, with 1 model ");
    // The same rows under another name.
    project.write("copy.log", project.read(log));
    const other = evaluate("--model", "artifacts/models/site/forest", "--in", "copy.log").out;
    expect(other).toContain("these rows were evaluated 2 times on this machine, with 2 models ");
    expect(other).toMatch(/^macro_f1 +0\.\d{3} ± 0\.\d{3} +\d+$/m);
    expect(other).toMatch(/^DNS-Tunnel +no \(new\) +\d+ of \d+/m);
    expect(other).toMatch(/^untested \(in training, not here\): /m);
  });

  it("counts a class that the model lacks as that class, and never as benign", () => {
    const { data, details, metrics } = evaluated(
      ...["--model", "artifacts/models/site/forest", "--in", testSite],
    );
    const { classes, counts } = details.test.confusion;
    expect(details.classes).not.toContain("DNS-Tunnel");
    expect(classes.at(-1)).toBe("DNS-Tunnel");
    const unknown = counts.at(-1)?.reduce((a, b) => a + b);
    expect(data.unknown).toEqual({ "DNS-Tunnel": unknown });
    expect(details.test.novel.n).toBe(unknown);
    expect(metrics.test.tp + metrics.test.fn).toBe(details.test.families.reduce((sum, { n }) => sum + n, 0));
  });

  it("writes metrics, details, facts and predictions", async () => {
    const { metrics, details, ...facts } = evaluated("--model", model, "--in", testSite, "--out", "out\\b");
    const read = (name: string): unknown => JSON.parse(project.read(`out/b/${name}.json`));
    expect([read("metrics"), read("details"), read("evaluation")]).toEqual([metrics, details, facts]);
    const predictions = await readParquet(project.path("out/b/predictions.parquet"));
    expect(predictions.rows).toBe(metrics.test.n);
    const flagged = Array.from(predictions.numbers("decision")).filter((value) => value === 1);
    expect(flagged).toHaveLength(metrics.test.tp + metrics.test.fp);
  });

  it("takes a plain table whose label column is named", () => {
    writeModel(
      project.path("hand"),
      linearModel([
        [0, 0.01],
        [0, 0],
      ]),
      {
        threshold: 0.7,
        data: {
          dataset: "made",
          flows_sha256: "",
          train: 0,
          validation: 0,
          train_families: ["benign", "flood"],
        },
      },
    );
    const lines = ["orig_bytes,proto,kind", "500,tcp,flood", "10,udp,sweep", "9,tcp,normal", "8,tcp,"];
    project.write("table.csv", `${lines.join("\n")}\n`);
    const output = evaluated("--model", "hand", "--in", "table.csv", "--target", "kind");
    expect(output.metrics.test).toMatchObject({ n: 3, tp: 1, fn: 1, fp: 0, tn: 1, threshold: 0.7 });
    expect(output.data).toMatchObject({ unknown: { sweep: 1 }, unlabelled: { none: 1 } });
    expect(output.trained_on).toBeNull();
    const wrong = evaluate("--model", "hand", "--in", "table.csv", "--target", "kid");
    expect([wrong.code, wrong.out]).toEqual([1, ""]);
    expect(wrong.err).toMatch(/kid.*Did you mean "kind"\?/);
  });

  it.skipIf(!existsSync(stratosphere))("measures on another network (skipped: ../shared is not here)", () => {
    const log = `${stratosphere}/001-zeek-scenario-malicious/labeled-conn.log.gz`;
    const { data, metrics, details } = evaluated("--model", model, "--in", log);
    expect(data).toMatchObject({
      rows_read: 992,
      rows: 253,
      unlabelled: { Background: 739 },
      unknown: { CC: 244 },
    });
    expect([metrics.test.n, metrics.test.tp + metrics.test.fn]).toEqual([253, 244]);
    expect([details.test.seen.n, details.test.novel.n]).toEqual([0, 244]);
    expect(details.test.untested).toContain("PortScan");
  });
});

describe("evaluate refuses", () => {
  const lines = (name: string): string[] => project.read(name).trimEnd().split("\n");
  const refuses = (message: RegExp, ...args: string[]): void => {
    const { code, out, err } = evaluate(...args);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(message);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  };

  /** A test log without some columns. */
  function without(name: string, ...dropped: string[]): string {
    const all = lines(`${testSite}/day1.conn.log.labeled`);
    const fields =
      all
        .find((line) => line.startsWith("#fields"))
        ?.split("\t")
        .slice(1) ?? [];
    const kept = (cells: string[]): string[] => cells.filter((_, i) => !dropped.includes(fields[i]));
    const text = all.map((line) => {
      if (line.startsWith("#fields")) return ["#fields", ...kept(fields)].join("\t");
      return line.startsWith("#") ? line : kept(line.split("\t")).join("\t");
    });
    project.write(name, `${text.join("\n")}\n`);
    return name;
  }

  it("a model that is not there, with the nearest one", () => {
    refuses(
      /^nidslab: evaluate: --model artifacts\/models\/site\/bosting holds no model\.json \(trained here: .*\)\. Did you mean "artifacts\/models\/site\/boosting"\?/,
      ...["--model", "artifacts/models/site/bosting", "--in", testSite],
    );
  });

  it("the folder of a k-fold split", () => {
    project.write("folded/model.json", JSON.stringify({ kind: "classifier", folds: [] }));
    refuses(/folded holds the models of a k-fold split/, "--model", "folded", "--in", testSite);
  });

  it("data without labels", () => {
    const log = without("bare.log", "label", "detailed-label");
    refuses(/^nidslab: evaluate: bare\.log has no labels, so nothing can be/, "--model", model, "--in", log);
  });

  it("data that lack a column of the model, unless told to take it as missing", () => {
    const log = without("lack.log", "service");
    refuses(
      /^nidslab: evaluate: the data lack 1 of the model's \d+ columns: service\..* pass --fill-missing/,
      ...["--model", model, "--in", log],
    );
    const filled = evaluated("--model", model, "--in", log, "--fill-missing");
    expect(filled.data.filled).toEqual(["service"]);
    expect(filled.details.test.breakdowns.absent.service).toBe("the rows have no service");
  });

  it("a score that is no number", () => {
    writeModel(
      project.path("wild"),
      linearModel([
        [0, 3e38],
        [0, 0],
      ]),
    );
    project.write("wild.csv", "orig_bytes,proto,kind\n1,tcp,normal\n1e38,tcp,flood\n");
    refuses(
      /the score of row 1 is NaN; a finite number was expected/,
      ...["--model", "wild", "--in", "wild.csv", "--target", "kind"],
    );
  });

  it.each([
    [["--resamples", "many"], 'evaluate: --resamples expects a whole number from 0 to 999999, found "many".'],
    [["--threads", "0"], 'evaluate: --threads expects a whole number from 1 to 999, found "0".'],
    [["--threshold", "0.5"], "evaluate: Unknown option '--threshold'"],
  ])("%j is wrong usage", (args, message) => {
    const { code, out, err } = project.nidslab("evaluate", "--in", testSite, ...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(`nidslab: ${message}`);
  });
});
