import { beforeAll, describe, expect, it } from "vitest";
import type { PartMetrics } from "#lib/eval/result.js";
import { ownParams } from "#lib/models/registry.js";
import type { Params } from "#lib/pipeline/params.js";
import { type BarSource, measure as measureModel, prepare } from "./measure.js";
import { whySkipped } from "./skip.js";
import { byPlace, testbed, testbedFolder } from "./testbedData.js";

const timeout = 300_000;

/**
 * What context adds on the testbed: features and boosting of the committed params.yaml, fitted on all training rows (no
 * early stopping), measured at .5 on model.onnx.
 */
const skipped = whySkipped(testbedFolder);
describe.skipIf(skipped !== undefined)(
  skipped === undefined ? "bars of context" : `bars of context (skipped: ${skipped})`,
  () => {
    let source: BarSource & { readonly params: Params };

    beforeAll(async () => {
      source = await testbed();
    });

    async function measure(part: (place: string) => "train" | "test" | null): Promise<PartMetrics> {
      const { boosting } = source.params.models;
      const prepared = await prepare(source, byPlace(source, part), []);
      const own = { ...ownParams(boosting), early_stopping: null };
      return measureModel(boosting.type, source.params.seed, prepared, own);
    }

    async function reaches(metrics: Promise<PartMetrics>, macroF1: number, auc: number): Promise<void> {
      const { at_half, roc_auc } = await metrics;
      expect(at_half.macro_f1).toBeGreaterThanOrEqual(macroF1);
      expect(roc_auc).toBeGreaterThanOrEqual(auc);
    }

    it("site A to B: macro-F1 ≥ .905, ROC-AUC ≥ .965", { timeout }, () =>
      reaches(
        measure((place) => (place.startsWith("a") ? "train" : "test")),
        0.905,
        0.965,
      ),
    );

    it("site B to A: macro-F1 ≥ .915, ROC-AUC ≥ .985", { timeout }, () =>
      reaches(
        measure((place) => (place.startsWith("b") ? "train" : "test")),
        0.915,
        0.985,
      ),
    );

    it("day 1 to day 2: macro-F1 ≥ .915, ROC-AUC ≥ .985", { timeout }, () =>
      reaches(
        measure((place) => (place.endsWith("1") ? "train" : "test")),
        0.915,
        0.985,
      ),
    );

    it(
      "site A, day 1 to day 2, a spoofed flood unseen: as good as single flows (.867, .973)",
      { timeout },
      () =>
        reaches(
          measure((place) => (place === "a1" ? "train" : place === "a2" ? "test" : null)),
          0.867,
          0.973,
        ),
    );
  },
);
