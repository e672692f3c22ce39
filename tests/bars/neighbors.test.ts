import { describe, expect, it } from "vitest";
import type { ViewStep } from "#lib/features/views.js";
import { overSeeds, type Prepared, prepare } from "./measure.js";
import { nslKdd, nslKddFolder, official, standardised } from "./nslkddData.js";
import { whySkipped } from "./skip.js";

/** Scores of all training rows against all test rows, in model.onnx: minutes on two busy cores. */
const timeout = 600_000;
/** How far below the original a model may stay. */
const SLACK = 0.01;

const skipped = whySkipped(nslKddFolder);
describe.skipIf(skipped !== undefined)(
  skipped === undefined ? "neighbours on NSL-KDD" : `neighbours on NSL-KDD (skipped: ${skipped})`,
  () => {
    const source = skipped === undefined ? nslKdd() : undefined;
    const view = async (steps: readonly ViewStep[]): Promise<Prepared> => {
      const own = await source!;
      return prepare(own, official(own), steps);
    };

    it("knn, k = 5, all rows (section 3a): accuracy .7803, ROC-AUC .8274", { timeout }, async () => {
      const own = await overSeeds("knn", await view(standardised), { k: 5, rows: null }, [42]);
      if (process.env.NIDSLAB_BARS_SHOW) console.log("knn", own);
      expect(own.accuracy).toBeGreaterThanOrEqual(0.7803 - SLACK);
      expect(own.auc).toBeGreaterThanOrEqual(0.8274 - SLACK);
    });

    it("label-spreading, a tenth of the labels: within .05 of knn on all of them", { timeout }, async () => {
      const own = await overSeeds("label-spreading", await view(standardised), {}, [42]);
      if (process.env.NIDSLAB_BARS_SHOW) console.log("label-spreading", own);
      expect(own.accuracy).toBeGreaterThanOrEqual(0.7803 - 0.05);
    });
  },
);
