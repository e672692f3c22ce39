import { beforeAll, describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { ingest } from "#lib/dataset/ingest.js";
import { attackFlags } from "#lib/dataset/target.js";
import { evaluatePart } from "#lib/eval/evaluate.js";
import type { PartMetrics } from "#lib/eval/result.js";
import { buildFeatures } from "#lib/features/build.js";
import { encode } from "#lib/features/encode.js";
import { columnsOf } from "#lib/features/schema.js";
import { TrainingRows } from "#lib/features/trainingRows.js";
import { fitView } from "#lib/features/view.js";
import { definitionOf, ownParams } from "#lib/models/registry.js";
import { trainModel } from "#lib/models/train.js";
import { OnnxSession } from "#lib/onnx/session.js";
import { readParams } from "#lib/pipeline/params.js";
import { type Table, Table as Tables, text } from "#lib/table/table.js";
import { whySkipped } from "./skip.js";

const folder = "data/testbed";
const timeout = 300_000;

/**
 * What context adds on the testbed: features and boosting of the committed params.yaml, fitted on all training rows (no
 * early stopping), measured at .5 on model.onnx.
 */
const skipped = whySkipped(folder);
describe.skipIf(skipped !== undefined)(
  skipped === undefined ? "bars of context" : `bars of context (skipped: ${skipped})`,
  () => {
    const params = readParams("params.yaml");
    let flows: Table;
    let features: Table;
    let columns: ReturnType<typeof columnsOf>;

    beforeAll(async () => {
      flows = (await ingest({ ...params.dataset, path: folder }, params.labels, params.seed)).table;
      const built = buildFeatures(flows, params.features);
      features = built.table;
      columns = columnsOf(built.schema, "realistic");
    });

    /** @param parts says of a site and day whether it trains or tests */
    async function measure(parts: (place: string) => "train" | "test" | null): Promise<PartMetrics> {
      const days = flows.strings("day");
      const part = text(flows.strings("site").map((site, row) => parts(`${site}${days[row]}`)));
      const rows = (name: string): Int32Array => {
        const code = part.dictionary.indexOf(name);
        return Int32Array.from([...part.codes.keys()].filter((row) => part.codes[row] === code));
      };
      const split = Tables.of({ row_id: flows.column("row_id"), part });
      const view = await fitView("raw", [], TrainingRows.of(features, split), columns);
      const isAttack = attackFlags(flows);
      const labelled = (index: Int32Array) => ({
        X: encode(features.take(index), columns, view.levels),
        y: Int32Array.from(index, (row) => isAttack[row]),
      });
      const entry = params.models.boosting;
      const definition = definitionOf(entry.type);
      const train = labelled(rows("train"));
      const model = await trainModel({
        estimator: definition.create(definition.params.parse({ ...ownParams(entry), early_stopping: null })),
        view,
        classes: ["benign", "attack"],
        train,
        validation: {
          X: { ...train.X, rows: 1000, data: train.X.data.subarray(0, 1000 * train.X.columns) },
          y: train.y.subarray(0, 1000),
        },
        decision: { rule: "half" },
        rng: Rng.root(params.seed).fork("train"),
        threads: params.threads,
        metadata: {},
        log: () => undefined,
      });
      const test = labelled(rows("test"));
      const session = await OnnxSession.fromBytes(model.onnx, params.threads);
      const out = await session.run(test.X.data, test.X.rows, test.X.columns);
      await session.release();
      return evaluatePart({
        isAttack: Uint8Array.from(test.y),
        scores: Float64Array.from({ length: out.rows }, (_, i) => 1 - out.data[2 * i]),
        isProbability: true,
        threshold: 0.5,
        family: flows.take(rows("test")).text("family"),
        trainingFamilies: [],
        classes: null,
        subset: null,
        bootstrap: { resamples: 0, rng: Rng.root(params.seed) },
      }).metrics;
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
