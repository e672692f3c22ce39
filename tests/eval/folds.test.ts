import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { evaluatePart } from "#lib/eval/evaluate.js";
import { predictionTable, type ScoredPart } from "#lib/eval/predictions.js";
import { pooledInput } from "#lib/eval/scored.js";
import { spreadOf } from "#lib/eval/spread.js";
import { Table, text } from "#lib/table/table.js";

const classes = ["benign", "dos", "scan"];
const names = ["benign", "dos", "scan", "benign", "dos", "benign"];
const flows = Table.of({ label: text(names), family: text(names) });
/** Fold 1 has rows 0, 2, 5 and a model that knows no scan; fold 2 the others. */
const folds: ScoredPart[] = [
  {
    ...{ part: "cv", fold: 1, rows: Int32Array.of(0, 2, 5), score: Float64Array.of(0.1, 0.3, 0.4) },
    ...{ threshold: 0.35, classes: ["benign", "dos"], predicted: Int32Array.of(0, 0, 1) },
    probabilities: { rows: 3, columns: 2, data: Float32Array.of(0.9, 0.1, 0.7, 0.3, 0.4, 0.6) },
  },
  {
    ...{ part: "cv", fold: 2, rows: Int32Array.of(1, 3, 4), score: Float64Array.of(0.5, 0.5, 0.75) },
    ...{ threshold: 0.6, classes, predicted: Int32Array.of(2, 0, 1) },
    probabilities: {
      ...{ rows: 3, columns: 3 },
      data: Float32Array.of(0.5, 0, 0.5, 0.5, 0.25, 0.25, 0.25, 0.75, 0),
    },
  },
];

describe("out-of-fold rows", () => {
  it("become one table in row order, each with its fold's threshold and classes", () => {
    const table = predictionTable(flows, classes, folds);
    expect(table.select(["row_id", "fold", "score", "decision", "predicted", "p_scan"]).objects()).toEqual([
      { row_id: 0, fold: 1, score: 0.1, decision: 0, predicted: "benign", p_scan: null },
      { row_id: 1, fold: 2, score: 0.5, decision: 0, predicted: "scan", p_scan: 0.5 },
      { row_id: 2, fold: 1, score: 0.3, decision: 0, predicted: "benign", p_scan: null },
      { row_id: 3, fold: 2, score: 0.5, decision: 0, predicted: "benign", p_scan: 0.25 },
      { row_id: 4, fold: 2, score: 0.75, decision: 1, predicted: "dos", p_scan: 0 },
      { row_id: 5, fold: 1, score: 0.4, decision: 1, predicted: "dos", p_scan: null },
    ]);
  });

  it("are measured together, each at its own threshold; a family is seen where a fold that tests it was trained on it", () => {
    const truth = {
      flows,
      isAttack: Uint8Array.of(0, 1, 1, 0, 1, 0),
      target: { classes, codes: Int32Array.of(0, 1, 2, 0, 1, 0) },
    };
    const models = folds.map(({ classes: own }) => ({
      ...{ kind: "classifier" as const, classes: own, trainingFamilies: own.slice(1) },
    }));
    const bootstrap = { resamples: 0, rng: Rng.root(1) };
    const { metrics, details } = evaluatePart(pooledInput(truth, models, folds, bootstrap));
    expect(metrics).toMatchObject({ n: 6, tp: 1, fp: 1, tn: 2, fn: 2, threshold: null });
    expect(details.confusion.counts).toEqual([
      [2, 1, 0],
      [0, 1, 1],
      [1, 0, 0],
    ]);
    expect(details.families.map(({ family, seen, detected }) => [family, seen, detected])).toEqual([
      ["dos", true, 1],
      ["scan", false, 0],
    ]);
  });
});

describe("spreadOf", () => {
  it("is over the folds that define the value", () => {
    expect(spreadOf([0, null, 2])).toEqual({ mean: 1, std: Math.SQRT2, min: 0, max: 2, folds: 2 });
    expect(spreadOf([0.25])).toEqual({ mean: 0.25, std: null, min: 0.25, max: 0.25, folds: 1 });
    expect(spreadOf([null])).toEqual({ mean: null, std: null, min: null, max: null, folds: 0 });
  });
});
