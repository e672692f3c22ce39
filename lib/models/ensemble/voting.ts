import { z } from "zod";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { Classifier, FitContext, FittedClassifier, ModelDefinition, Rows } from "../contract.js";
import { createMember, type MemberParams, memberParams, shares } from "./members.js";

interface VotingParams {
  readonly models: readonly MemberParams[];
}

/**
 * Soft voting: the weighted mean of the probabilities of several classifiers.
 * @param models the classifiers that it may be made of
 */
export function voting(models: readonly ModelDefinition[]): ModelDefinition<VotingParams> {
  return {
    type: "voting",
    kind: "classifier",
    family: "ensemble",
    title: "Soft voting of classifiers",
    source:
      "Kittler, Hatef, Duin and Matas 1998, On combining classifiers (the sum rule), IEEE TPAMI, doi:10.1109/34.667881",
    limits:
      "all its models share one view: with the raw one only models that take categories and missing values. A model whose " +
      "probabilities are too sure outvotes the others; with margins in place of probabilities among them (hinge losses, " +
      "perceptron, passive-aggressive) the mean is a margin, too. Costs as much as all its models.",
    view: "scaled",
    params: z.strictObject({ models: memberParams(models, true) }) as unknown as z.ZodType<VotingParams>,
    create: ({ models: entries }): Classifier => {
      const estimators = entries.map((entry) => createMember(models, entry) as Classifier);
      return {
        kind: "classifier",
        fit: (train, context) => fitVoting(entries, estimators, train, context),
      };
    },
  };
}

async function fitVoting(
  entries: readonly MemberParams[],
  estimators: readonly Classifier[],
  train: Rows,
  context: FitContext,
): Promise<FittedClassifier> {
  const members = await fitMembers(estimators, train, context);
  const share = shares(entries);
  const k = train.classes.length;
  return {
    kind: "classifier",
    classes: train.classes,
    summary: { models: members.length, types: entries.map(({ type }) => type).join(", ") },
    ...(members.some(({ margin }) => margin) ? { margin: true as const } : {}),
    predictProba(X) {
      const mean = new Float64Array(X.rows * k);
      members.forEach((member, m) => {
        const { data } = member.predictProba(X);
        for (let i = 0; i < mean.length; i++) mean[i] += share[m] * data[i];
      });
      return { rows: X.rows, columns: k, data: Float32Array.from(mean) };
    },
    emit(onnx: OnnxBuilder, input: Value): Value {
      const weighted = members.map((member, m) => {
        const own = onnx.node("Cast", [member.emit(onnx, input)], { to: { int: 11 } });
        return onnx.node("Mul", [own, onnx.tensor("double", [1], [share[m]])]);
      });
      return onnx.node("Cast", [onnx.node("Sum", weighted)], { to: { int: 1 } });
    },
  };
}

/** Each model on all training rows, with a random stream of its own. */
export async function fitMembers(
  estimators: readonly Classifier[],
  train: Rows,
  context: FitContext,
): Promise<FittedClassifier[]> {
  const fitted: FittedClassifier[] = [];
  for (const [m, estimator] of estimators.entries())
    fitted.push(await estimator.fit(train, { ...context, rng: context.rng.fork("member").fork(m) }));
  return fitted;
}
