import { beforeAll, describe, expect, it } from "vitest";
import { isAdded } from "#lib/engines/place.js";
import { overSeeds, type Prepared, prepare } from "./measure.js";
import { nslKdd, nslKddFolder, official, standardised } from "./nslkddData.js";
import { whySkipped } from "./skip.js";

/** Far above what fits take on two busy cores. */
const timeout = 600_000;

/**
 * ROC-AUC on KDDTest+ of the originals called from Python: 200 rounds, learning rate .1, else their defaults. CatBoost is the mean
 * of seeds 42 to 44 (.9699 .9691 .9632); with these settings nothing is drawn in the others, and every seed gives the same.
 */
const bars = {
  xgboost: { auc: 0.9646, seeds: [42] },
  lightgbm: { auc: 0.9629, seeds: [42] },
  catboost: { auc: 0.9674, seeds: [42, 43, 44] },
};

const skipped = whySkipped(nslKddFolder);
describe.skipIf(skipped !== undefined)(
  skipped === undefined ? "boosting engines on NSL-KDD" : `boosting engines on NSL-KDD (skipped: ${skipped})`,
  () => {
    let oneHot: Prepared;

    beforeAll(async () => {
      const source = await nslKdd();
      oneHot = await prepare(source, official(source), standardised);
    });

    for (const [type, { auc: bar, seeds }] of Object.entries(bars)) {
      const name = `${type}: ROC-AUC within .01 of the original, ${bar}, or above`;
      if (!isAdded(type)) {
        it.skip(`${name} (skipped: nidslab engines add ${type})`, () => undefined);
        continue;
      }
      it(name, { timeout }, async () => {
        const { accuracy, auc } = await overSeeds(type, oneHot, { early_stopping: null }, seeds);
        expect(auc).toBeGreaterThanOrEqual(bar - 0.01);
        expect(accuracy).toBeGreaterThanOrEqual(0.76);
        expect(accuracy).toBeLessThan(0.9); // above it would be a leak
      });
    }
  },
);
