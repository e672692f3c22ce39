import { writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { applyView, viewFeatures } from "#lib/features/view.js";
import { groupedFolds } from "#lib/models/ensemble/groupedFolds.js";
import { definitionOf } from "#lib/models/registry.js";
import { searchParams } from "#lib/models/search/params.js";
import { searchParameters } from "#lib/models/search/search.js";
import { pickRows } from "#lib/models/train.js";
import { describeBesidePython, python, runPython } from "../python.js";
import { temporaryFolder } from "../temporary.js";
import { measure, type Prepared, prepare } from "./measure.js";
import { byPlace, testbed } from "./testbedData.js";

const timeout = 600_000;
/** Distance of a ROC-AUC that counts as reached. */
const NEAR = 0.01;
const seeds = [42, 43, 44];
const trees = 50;
const models = [{ type: "logistic" }, { type: "random-forest", trees }, { type: "gaussian-nb" }];
const l2 = [1000, 100, 10, 1, 0.1];
const classes = ["benign", "attack"];

interface Theirs {
  readonly voting: readonly number[];
  readonly stacking: readonly number[];
  readonly search: { readonly test: number; readonly means: readonly number[] };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Site A trains, site B tests; the same matrix and the same folds for both. */
async function beside() {
  const source = await testbed({ derived: [], context: null });
  const prepared = await prepare(
    source,
    byPlace(source, (place) => (place.startsWith("a") ? "train" : "test")),
    [
      { impute: "median", indicator: true },
      { log1p: ["bytes", "packets", "s"] },
      { "one-hot": { unknown: "other" } },
      { scale: "standard" },
    ],
  );
  const { view, train, test } = prepared;
  const [X, Xt] = [applyView(view, train.X), applyView(view, test.X)];
  const rows = { X, y: train.y, features: viewFeatures(view), classes };
  const folds = (count: number, seed: number): Int32Array =>
    groupedFolds(rows, count, [], { rng: Rng.root(seed).fork("train") });
  const searchFolds = folds(3, 1);
  const folder = temporaryFolder().path;
  const part = (name: string, data: Float32Array, y: Int32Array): object => {
    writeFileSync(`${folder}/${name}`, data);
    return { path: `${folder}/${name}`, y: [...y] };
  };
  const theirs = runPython<Theirs>("tests/bars/ensembles.py", {
    ...{ columns: X.columns, train: part("train", X.data, train.y), test: part("test", Xt.data, test.y) },
    ...{ trees, seeds, l2, search_folds: [...searchFolds], stack_folds: [...folds(5, 2)] },
  });
  return { prepared, searchFolds, theirs };
}

describeBesidePython("ensembles and search on the testbed, site A to B, beside scikit-learn", () => {
  const ready = python === undefined ? Promise.reject(new Error("no Python")) : beside();
  ready.catch(() => undefined);

  it.each(["voting", "stacking"] as const)(
    "%s: ROC-AUC as scikit-learn's, mean of three seeds",
    { timeout },
    async (type) => {
      const { prepared, theirs } = await ready;
      const ours: number[] = [];
      for (const seed of seeds)
        ours.push((await measure(type, seed, prepared, { models })).roc_auc ?? Number.NaN);
      const report = `${type}: ROC-AUC ${mean(ours).toFixed(4)}, scikit-learn ${mean(theirs[type]).toFixed(4)}`;
      console.log(report);
      expect(Math.abs(mean(ours) - mean(theirs[type])), report).toBeLessThan(NEAR);
    },
  );

  it("grid search: every candidate's mean over the folds, and the test rows, as GridSearchCV", {
    timeout,
  }, async () => {
    const { prepared, searchFolds, theirs } = await ready;
    const found = await search(prepared, searchFolds);
    const means = found.results
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => Number(line.split(",")[2]));
    const test = (await measure("logistic", 42, prepared, found.own)).roc_auc ?? Number.NaN;
    const best = Math.max(...theirs.search.means);
    const report = `search: mean ${found.info.mean.toFixed(4)}, test ${test.toFixed(4)}; GridSearchCV ${best.toFixed(4)}, ${theirs.search.test.toFixed(4)}`;
    console.log(report);
    expect(means).toHaveLength(l2.length);
    for (const [c, value] of means.entries())
      expect(Math.abs(value - theirs.search.means[c]), `l2 ${l2[c]}`).toBeLessThan(0.001);
    expect(Math.abs(test - theirs.search.test), report).toBeLessThan(NEAR);
  });
});

function search({ view, train }: Prepared, fold: Int32Array) {
  const definition = definitionOf("logistic");
  return searchParameters({
    definition,
    own: definition.params.parse({}) as Record<string, unknown>,
    search: searchParams.parse({ method: "grid", over: { l2 }, by: "folds", metric: "roc_auc" }),
    folds: [0, 1, 2].map((f) => ({
      name: `fold_${f + 1}`,
      rows: async () => {
        const heldOut = pickRows(train, (_, i) => fold[i] === f);
        return { view, train: pickRows(train, (_, i) => fold[i] !== f), validation: heldOut, heldOut };
      },
    })),
    ...{ classes, rng: Rng.root(42), threads: 2, log: () => undefined },
  });
}
