import { expect, it } from "vitest";
import type { Classifier, Detector, Matrix } from "#lib/models/contract.js";
import { definitionOf } from "#lib/models/registry.js";
import { allBenign, fitContext, madeNumbers } from "../../checks/made.js";
import { describeBesidePython, runPython } from "../../python.js";

const k = 6;
const bandwidth = 0.7;
const alpha = 0.8;

describeBesidePython("neighbour models beside scikit-learn, to 1e-6", () => {
  const train = madeNumbers({ rows: 700, columns: 5, classes: 3 });
  const asked = madeNumbers({ rows: 300, columns: 5, seed: 2 }).X;
  asked.data.set(train.X.data.subarray(0, 50), 0); // ten rows of training: at distance 0
  asked.data.set([90, -80, 70, 60, 50], 60);
  const rowsOf = ({ data, columns }: Matrix): number[][] =>
    Array.from({ length: data.length / columns }, (_, i) => [
      ...data.subarray(i * columns, (i + 1) * columns),
    ]);
  const original = runPythonOnce<Record<string, number[][] | number[]>>(() => ({
    train: rowsOf(train.X),
    asked: rowsOf(asked),
    y: [...train.y],
    ...{ k, bandwidth, alpha },
  }));

  it.each([
    ["uniform", "knn", { k }],
    ["distance", "knn", { k, weights: "distance" }],
    ["label-spreading", "label-spreading", { k, alpha, labelled: 1 }],
  ])("probabilities: %s", async (name, type, params) => {
    const definition = definitionOf(type);
    const model = definition.create(definition.params.parse(params)) as Classifier;
    const fitted = await model.fit(train, fitContext());
    expectClose(fitted.predictProba(asked).data, original()[name].flat());
  });

  it.each([
    ["knn-distance", { k }],
    ["lof", { k }],
    ["kde", { bandwidth }],
  ])("scores: %s", async (type, params) => {
    const definition = definitionOf(type);
    const model = definition.create(definition.params.parse(params)) as Detector;
    const fitted = await model.fit(allBenign(train), fitContext());
    expectClose(fitted.score(asked), original()[type].flat());
  });
});

function expectClose(own: ArrayLike<number>, other: ArrayLike<number>): void {
  expect(own.length).toBe(other.length);
  let most = 0;
  for (let i = 0; i < own.length; i++)
    most = Math.max(most, Math.abs(own[i] - other[i]) / Math.max(1, Math.abs(other[i])));
  expect(most).toBeLessThan(1e-6);
}

/** Python runs at the first test that asks for it. */
function runPythonOnce<T>(input: () => unknown): () => T {
  let answer: T | undefined;
  return () => {
    answer ??= runPython<T>("tests/models/neighbors/neighbors.py", input());
    return answer;
  };
}
