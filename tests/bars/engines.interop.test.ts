import { beforeAll, describe, expect, it } from "vitest";
import { isAdded } from "#lib/engines/place.js";
import { overSeeds, type Prepared, prepare } from "./measure.js";
import { nslKdd, nslKddFolder, official, standardised } from "./nslkddData.js";
import { whySkipped } from "./skip.js";

/** Far above what a fit takes on two busy cores. */
const timeout = 300_000;

/** ROC-AUC on KDDTest+ of the originals called from Python: 200 rounds, learning rate .1, else their defaults; one seed. */
const bars = { xgboost: 0.9646, lightgbm: 0.9629, catboost: 0.9702 };

const skipped = whySkipped(nslKddFolder);
describe.skipIf(skipped !== undefined)(
  skipped === undefined ? "boosting engines on NSL-KDD" : `boosting engines on NSL-KDD (skipped: ${skipped})`,
  () => {
    let oneHot: Prepared;

    beforeAll(async () => {
      const source = await nslKdd();
      oneHot = await prepare(source, official(source), standardised);
    });

    for (const [type, bar] of Object.entries(bars)) {
      const name = `${type}: ROC-AUC within .01 of the original, ${bar}, or above`;
      if (!isAdded(type)) {
        it.skip(`${name} (skipped: nidslab engines add ${type})`, () => undefined);
        continue;
      }
      it(name, { timeout }, async () => {
        // One seed, as the originals: with these settings nothing is drawn in XGBoost and LightGBM, and every seed gives the same.
        const { accuracy, auc } = await overSeeds(type, oneHot, { early_stopping: null }, [42]);
        expect(auc).toBeGreaterThanOrEqual(bar - 0.01);
        expect(accuracy).toBeGreaterThanOrEqual(0.76);
        expect(accuracy).toBeLessThan(0.9); // above it would be a leak
      });
    }
  },
);
