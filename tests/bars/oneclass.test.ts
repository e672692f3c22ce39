import { describe, expect, it } from "vitest";
import type { ViewStep } from "#lib/features/views.js";
import { type BarSource, overSeeds, type Prepared, prepare } from "./measure.js";
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

async function reaches({ type, params, seeds = 1, auc }: Bar, prepared: Prepared): Promise<void> {
  const own = await overSeeds(
    type,
    prepared,
    params,
    Array.from({ length: seeds }, (_, i) => 42 + i),
  );
  console.log(`${type} ${JSON.stringify(params)}: ${own.auc.toFixed(4)}, the original ${auc}`);
  expect(own.auc).toBeGreaterThanOrEqual(auc - SLACK);
}

const name = ({ type, params, auc }: Bar): string =>
  `${type} ${JSON.stringify(params)}: ROC-AUC ≥ ${auc} − .01`;

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
    it.each(bars.map((bar) => [name(bar), bar] as const))("%s", { timeout }, async (_name, bar) => {
      await reaches(bar, (await prepared) as Prepared);
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
    const places = [
      ["site A, day 2", (place: string) => place === "a2"],
      ["site B", (place: string) => place.startsWith("b")],
    ] as const;
    describe.each(places)("%s", (_place, tests) => {
      const prepared = skippedTestbed === undefined ? preparedFor(tests) : undefined;
      const at = tests("a2") ? 0 : 1;
      const own = bars.map(({ aucs, ...bar }): Bar => ({ ...bar, auc: aucs[at] }));
      it.each(own.map((bar) => [name(bar), bar] as const))("%s", { timeout }, async (_name, bar) => {
        await reaches(bar, (await prepared) as Prepared);
      });
    });
  },
);
