import { z } from "zod";
import { classWeightParam, classWeights } from "../classWeights.js";
import { continueFromParam } from "../continueFrom.js";
import type {
  FitContext,
  FittedClassifier,
  Groups,
  LabelledBatch,
  OnlineSession,
  Rows,
} from "../contract.js";
import { presentClasses } from "../presentClasses.js";
import { type MixPlan, mixBatches } from "./mixBatches.js";
import { mixerParams } from "./mixerParams.js";

/** Parameters of every model that learns batch by batch. */
export const onlineParams = {
  epochs: z
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe("passes over the training rows, each mixed anew (after continue_from: further ones)"),
  scaler: z
    .enum(["running", "none"])
    .default("running")
    .describe(
      "running: a standard scaler that moves with each batch, inside model.onnx; none: the view scales",
    ),
  class_weight: classWeightParam,
  mixer: mixerParams,
  continue_from: continueFromParam,
};
export type OnlineParams = z.infer<z.ZodObject<typeof onlineParams>>;

/**
 * Fit by partialFit on mixed batches. history.csv gets a row a batch: the share of the batch's rows that were wrong before
 * it was learned, and that of the validation rows scored after it. mix.json gets the plan of each epoch.
 * @param start makes a session, given the weight of a row of each class: one that has learned nothing, or the state of
 * `context` to go on from
 * @throws DataError when training has fewer than two classes, and what mixBatches refuses
 */
export async function fitByBatches(
  model: string,
  params: OnlineParams,
  train: Rows,
  context: FitContext,
  start: (classWeights: Float64Array) => OnlineSession,
): Promise<FittedClassifier> {
  const { counts } = presentClasses(model, train);
  const session = start(classWeights(counts, params.class_weight));
  const { validation } = context;
  const input = {
    train: { dataset: datasetsOf(train, params.mixer.by), y: train.y },
    ...(validation === undefined
      ? {}
      : { validation: { dataset: datasetsOf(validation, params.mixer.by), y: validation.y } }),
    classes: train.classes,
  };
  const history: Record<string, number>[] = [];
  const plans: MixPlan[] = [];
  const before = session.epochs;
  for (let epoch = before + 1; epoch <= before + params.epochs; epoch++) {
    const { batches, plan } = mixBatches(params.mixer, input, context.rng.fork("mixer").fork(epoch));
    plans.push(plan);
    batches.forEach(({ rows, validation: scored }, b) => {
      const batch = take(train, rows);
      const train_error = wrongShare(session.freeze(), batch);
      session.partialFit(batch);
      const row: Record<string, number> = { epoch, batch: b + 1, rows: rows.length, train_error };
      if (validation !== undefined)
        row.validation_error = wrongShare(session.freeze(), take(validation, scored));
      history.push(row);
    });
    session.epochs = epoch;
  }
  const fitted = session.freeze();
  return {
    ...fitted,
    summary: {
      ...fitted.summary,
      mixer: plans[0].mixer,
      batches: history.length,
      ...(before === 0 ? {} : { epochs_before: before }),
    },
    history,
    state: session.state(),
    files: { "mix.json": { by: params.mixer.by, params: params.mixer, epochs: plans } },
  };
}

/** Datasets of rows; rows that were not given any are of one dataset. */
function datasetsOf(rows: Rows, by: string): Groups {
  return rows.groups?.[by] ?? { codes: new Int32Array(rows.y.length), names: ["all"] };
}

function take({ X, y }: Rows, rows: Int32Array): LabelledBatch {
  const data = new Float32Array(rows.length * X.columns);
  rows.forEach((row, i) => {
    data.set(X.data.subarray(row * X.columns, (row + 1) * X.columns), i * X.columns);
  });
  return { X: { rows: rows.length, columns: X.columns, data }, y: Int32Array.from(rows, (row) => y[row]) };
}

/** Share of rows whose most probable class is not theirs; NaN without rows. */
function wrongShare(model: FittedClassifier, { X, y }: LabelledBatch): number {
  const { columns, data } = model.predictProba(X);
  let wrong = 0;
  y.forEach((truth, i) => {
    let best = 0;
    for (let c = 1; c < columns; c++) if (data[i * columns + c] > data[i * columns + best]) best = c;
    if (best !== truth) wrong++;
  });
  return wrong / y.length;
}
