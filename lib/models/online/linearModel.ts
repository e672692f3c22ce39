import type { FitContext, FittedClassifier, Rows } from "../contract.js";
import { fitByBatches, type OnlineParams } from "./fitByBatches.js";
import type { Link } from "./fittedLinear.js";
import type { UpdateRule } from "./linearPredictor.js";
import { LinearSession } from "./linearSession.js";

/** Fit a linear model by mixed batches; its rule and its link are what makes it one model and not another. */
export function fitLinear(
  model: { readonly type: string; readonly rule: UpdateRule; readonly link: Link },
  params: OnlineParams,
  train: Rows,
  context: FitContext,
): Promise<FittedClassifier> {
  return fitByBatches(model.type, params, train, context, (classWeights) => {
    return new LinearSession({
      model: model.type,
      classes: train.classes,
      features: train.features,
      rule: model.rule,
      link: model.link,
      classWeights,
      scaled: params.scaler === "running",
      stopping: params,
      ...(context.state === undefined ? {} : { from: context.state }),
    });
  });
}
