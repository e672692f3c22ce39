import { z } from "zod";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { Detector, FitContext, FittedDetector, Matrix, ModelDefinition, Rows } from "../contract.js";
import { createMember, type MemberParams, memberParams, shares } from "./members.js";
import { emitRanks, fitRanks, rankOf } from "./ranks.js";

interface RankAverageParams {
  readonly models: readonly MemberParams[];
}

/**
 * The weighted mean of the ranks that several detectors' scores have among their scores of the benign training rows.
 * @param models the detectors that it may be made of
 */
export function rankAverage(models: readonly ModelDefinition[]): ModelDefinition<RankAverageParams> {
  return {
    type: "rank-average",
    kind: "detector",
    family: "ensemble",
    title: "Average rank of detectors",
    source:
      "Aggarwal and Sathe 2015, Theoretical foundations and algorithms for outlier ensembles, SIGKDD Explorations, " +
      "doi:10.1145/2830544.2830549 (averaging after ranks make scores comparable)",
    limits:
      "all its models share one view: with the raw one only models that take categories and missing values. Ranks say " +
      "nothing beyond the training scores: there each model's score counts by its distance to them, up to 1. A model that " +
      "scores its own training rows too low (nearest neighbours, LOF) ranks all new rows high. Training scores that differ " +
      "by less than .2% share a rank. Costs as much as all its models.",
    view: "scaled",
    params: z.strictObject({ models: memberParams(models, true) }) as unknown as z.ZodType<RankAverageParams>,
    create: ({ models: entries }): Detector => {
      const estimators = entries.map((entry) => createMember(models, entry) as Detector);
      return {
        kind: "detector",
        fit: (benign, context) => fitRankAverage(entries, estimators, benign, context),
      };
    },
  };
}

async function fitRankAverage(
  entries: readonly MemberParams[],
  estimators: readonly Detector[],
  benign: Rows,
  context: FitContext,
): Promise<FittedDetector> {
  const members: FittedDetector[] = [];
  for (const [m, estimator] of estimators.entries())
    members.push(await estimator.fit(benign, { ...context, rng: context.rng.fork("member").fork(m) }));
  const curves = members.map((member) => fitRanks(member.score(benign.X)));
  const share = shares(entries);
  return {
    kind: "detector",
    summary: { models: members.length, types: entries.map(({ type }) => type).join(", ") },
    score(X: Matrix): Float64Array {
      const mean = new Float64Array(X.rows);
      members.forEach((member, m) => {
        member.score(X).forEach((score, i) => {
          mean[i] += share[m] * rankOf(curves[m], score);
        });
      });
      return mean;
    },
    emit(onnx: OnnxBuilder, input: Value): Value {
      const weighted = members.map((member, m) =>
        onnx.node("Mul", [
          emitRanks(onnx, member.emit(onnx, input), curves[m]),
          onnx.tensor("double", [1], [share[m]]),
        ]),
      );
      return onnx.node("Cast", [onnx.node("Sum", weighted)], { to: { int: 1 } });
    },
  };
}
