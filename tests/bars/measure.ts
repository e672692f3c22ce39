import { Rng } from "#lib/base/rng.js";
import { attackFlags } from "#lib/dataset/target.js";
import { evaluatePart } from "#lib/eval/evaluate.js";
import type { PartMetrics } from "#lib/eval/result.js";
import { encode } from "#lib/features/encode.js";
import type { columnsOf } from "#lib/features/schema.js";
import { TrainingRows } from "#lib/features/trainingRows.js";
import { type FittedView, fitView } from "#lib/features/view.js";
import type { ViewStep } from "#lib/features/views.js";
import { definitionOf } from "#lib/models/registry.js";
import { type LabelledRows, trainModel } from "#lib/models/train.js";
import { OnnxSession } from "#lib/onnx/session.js";
import { type Table, Table as Tables, type TextColumn, text } from "#lib/table/table.js";

/** Flows with their features: what nslkddData.ts and testbedData.ts read. */
export interface BarSource {
  readonly flows: Table;
  readonly features: Table;
  readonly columns: ReturnType<typeof columnsOf>;
}

export interface TestRows {
  readonly test: LabelledRows;
  /** Of the test rows. */
  readonly family: TextColumn;
}

/** The rows of a split as a view's input, and the view fitted on its training rows: the same for every seed. */
export interface Prepared extends TestRows {
  readonly view: FittedView;
  readonly train: LabelledRows;
}

/** @param parts "train", "test" or null (left out) for each flow */
export async function prepare(
  { flows, features, columns }: BarSource,
  parts: TextColumn,
  steps: readonly ViewStep[],
): Promise<Prepared> {
  const rows = (part: string): Int32Array => {
    const code = parts.dictionary.indexOf(part);
    return Int32Array.from(parts.codes.keys()).filter((row) => parts.codes[row] === code);
  };
  const split = Tables.of({ row_id: flows.column("row_id"), part: parts });
  const isAttack = attackFlags(flows);
  const view = await fitView("view", steps, TrainingRows.of(features, split, isAttack), columns);
  const labelled = (index: Int32Array): LabelledRows => ({
    X: encode(features.take(index), columns, view.levels),
    y: Int32Array.from(index, (row) => isAttack[row]),
  });
  const testRows = rows("test");
  return {
    view,
    train: labelled(rows("train")),
    test: labelled(testRows),
    family: text(Array.from(testRows, (row) => (isAttack[row] === 1 ? "attack" : "benign"))),
  };
}

/** The parts without the attacks among the training rows: the view of a detector is fitted on benign rows, too. */
export function benignTraining({ flows }: BarSource, parts: TextColumn): TextColumn {
  const isAttack = attackFlags(flows);
  return text(
    Array.from(parts.codes, (code, row) => {
      const part = code < 0 ? null : parts.dictionary[code];
      return part === "train" && isAttack[row] === 1 ? null : part;
    }),
  );
}

/**
 * Train a model on the training rows and measure its model.onnx on the test rows.
 * @param params as in params.yaml; defaults are filled in
 */
export async function measure(
  type: string,
  seed: number,
  prepared: Prepared,
  params: object = {},
): Promise<PartMetrics> {
  const [metrics] = await measureOn([prepared], type, seed, prepared, params);
  return metrics;
}

/** As `measure`, on each of several parts: the model is trained once. */
async function measureOn(
  parts: readonly TestRows[],
  type: string,
  seed: number,
  { view, train }: Prepared,
  params: object,
): Promise<PartMetrics[]> {
  const definition = definitionOf(type);
  const detector = definition.kind === "detector";
  const few = Math.min(2000, train.X.rows);
  const model = await trainModel({
    estimator: definition.create(definition.params.parse(params)),
    view,
    classes: ["benign", "attack"],
    train,
    // Nothing is chosen on them: the threshold rule is `half`, and no bar stops early.
    validation: {
      X: { ...train.X, rows: few, data: train.X.data.subarray(0, few * train.X.columns) },
      y: train.y.subarray(0, few),
    },
    decision: detector ? { rule: "benign-quantile", contamination: 0.02 } : { rule: "half" },
    rng: Rng.root(seed),
    threads: 2,
    metadata: {},
    log: () => undefined,
  });
  const session = await OnnxSession.fromBytes(model.onnx, 2);
  const found: PartMetrics[] = [];
  for (const { test, family } of parts) {
    const out = await session.run(test.X.data, test.X.rows, test.X.columns);
    const first = Float64Array.from({ length: out.rows }, (_, i) => out.data[i * out.columns]);
    const { metrics } = evaluatePart({
      isAttack: Uint8Array.from(test.y),
      scores: detector ? first : first.map((benign) => 1 - benign),
      isProbability: !detector,
      threshold: model.threshold,
      family,
      trainingFamilies: ["attack"],
      classes: null,
      subset: null,
      bootstrap: { resamples: 0, rng: Rng.root(seed) },
    });
    found.push(metrics);
  }
  await session.release();
  return found;
}

/** Means over training seeds; NaN where a metric is undefined. */
export interface Means {
  /** At .5. */
  readonly accuracy: number;
  /** ROC-AUC. */
  readonly auc: number;
}

export async function overSeeds(
  type: string,
  prepared: Prepared,
  params: object = {},
  seeds: readonly number[] = [42, 43, 44],
): Promise<Means> {
  const [means] = await overSeedsOn([prepared], type, prepared, params, seeds);
  return means;
}

/** As `overSeeds`, on each of several parts: models are trained once. */
export async function overSeedsOn(
  parts: readonly TestRows[],
  type: string,
  prepared: Prepared,
  params: object,
  seeds: readonly number[],
): Promise<Means[]> {
  const all: PartMetrics[][] = [];
  for (const seed of seeds) all.push(await measureOn(parts, type, seed, prepared, params));
  return parts.map((_, part) => ({
    accuracy: mean(all.map((of) => of[part].at_half.accuracy)),
    auc: mean(all.map((of) => of[part].roc_auc)),
  }));
}

function mean(values: readonly (number | null)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? Number.NaN), 0) / values.length;
}
