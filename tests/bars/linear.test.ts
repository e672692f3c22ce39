import { beforeAll, describe, expect, it } from "vitest";
import { type BarSource, overSeeds, type Prepared, prepare } from "./measure.js";
import { nslKdd, nslKddFolder, official, standardised } from "./nslkddData.js";
import { whySkipped } from "./skip.js";

/** Up to twenty fits each; far above what they take on two busy cores. */
const timeout = 1_200_000;

/** Distance of a ROC-AUC that counts as reached. */
const NEAR = 0.01;

/** The view scales; larger batches change nothing without a running scaler and are faster. */
const once = { scaler: "none", mixer: { type: "random", batch_size_train: 2048 } };

/**
 * ROC-AUC of the Python originals (scikit-learn 1.9.1) on the same 122 columns: numbers standardised on all training rows,
 * categories as 0/1 columns. Means over seeds where the original draws.
 */
const bars: readonly { model: string; params?: object; auc: number; seeds?: number }[] = [
  { model: "logistic", auc: 0.7935 },
  { model: "linear-svm", auc: 0.7859 },
  { model: "linear-svm", params: { calibration: "sigmoid" }, auc: 0.7889 },
  { model: "gaussian-nb", auc: 0.7992 },
  { model: "gaussian-nb", params: { var_smoothing: 1e-2 }, auc: 0.8652 },
  { model: "bernoulli-nb", auc: 0.9495 },
  // Both stop by themselves (scikit-learn after 6 to 31 passes). Its hinge spreads from .8022 to .8502 over twenty seeds and
  // its perceptron from .6805 to .8227 (their first three had .8412 and .7779): both sides are averaged over twenty.
  { model: "sgd", params: { loss: "hinge", epochs: 1000, ...once }, auc: 0.8263, seeds: 20 },
  { model: "sgd", params: { loss: "log", epochs: 1000, ...once }, auc: 0.8355, seeds: 3 },
  { model: "perceptron", params: { epochs: 1000, ...once }, auc: 0.7716, seeds: 20 },
  { model: "passive-aggressive", params: { epochs: 1000, ...once }, auc: 0.748, seeds: 3 },
];

const skipped = whySkipped(nslKddFolder);
describe.skipIf(skipped !== undefined)(
  skipped === undefined
    ? "bars of the linear shelf on NSL-KDD"
    : `bars of the linear shelf on NSL-KDD (skipped: ${skipped})`,
  () => {
    let prepared: Prepared;

    beforeAll(async () => {
      const source: BarSource = await nslKdd();
      prepared = await prepare(source, official(source), standardised);
    });

    it.each(bars)(
      "$model $params: ROC-AUC ≥ $auc - .01",
      { timeout },
      async ({ model, params, auc, seeds = 1 }) => {
        const drawn = Array.from({ length: seeds }, (_, i) => 42 + i);
        const found = await overSeeds(model, prepared, params, drawn);
        console.log(`${model} ${JSON.stringify(params ?? {})}: ROC-AUC ${found.auc.toFixed(4)} (${auc})`);
        expect(found.auc).toBeGreaterThanOrEqual(auc - NEAR);
        // Above it would be a leak.
        expect(found.accuracy).toBeLessThan(0.9);
      },
    );
  },
);
