import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EvaluationOutput, evaluateData } from "#lib/serve/evaluateData.js";
import { SmallProject } from "../cli/project.js";
import { linearModel, writeModel } from "../modelFolder.js";

const testSite = "data/testbed/site-b";
const models = "artifacts/models/site";
const stratosphere = resolve("../shared/data/stratosphere-zeek");

let project: SmallProject;
beforeAll(async () => {
  project = new SmallProject("evaluate-data");
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

interface Options {
  readonly fillMissing?: boolean;
  readonly target?: string;
}

async function evaluated(folder: string, path: string, options: Options = {}): Promise<EvaluationOutput> {
  const { output } = await evaluateData({
    ...{ folder: project.path(folder), path: resolve(project.root, path), root: project.root },
    ...{ resamples: 20, threads: 1, ...options },
  });
  return output;
}

describe("a stored model on labelled data", () => {
  it("gives what the eval stage gave on the same rows", async () => {
    const { metrics, details, trained_on, data } = await evaluated(`${models}/boosting`, testSite);
    expect(metrics.test).toEqual(JSON.parse(project.read("reports/metrics/site/boosting.json")).test);
    const stage = JSON.parse(project.read("reports/details/site/boosting.json")).test;
    expect(details.test.families.map(({ family, detected }) => [family, detected])).toEqual(
      stage.families.map(({ family, detected }: Record<string, unknown>) => [family, detected]),
    );
    // The dataset and the site are named after the folder that is read.
    for (const name of ["host", "responder", "service", "day", "columns"] as const)
      expect(details.test.breakdowns.by[name]).toEqual(stage.breakdowns.by[name]);
    expect(details.test.breakdowns.time).toEqual(stage.breakdowns.time);
    expect(trained_on).toEqual({ train: 0, validation: 0 });
    expect(data).toMatchObject({ rows: metrics.test.n, unlabelled: {}, filled: [], unreadable: 0 });
    expect(Object.keys(data.unknown)).toEqual(["DNS-Tunnel"]);
  });

  it("says on how many rows the model was trained, from raw logs and from canonical Parquet", async () => {
    const raw = await evaluated(`${models}/boosting`, "data/testbed/site-a");
    expect((raw.trained_on?.train ?? 0) + (raw.trained_on?.validation ?? 0)).toBe(raw.data.rows);
    const stored = await evaluated(`${models}/boosting`, "artifacts/flows.parquet");
    expect(stored.trained_on).toEqual(raw.trained_on);
    expect(stored.data.rows).toBeGreaterThan(raw.data.rows);
  });

  it("is counted by what the rows hold, wherever they lie", async () => {
    const log = `${testSite}/day1.conn.log.labeled`;
    expect((await evaluated(`${models}/boosting`, log)).evaluations).toEqual({ times: 1, models: 1 });
    project.write("copy.log", project.read(log));
    expect((await evaluated(`${models}/forest`, "copy.log")).evaluations).toEqual({ times: 2, models: 2 });
  });

  it("counts a class that the model lacks as that class, and never as benign", async () => {
    const { data, details, metrics } = await evaluated(`${models}/forest`, testSite);
    const { classes, counts } = details.test.confusion;
    expect(details.classes).not.toContain("DNS-Tunnel");
    expect(classes.at(-1)).toBe("DNS-Tunnel");
    const unknown = counts.at(-1)?.reduce((a, b) => a + b);
    expect(data.unknown).toEqual({ "DNS-Tunnel": unknown });
    expect(details.test.novel.n).toBe(unknown);
    expect(metrics.test.tp + metrics.test.fn).toBe(details.test.families.reduce((sum, { n }) => sum + n, 0));
  });

  it("takes a plain table whose label column is named", async () => {
    const families = ["benign", "flood"];
    const onnx = linearModel([
      [0, 0.01],
      [0, 0],
    ]);
    writeModel(project.path("hand"), onnx, {
      threshold: 0.7,
      data: { dataset: "made", flows_sha256: "", train: 0, validation: 0, train_families: families },
    });
    const lines = ["orig_bytes,proto,kind", "500,tcp,flood", "10,udp,sweep", "9,tcp,normal", "8,tcp,"];
    project.write("table.csv", `${lines.join("\n")}\n`);
    const output = await evaluated("hand", "table.csv", { target: "kind" });
    expect(output.metrics.test).toMatchObject({ n: 3, tp: 1, fn: 1, fp: 0, tn: 1, threshold: 0.7 });
    expect(output.data).toMatchObject({ unknown: { sweep: 1 }, unlabelled: { none: 1 } });
    expect(output.trained_on).toBeNull();
    await expect(evaluated("hand", "table.csv", { target: "kid" })).rejects.toThrow(
      /kid.*Did you mean "kind"\?/,
    );
  });

  it.skipIf(!existsSync(stratosphere))(
    "may be of another network (skipped: ../shared is not here)",
    async () => {
      const log = `${stratosphere}/001-zeek-scenario-malicious/labeled-conn.log.gz`;
      const { data, metrics, details } = await evaluated(`${models}/boosting`, log);
      expect(data).toMatchObject({ rows_read: 992, rows: 253, unlabelled: { Background: 739 } });
      expect(data.unknown).toEqual({ CC: 244 });
      expect([metrics.test.n, metrics.test.tp + metrics.test.fn]).toEqual([253, 244]);
      expect([details.test.seen.n, details.test.novel.n]).toEqual([0, 244]);
      expect(details.test.untested).toContain("PortScan");
    },
  );
});

describe("refused are", () => {
  it("the folder of a k-fold split", async () => {
    project.write("folded/model.json", JSON.stringify({ kind: "classifier", folds: [] }));
    await expect(evaluated("folded", testSite)).rejects.toThrow(/folded holds the models of a k-fold split/);
  });

  it("data without labels", async () => {
    const log = without("bare.log", "label", "detailed-label");
    await expect(evaluated(`${models}/boosting`, log)).rejects.toThrow(
      /^evaluate: .*bare\.log has no labels, so nothing can be/,
    );
  });

  it("data that lack a column of the model, unless told to take it as missing", async () => {
    const log = without("lack.log", "service");
    await expect(evaluated(`${models}/boosting`, log)).rejects.toThrow(
      /^evaluate: the data lack 1 of the model's \d+ columns: service\..* pass --fill-missing/,
    );
    const filled = await evaluated(`${models}/boosting`, log, { fillMissing: true });
    expect(filled.data.filled).toEqual(["service"]);
    expect(filled.details.test.breakdowns.absent.service).toBe("the rows have no service");
  });

  it("a score that is no number", async () => {
    const onnx = linearModel([
      [0, 3e38],
      [0, 0],
    ]);
    writeModel(project.path("wild"), onnx);
    project.write("wild.csv", "orig_bytes,proto,kind\n1,tcp,normal\n1e38,tcp,flood\n");
    await expect(evaluated("wild", "wild.csv", { target: "kind" })).rejects.toThrow(
      /the score of row 1 is NaN; a finite number was expected/,
    );
  });

  /** A test log without some columns. */
  function without(name: string, ...dropped: string[]): string {
    const all = project.read(`${testSite}/day1.conn.log.labeled`).trimEnd().split("\n");
    const fields =
      all
        .find((line) => line.startsWith("#fields"))
        ?.split("\t")
        .slice(1) ?? [];
    const kept = (cells: string[]): string[] => cells.filter((_, i) => !dropped.includes(fields[i]));
    const lines = all.map((line) => {
      if (line.startsWith("#fields")) return ["#fields", ...kept(fields)].join("\t");
      return line.startsWith("#") ? line : kept(line.split("\t")).join("\t");
    });
    project.write(name, `${lines.join("\n")}\n`);
    return name;
  }
});
