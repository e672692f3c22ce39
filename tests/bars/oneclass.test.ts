import { describe, expect, it } from "vitest";
import type { ViewStep } from "#lib/features/views.js";
import { type BarSource, overSeeds, overSeedsOn, type Prepared, prepare } from "./measure.js";
import { nslKdd, nslKddFolder, official } from "./nslkddData.js";
import { whySkipped } from "./skip.js";
import { byPlace, testbed, testbedFolder } from "./testbedData.js";

/** A model with the settings of the original, and over how many seeds it is measured where a seed decides it. */
interface Bar {
  readonly type: string;
  readonly params: object;
  readonly seeds?: number;
  /** ROC-AUC of the Python original, mean over three seeds or more of the random ones. */
  readonly auc: number;
}

/** Three fits each at most; far above what they take on two busy cores. */
const timeout = 300_000;
/** How far below the original a model may stay. */
const SLACK = 0.01;

const drawn = (seeds = 1): number[] => Array.from({ length: seeds }, (_, i) => 42 + i);

function reaches({ type, params }: Omit<Bar, "auc">, own: number, original: number): void {
  const report = `${type} ${JSON.stringify(params)}: ${own.toFixed(4)}, the original ${original}`;
  console.log(report);
  expect(own, report).toBeGreaterThanOrEqual(original - SLACK);
}

const skippedKdd = whySkipped(nslKddFolder);
describe.skipIf(skippedKdd !== undefined)(
  skippedKdd === undefined ? "one-class on NSL-KDD" : `one-class on NSL-KDD (skipped: ${skippedKdd})`,
  () => {
    // Section 1a: 84 one-hot columns as they are, 38 numbers scaled by the benign training rows.
    const steps: ViewStep[] = [
      { impute: "median" },
      { "one-hot": { unknown: "zero" } },
      { scale: "standard", rows: "benign" },
    ];
    const prepared =
      skippedKdd === undefined
        ? nslKdd().then((source) => prepare(source, official(source), steps))
        : undefined;
    const bars: readonly Bar[] = [
      { type: "isolation-forest", params: { trees: 200, sample: 256 }, seeds: 3, auc: 0.942 },
      { type: "pca", params: { variance: 0.95 }, auc: 0.9501 },
      { type: "pca", params: { components: 10 }, auc: 0.9193 },
      { type: "mahalanobis", params: { ridge: 1e-3 }, auc: 0.9577 },
      { type: "hbos", params: {}, auc: 0.9201 },
      { type: "ecod", params: {}, auc: 0.9464 },
      // Nystroem(300) + SGDOneClassSVM; the exact one: .8956.
      { type: "ocsvm", params: { nu: 0.05, components: 300 }, seeds: 3, auc: 0.8916 },
      { type: "gmm", params: { components: 16, ridge: 1e-3 }, seeds: 3, auc: 0.9403 },
      { type: "gmm", params: { components: 16, ridge: 1e-6 }, seeds: 3, auc: 0.9442 },
      { type: "knn-distance", params: { k: 5, rows: 10_000 }, seeds: 3, auc: 0.9447 },
      { type: "lof", params: { k: 20, rows: 10_000 }, seeds: 3, auc: 0.8821 },
      { type: "kde", params: { bandwidth: 1, rows: 5000 }, seeds: 3, auc: 0.9431 },
    ];
    it.each(bars)("$type $params: ROC-AUC ≥ $auc − .01", { timeout }, async (bar) => {
      const { type, params, seeds, auc } = bar;
      reaches(bar, (await overSeeds(type, (await prepared)!, params, drawn(seeds))).auc, auc);
    });
  },
);

const skippedTestbed = whySkipped(testbedFolder);
describe.skipIf(skippedTestbed !== undefined)(
  skippedTestbed === undefined
    ? "one-class on the testbed"
    : `one-class on the testbed (skipped: ${skippedTestbed})`,
  () => {
    // Section 1c: 33 columns of single flows, all scaled by the benign flows of site A, day 1.
    const steps: ViewStep[] = [
      { impute: { constant: 0 } },
      { log1p: "all" },
      { "one-hot": { unknown: "other" } },
      { scale: "standard", flags: true, rows: "benign" },
    ];
    const single: Parameters<typeof testbed>[0] = { derived: [], context: null, columns: "all" };
    const source = skippedTestbed === undefined ? testbed(single) : undefined;
    const preparedFor = async (tests: (place: string) => boolean): Promise<Prepared> => {
      const whole = (await source) as BarSource;
      const columns = whole.columns.filter(({ name }) => name !== "missed_bytes");
      const parts = byPlace(whole, (place) => (place === "a1" ? "train" : tests(place) ? "test" : null));
      return prepare({ ...whole, columns }, parts, steps);
    };
    // ROC-AUC on site A, day 2, and on site B.
    const bars: readonly (Omit<Bar, "auc"> & { readonly aucs: readonly [number, number] })[] = [
      { type: "isolation-forest", params: { trees: 200, sample: 256 }, seeds: 3, aucs: [0.796, 0.8144] },
      { type: "pca", params: { variance: 0.95 }, aucs: [0.7593, 0.7324] },
      { type: "pca", params: { components: 10 }, aucs: [0.8265, 0.8084] },
      { type: "mahalanobis", params: { ridge: 1e-3 }, aucs: [0.8578, 0.8395] },
      { type: "hbos", params: {}, aucs: [0.6928, 0.6992] },
      { type: "ecod", params: {}, aucs: [0.8244, 0.7249] },
      { type: "ocsvm", params: { nu: 0.05, components: 300 }, seeds: 3, aucs: [0.7287, 0.75] },
      // The original over 20 seeds, whose deviation is .015: its three seeds say too little.
      { type: "gmm", params: { components: 16, ridge: 1e-3 }, seeds: 10, aucs: [0.7783, 0.7614] },
      { type: "gmm", params: { components: 16, ridge: 1e-6 }, seeds: 10, aucs: [0.7793, 0.8088] },
      { type: "knn-distance", params: { k: 5, rows: 10_000 }, aucs: [0.8337, 0.7944] },
      { type: "lof", params: { k: 20, rows: 10_000 }, aucs: [0.843, 0.5876] },
      { type: "kde", params: { bandwidth: 1, rows: 5000 }, aucs: [0.8561, 0.8042] },
    ];
    const prepared =
      skippedTestbed === undefined
        ? Promise.all([preparedFor((place) => place === "a2"), preparedFor((place) => place.startsWith("b"))])
        : undefined;
    it.each(bars)(
      "$type $params: ROC-AUC ≥ $aucs.0 − .01 on site A, day 2, and ≥ $aucs.1 − .01 on site B",
      { timeout },
      async (bar) => {
        const { type, params, seeds, aucs } = bar;
        const places = (await prepared)!;
        const own = await overSeedsOn(places, type, places[0], params, drawn(seeds));
        own.forEach(({ auc }, at) => void reaches(bar, auc, aucs[at]));
      },
    );
  },
);
