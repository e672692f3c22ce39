import { existsSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Lab, openLab } from "#lib/notebook/lab.js";
import { SmallProject } from "../cli/project.js";

let project: SmallProject;
let lab: Lab;

beforeAll(async () => {
  project = new SmallProject("lab");
  project.setParams((params) => {
    params.run.models = ["isolation"];
  });
  await project.stages(
    ...["ingest", "split site", "features site", "train site-isolation", "eval site-isolation", "cluster"],
  );
  lab = openLab(project.root);
}, 120_000);

afterAll(() => project.remove());

describe("lab.trial", () => {
  it("measures what the graph measures of a model that it has too, and changes nothing of it", async () => {
    const before = project.hashes("artifacts", "reports");
    const trial = await lab.trial("site", "isolation");
    const { metrics, details, file } = lab.evaluation("site", "isolation");
    expect(trial.metrics).toEqual(metrics);
    expect(trial.details).toEqual(details);
    expect(trial.file.onnx_sha256).toBe(file.onnx_sha256);
    expect(trial.predictions.numbers("score")).toEqual(
      (await lab.predictions("site", "isolation")).numbers("score"),
    );
    expect(trial.history).toBeNull();
    expect(project.hashes("artifacts", "reports")).toEqual(before);
    expect(readdirSync(project.path("runs/trials"))).toEqual([]);
  }, 60_000);

  it("divides the flows by a split that the graph does not have", async () => {
    const { split, facts, metrics } = await lab.trial("day", "hbos");
    const rows = (await lab.flows(["row_id"])).rows;
    expect(split).toBe("day");
    expect(facts.rows.train + facts.rows.validation + facts.rows.test + facts.rows.unused).toBe(rows);
    expect(metrics.test.n).toBe(facts.rows.test);
    expect(existsSync(project.path("artifacts/splits/day.parquet"))).toBe(false);
  }, 60_000);
});

describe("lab.clusters", () => {
  it("finds the graph's clusters again, beside the flows that they are of", async () => {
    const { result, X, flows, labelsOf } = await lab.clusters();
    expect([X.rows, flows.rows]).toEqual([result.rows, result.rows]);
    const [{ name, rows: taken, largest }] = result.clusterers;
    const { rows, labels } = await labelsOf(name);
    expect(rows.length).toBe(taken);
    const [{ cluster, rows: size, attacks }] = largest;
    const members = [...rows].filter((_, i) => labels[i] === cluster);
    expect(members.length).toBe(size);
    const isAttack = flows.numbers("is_attack");
    expect(members.filter((row) => isAttack[row] === 1).length).toBe(attacks);
  }, 60_000);

  it("names the clusterers that there are", async () => {
    const { labelsOf } = await lab.clusters();
    await expect(labelsOf("kmeans")).rejects.toThrow(
      'notebook: "kmeans" is not under cluster.clusterers of params.yaml (has: k-means). Did you mean "k-means"?',
    );
  });
});
