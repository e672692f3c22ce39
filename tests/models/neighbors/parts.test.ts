import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import type { Classifier, Rows } from "#lib/models/contract.js";
import { definition as knn } from "#lib/models/neighbors/knn.js";
import { partsOf, varyingFirst } from "#lib/models/neighbors/parts.js";
import { referenceOf } from "#lib/models/neighbors/reference.js";
import { fitContext, runOnnx } from "../../checks/estimator.js";

const table = (columns: number, ...data: number[]) => ({
  rows: data.length / columns,
  columns,
  data: Float32Array.from(data),
});

it("puts rows together that agree in their two-valued columns, and leaves them in order", () => {
  const X = table(3, 0, 7, 1, 1, 7, 2, 0, 7, 3, 1, 7, 4, 0, 7, 1);
  const { X: own, rows } = referenceOf(X, Int32Array.of(0, 1, 2, 3, 4), 1);
  expect([...rows]).toEqual([0, 2, 1, 3]); // row 4 repeats row 0
  expect([...own.data]).toEqual([0, 7, 1, 0, 7, 3, 1, 7, 2, 1, 7, 4]);
});

it("tells which columns vary in a part, and what the others are", () => {
  const X = table(3, 0, 5, 1, 0, 6, 1, 2, 6, 1, 2, 6, 4, 3, 6, 1);
  expect(partsOf(X, 2, 2)).toEqual([
    { from: 0, to: 2, columns: Int32Array.of(1), same: Float32Array.of(0, 0, 1) },
    { from: 2, to: 4, columns: Int32Array.of(2), same: Float32Array.of(2, 6, 0) },
    { from: 4, to: 5, columns: Int32Array.of(), same: Float32Array.of(3, 6, 1) },
  ]);
});

it("leaves out the last columns in an order that never vary", () => {
  const { varying, same } = varyingFirst(table(3, 5, 1, 2, 5, 3, 2), Int32Array.of(1, 0, 2));
  expect(varying).toEqual({ rows: 2, columns: 1, data: Float32Array.of(1, 3) });
  expect([...same]).toEqual([5, 2]);
});

it("says in the file what the index says, where rows are many parts with columns of their own", async () => {
  const [rows, columns, groups] = [40_001, 8, 5];
  const rng = Rng.root(1);
  const data = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    data[i * columns + rng.integer(groups)] = 1; // one-hot: a part has few of them
    for (let j = groups; j < columns - 1; j++) data[i * columns + j] = rng.integer(6); // many equal distances
    data[i * columns + columns - 1] = 3;
  }
  const train: Rows = {
    X: { rows, columns, data },
    features: Array.from({ length: columns }, (_, j) => ({ name: `f${j}`, kind: "number" as const })),
    y: Int32Array.from({ length: rows }, () => rng.integer(2)),
    classes: ["benign", "attack"],
  };
  for (let i = 0; i < rows; i += 2) data[i * columns + groups] += rng.uniform();
  const model = await (knn.create({ k: 7, weights: "uniform", rows: null }) as Classifier).fit(
    train,
    fitContext(),
  );
  const X = { rows: 600, columns, data: data.slice(0, 600 * columns).map((x) => x + 0.25 * rng.integer(3)) };
  const file = await runOnnx(model, X);
  expect([...file.data]).toEqual([...model.predictProba(X).data]);
});
