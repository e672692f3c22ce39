import { expect, it } from "vitest";
import type { Classifier, Rows } from "#lib/models/contract.js";
import { definition as knn } from "#lib/models/neighbors/knn.js";
import { definition as labelSpreading } from "#lib/models/neighbors/labelSpreading.js";
import { fitContext, runOnnx } from "../../checks/estimator.js";

/** Rows that are two points, as many as flows repeat; the first rows of each are benign. */
const repeated: Rows = {
  X: {
    rows: 4000,
    columns: 2,
    data: Float32Array.from({ length: 8000 }, (_, at) => (at % 4 < 2 ? at % 2 : 5)),
  },
  features: [
    { name: "a", kind: "number" },
    { name: "b", kind: "number" },
  ],
  y: Int32Array.from({ length: 4000 }, (_, i) => (i < 100 ? 0 : 1)),
  classes: ["benign", "attack"],
};

it("of rows that are all as near the first ones vote, in the file too, which holds k of each", async () => {
  const model = await (knn.create({ k: 5, weights: "uniform", rows: null }) as Classifier).fit(
    repeated,
    fitContext(),
  );
  expect(model.summary).toEqual({ rows: 4000, kept_rows: 10, k: 5 });
  const X = { rows: 2, columns: 2, data: Float32Array.of(0, 1, 5, 5.5) };
  expect([...model.predictProba(X).data]).toEqual([1, 0, 1, 0]);
  expect([...(await runOnnx(model, X)).data]).toEqual([1, 0, 1, 0]);
});

it("spreads one label of each class over its cluster", async () => {
  const rows = 60;
  const train: Rows = {
    ...repeated,
    X: {
      rows,
      columns: 2,
      data: Float32Array.from({ length: 2 * rows }, (_, at) => (at % 4 < 2 ? at : 1000 + at)),
    },
    y: Int32Array.from({ length: rows }, (_, i) => i % 2),
  };
  const chosen = labelSpreading.params.parse({ labelled: 0.01, k: 3 });
  const model = await (labelSpreading.create(chosen) as Classifier).fit(train, fitContext());
  expect(model.summary.labelled_rows).toBe(2);
  const said = model.predictProba(train.X).data;
  expect(Array.from({ length: rows }, (_, i) => Number(said[2 * i + 1] > 0.99))).toEqual([...train.y]);
});

it("refuses more neighbours than rows", async () => {
  const few = {
    ...repeated,
    X: { ...repeated.X, rows: 3, data: repeated.X.data.slice(0, 6) },
    y: repeated.y.slice(0, 3),
  };
  const fit = (knn.create(knn.params.parse({})) as Classifier).fit(few, fitContext());
  await expect(fit).rejects.toThrow(
    "knn: 5 neighbours are asked for, and there are 3 training rows. Lower k, or choose another split in params.yaml.",
  );
});

it("refuses more neighbours than the rows that it may keep", async () => {
  const fit = (knn.create(knn.params.parse({ rows: 4 })) as Classifier).fit(repeated, fitContext());
  await expect(fit).rejects.toThrow(
    /knn: 5 neighbours are asked for, and rows keeps 4 of \d+ training rows\. Raise rows, or lower k, in params\.yaml\./,
  );
});

it("does not count a row among its own neighbours", async () => {
  const chosen = labelSpreading.params.parse({ k: 4, rows: 4 });
  const fit = (labelSpreading.create(chosen) as Classifier).fit(repeated, fitContext());
  await expect(fit).rejects.toThrow(
    /training rows, of which a row is none of its own neighbours\. Raise rows/,
  );
});
