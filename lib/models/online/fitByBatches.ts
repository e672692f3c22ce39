import { z } from "zod";
import { classWeightParam, classWeights } from "../classWeights.js";
import { continueFromParam } from "../continueFrom.js";
import type { FitContext, FittedClassifier, Groups, OnlineSession, Rows } from "../contract.js";
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
    .describe(
      "passes over the training rows at most, each mixed anew (after continue_from: further ones at most)",
    ),
  tol: z
    .number()
    .min(0)
    .nullable()
    .default(1e-3)
    .describe(
      "stop when a pass does not lower the training loss (mean, penalty included) below its lowest by this; null: never",
    ),
  n_iter_no_change: z
    .int()
    .min(1)
    .default(5)
    .describe("passes in a row without that after which it stops (after continue_from: counted anew)"),
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
  let goesOn = true;
  for (let epoch = before + 1; goesOn && epoch <= before + params.epochs; epoch++) {
    const { batches, plan } = mixBatches(params.mixer, input, context.rng.fork("mixer").fork(epoch));
    plans.push(plan);
    batches.forEach(({ rows, validation: scored }, b) => {
      const train_error = session.partialFit({ X: train.X, y: train.y, rows }) / rows.length;
      const row: Record<string, number> = { epoch, batch: b + 1, rows: rows.length, train_error };
      if (validation !== undefined) {
        const { X, y } = validation;
        row.validation_error = session.wrong({ X, y, rows: scored }) / scored.length;
      }
      history.push(row);
    });
    goesOn = session.endEpoch();
  }
  const fitted = session.freeze();
  return {
    ...fitted,
    summary: {
      ...fitted.summary,
      mixer: plans[0].mixer,
      epochs: session.epochs - before,
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
