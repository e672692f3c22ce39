import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MixPlan } from "#lib/models/online/mixBatches.js";
import { readParquet, writeParquet } from "#lib/table/parquet.js";
import type { Table } from "#lib/table/table.js";
import { SmallProject } from "./project.js";

let project: SmallProject;
const models = {
  boosting: {
    type: "gradient-boosting",
    trees: 4,
    depth: 3,
    resample: { smote: { by: "family", target: { WebAttack: 300 } } },
  },
  online: {
    type: "sgd",
    loss: "hinge",
    epochs: 2,
    mixer: { type: "oversampled", by: "day", batch_size_train: 64 },
  },
};
const without = (table: Table, name: string): Table =>
  table.select(table.names.filter((each) => each !== name));
type Models = Record<string, Record<string, unknown>>;

beforeAll(async () => {
  project = new SmallProject("resample");
  project.setParams((params) => Object.assign(params.models, structuredClone(models)));
  await project.stages("ingest", "split site", "features site");
});
afterAll(() => project.remove());

const json = (name: string): Record<string, never> => JSON.parse(project.read(name));
const folder = "artifacts/models/site";

describe("train with resampling", () => {
  it("counts synthetic rows by class in model.json, beside the real ones", async () => {
    expect(project.nidslab("run-stage", "train", "site-boosting").code).toBe(0);
    const { data, params } = json(`${folder}/boosting/model.json`) as never as {
      data: { train: number; synthetic: Record<string, number> };
      params: { resample: object };
    };
    expect(data.synthetic.attack).toBeGreaterThan(0);
    expect(params.resample).toMatchObject({ smote: { k: 5, by: "family", target: { WebAttack: 300 } } });
    expect(data.train).toBe(514);
  });

  it("leaves the mix plan in the model's folder, and gives no Brier score of a margin", async () => {
    expect(project.nidslab("run-stage", "train", "site-online").code).toBe(0);
    expect(project.nidslab("run-stage", "eval", "site-online").code).toBe(0);
    const { by, epochs } = json(`${folder}/online/mix.json`) as never as { by: string; epochs: MixPlan[] };
    expect([by, epochs.map((plan) => plan.mixer)]).toEqual(["day", ["oversampled", "oversampled"]]);
    const validation = epochs[0].datasets.reduce((sum, dataset) => sum + dataset.validation, 0);
    expect(epochs[0].batches.reduce((sum, batch) => sum + batch.val_count, 0)).toBe(validation);
    expect(project.read(`${folder}/online/history.csv`).split("\n")[0]).toBe(
      "epoch,batch,rows,train_error,validation_error",
    );
    expect(json(`${folder}/online/model.json`)).toMatchObject({ scores: "margin", kind: "classifier" });
    const { test } = json("reports/metrics/site/online.json") as never as {
      test: Record<string, number | null>;
    };
    expect([test.brier, test.log_loss, test.ece]).toEqual([null, null, null]);
    expect(test.roc_auc).toBeGreaterThan(0.5);
    expect(JSON.stringify(json("reports/details/site/online.json"))).toContain(
      "the score is a margin put between 0 and 1, and no probability",
    );
  });
});

describe("nidslab models", () => {
  it("lists what stands inside a parameter, once for all its forms, and resample", () => {
    const [sgd] = JSON.parse(project.nidslab("models", "sgd", "--json").out);
    const ranges = new Map<string, unknown>(
      [...sgd.parameters, ...sgd.resample].map(({ name, range, ...each }) => [name, [range, each.default]]),
    );
    expect(ranges.get("class_weight")).toEqual(["none | balanced | effective | {…}", "none"]);
    expect(ranges.get("class_weight.beta")).toEqual(["number >0..<1", 0.999]);
    expect(ranges.get("mixer.batch_size_train")).toEqual(["integer 1..", 256]);
    expect(ranges.get("mixer.balance")).toEqual(["array | object", undefined]);
    expect(ranges.get("resample.smote.k")).toEqual(["integer 1..1000", 5]);
    expect(project.nidslab("models", "isolation-forest").out).not.toMatch(/ {2}class_weight/);
  });
});

describe("what is refused from the command line", () => {
  const asked = (change: (models: Models) => void, ...args: string[]): string => {
    project.setParams((params) => {
      Object.assign(params.models, structuredClone(models));
      change(params.models);
    });
    const { code, err } = project.nidslab(...args);
    expect(code).not.toBe(0);
    expect(err).not.toMatch(/^ {4}at /m);
    return err.replaceAll(`${project.root}/`, "");
  };

  it("SMOTE with class weights, before anything runs", () => {
    expect(asked((m) => Object.assign(m.boosting, { class_weight: "balanced" }), "repro")).toBe(
      "ERROR: params: params.yaml: models.boosting.resample: smote and class_weight correct the same imbalance twice. " +
        "Leave one out, or set resample.allow_both: true\n",
    );
  });

  it("class weights of a detector", () => {
    expect(asked((m) => Object.assign(m.isolation, { class_weight: "balanced" }), "repro")).toMatch(
      /models\.isolation\.class_weight: isolation-forest cannot take class weights \(can: logistic, /,
    );
  });

  it("a mixer by a column that the data lacks", async () => {
    const parquet = project.path("artifacts/flows.parquet");
    const before = readFileSync(parquet);
    await writeParquet(parquet, without(await readParquet(parquet), "day"));
    expect(asked(() => undefined, "run-stage", "train", "site-online")).toMatch(
      /^nidslab: models: rows are grouped by "day" \(mixer\.by, sample_weight, groups\), and flows\.parquet has no such column\. /m,
    );
    writeFileSync(parquet, before);
  });

  it("a mixer by something that is no dataset", () => {
    expect(
      asked(
        (m) => Object.assign(m.online.mixer as object, { by: "host" }),
        "run-stage",
        "train",
        "site-online",
      ),
    ).toMatch(/models\.online\.mixer\.by: /);
  });

  it("a dataset that the training part does not have", () => {
    expect(
      asked(
        (m) => Object.assign(m.online.mixer as object, { datasets: ["1", "3"] }),
        "run-stage",
        "train",
        "site-online",
      ),
    ).toMatch(
      /^nidslab: mixer: datasets names "3", and the training part has none such by day \(has: 1, 2\)\./m,
    );
  });

  it("a family of SMOTE that training does not have", () => {
    expect(
      asked(
        (m) => Object.assign(m.boosting, { resample: { smote: { by: "family", target: { WebAtack: 9 } } } }),
        "run-stage",
        "train",
        "site-boosting",
      ),
    ).toMatch(/resample: smote\.target names "WebAtack".*Did you mean "WebAttack"\?/);
  });
});
