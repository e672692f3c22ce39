import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import type { FittedClassifier, Rows } from "#lib/models/contract.js";
import { definition } from "#lib/models/majority.js";
import { OnnxBuilder } from "#lib/onnx/builder.js";
import { OnnxSession } from "#lib/onnx/session.js";
import { checkClassifier } from "../checks/estimator.js";

describe("keeps the contract", () => checkClassifier(definition, {}, { rows: 500 }));

async function fitted(y: readonly number[], params: object = {}): Promise<FittedClassifier> {
  const train: Rows = {
    X: { rows: y.length, columns: 2, data: new Float32Array(2 * y.length) },
    features: [],
    y: Int32Array.from(y),
    classes: ["benign", "dos", "probe"],
  };
  const model = definition.create(definition.params.parse(params));
  if (model.kind !== "classifier") throw new Error("majority is a classifier");
  return model.fit(train, { rng: Rng.root(42), workers: 1, log: () => {} });
}

it("gives every row the class shares of training", async () => {
  const model = await fitted([0, 2, 0, 0]);
  const { rows, columns, data } = model.predictProba({ rows: 2, columns: 2, data: new Float32Array(4) });
  expect([rows, columns, [...data]]).toEqual([2, 3, [0.75, 0, 0.25, 0.75, 0, 0.25]]);
  expect(model.summary).toEqual({ rows: 4, most_frequent: "benign" });
});

it("gives every row the largest class with strategy majority, of equal ones the first", async () => {
  for (const [y, expected] of [
    [
      [0, 2, 2, 1],
      [0, 0, 1],
    ],
    [
      [2, 1, 1, 2],
      [0, 1, 0],
    ],
  ]) {
    const model = await fitted(y, { strategy: "majority" });
    const { data } = model.predictProba({ rows: 1, columns: 2, data: new Float32Array(2) });
    expect([...data]).toEqual(expected);
    expect(model.summary.most_frequent).toBe(model.classes[expected.indexOf(1)]);
  }
});

it("does so in ONNX Runtime for any number of rows, missing values included", async () => {
  const model = await fitted([0, 2, 0, 0]);
  const onnx = new OnnxBuilder();
  onnx.output("probabilities", model.emit(onnx, onnx.input("X", "float", ["n", 2])), "float", ["n", 3]);
  const session = await OnnxSession.fromBytes(onnx.finish(), 1);
  for (const n of [1, 3]) {
    const { data } = await session.run(new Float32Array(2 * n).fill(Number.NaN), n, 2);
    expect([...data]).toEqual(Array.from({ length: n }, () => [0.75, 0, 0.25]).flat());
  }
  await session.release();
});

it("refuses a training part without rows", async () => {
  await expect(fitted([])).rejects.toThrow(/no rows/);
});
