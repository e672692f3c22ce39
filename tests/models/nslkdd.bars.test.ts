import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { definition as boosting } from "#lib/models/boosting/gradientBoosting.js";
import type { Classifier, Detector, FeatureInfo, ModelDefinition, Rows } from "#lib/models/contract.js";
import { definition as isolation } from "#lib/models/oneclass/isolationForest.js";
import { definition as forest } from "#lib/models/trees/randomForest.js";

const folder = "../shared/data/nsl-kdd";
const texts = [1, 2, 3];

function readLines(name: string): string[][] {
  const text = gunzipSync(readFileSync(`${folder}/${name}.txt.gz`)).toString("utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
}

function toRows(lines: readonly string[][], features: readonly FeatureInfo[]): Rows {
  const data = new Float32Array(lines.length * features.length);
  lines.forEach((fields, i) => {
    features.forEach((feature, j) => {
      const value = feature.kind === "category" ? feature.levels.indexOf(fields[j]) : Number(fields[j]);
      data[i * features.length + j] = value;
    });
  });
  const y = Int32Array.from(lines, (fields) => (fields[41] === "normal" ? 0 : 1));
  return {
    X: { rows: lines.length, columns: features.length, data },
    features,
    y,
    classes: ["benign", "attack"],
  };
}

/** Area under the ROC curve by ranks, ties at their middle rank. */
function rocAuc(scores: Float64Array, y: Int32Array): number {
  const order = Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b]);
  let ranks = 0;
  let positives = 0;
  for (let i = 0; i < order.length; ) {
    let end = i;
    while (end < order.length && scores[order[end]] === scores[order[i]]) end++;
    for (let j = i; j < end; j++) {
      if (y[order[j]] === 0) continue;
      ranks += (i + end + 1) / 2;
      positives++;
    }
    i = end;
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (y.length - positives));
}

describe.skipIf(!existsSync(folder))("bars on NSL-KDD (skipped where ../shared is absent)", () => {
  let train: Rows;
  let test: Rows;
  const seeds = [42, 43, 44];
  const context = (seed: number) => ({ rng: Rng.root(seed), workers: 2, log: () => undefined });
  const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

  beforeAll(() => {
    const lines = readLines("KDDTrain+");
    const features = Array.from({ length: 41 }, (_, j): FeatureInfo => {
      if (!texts.includes(j)) return { name: `c${j}`, kind: "number" };
      return {
        name: `c${j}`,
        kind: "category",
        levels: [...new Set(lines.map((fields) => fields[j]))].sort(),
      };
    });
    train = toRows(lines, features);
    test = toRows(readLines("KDDTest+"), features);
  });

  async function measure(definition: ModelDefinition): Promise<{ accuracy: number; auc: number }> {
    const accuracy: number[] = [];
    const auc: number[] = [];
    for (const seed of seeds) {
      const model = await (definition.create(definition.params.parse({})) as Classifier).fit(
        train,
        context(seed),
      );
      const { data } = model.predictProba(test.X);
      const scores = Float64Array.from(test.y, (_, i) => data[2 * i + 1]);
      accuracy.push(mean(Array.from(scores, (score, i) => (score >= 0.5 === (test.y[i] === 1) ? 1 : 0))));
      auc.push(rocAuc(scores, test.y));
    }
    return { accuracy: mean(accuracy), auc: mean(auc) };
  }

  it("random forest: accuracy at least .755 (and no leak above .90), ROC-AUC at least .955", async () => {
    const { accuracy, auc } = await measure(forest);
    expect(accuracy).toBeGreaterThanOrEqual(0.755);
    expect(accuracy).toBeLessThan(0.9);
    expect(auc).toBeGreaterThanOrEqual(0.955);
  });

  it("gradient boosting: accuracy at least .77, ROC-AUC at least .955", async () => {
    const { accuracy, auc } = await measure(boosting);
    expect(accuracy).toBeGreaterThanOrEqual(0.77);
    expect(auc).toBeGreaterThanOrEqual(0.955);
  });

  it("isolation forest on benign rows: ROC-AUC at least .93", async () => {
    const rows = Array.from(train.y.keys()).filter((i) => train.y[i] === 0);
    const data = new Float32Array(rows.length * 41);
    rows.forEach((row, i) => void data.set(train.X.data.subarray(row * 41, (row + 1) * 41), i * 41));
    const benign: Rows = {
      ...train,
      X: { rows: rows.length, columns: 41, data },
      y: new Int32Array(rows.length),
    };
    const auc: number[] = [];
    for (const seed of seeds) {
      const model = await (isolation.create(isolation.params.parse({})) as Detector).fit(
        benign,
        context(seed),
      );
      auc.push(rocAuc(model.score(test.X), test.y));
    }
    expect(mean(auc)).toBeGreaterThanOrEqual(0.93);
  });
});
