import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { tellApart } from "#lib/explain/domainClassifier.js";
import { madeColumns, madeFlows } from "./made.js";

const { features } = madeFlows();
const rows = Int32Array.from({ length: features.rows }, (_, row) => row);
const options = { resamples: 50, workers: 1, named: true };

it("cannot tell two random halves of one site apart", async () => {
  const site = rows.filter((row) => row % 2 === 0);
  const sets = { features, columns: madeColumns.slice(0, 2), content: rows };
  const [a, b] = [0, 2].map((left) => site.filter((row) => row % 4 === left));
  const found = await tellApart({ ...sets, a, b }, options, Rng.root(1));
  expect(found?.roc_auc.lo).toBeLessThan(0.5);
  expect(found?.roc_auc.hi).toBeGreaterThan(0.5);
});

it("does not learn rows by heart that stand in both folds: equal content stays together", async () => {
  // Two sets of the same ten contents each a hundred times: what differs within a content is nothing.
  const content = rows.map((row) => row % 10);
  const copies = features.take(rows.map((row) => (row % 10) * 2));
  const table = copies.with("row_id", features.column("row_id"));
  const [a, b] = [0, 1].map((left) => rows.filter((row) => content[row] % 2 === left));
  const found = await tellApart(
    { features: table, columns: madeColumns.slice(0, 2), content, a, b },
    { ...options, named: false },
    Rng.root(1),
  );
  expect(found?.roc_auc.point).toBeLessThan(0.9);
});

it("is null where a set has fewer rows than folds", async () => {
  const sets = { features, columns: madeColumns, content: rows, a: rows.slice(0, 2), b: rows.slice(2) };
  expect(await tellApart(sets, options, Rng.root(1))).toBeNull();
});
