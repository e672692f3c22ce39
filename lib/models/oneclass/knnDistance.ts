import { z } from "zod";
import type { FitContext, FittedDetector, ModelDefinition, Rows } from "../contract.js";
import { DOUBLE, emitNearest, FLOAT } from "../neighbors/emitNearest.js";
import { checkEnough, drawRows, indexOf, keptRowsParam, referenceOf } from "../neighbors/reference.js";
import { checkWidth } from "../width.js";

const params = z.strictObject({
  k: z.int().min(1).max(1000).default(5).describe("the distance to the k-th nearest benign row is the score"),
  rows: keptRowsParam("benign", 10_000),
});
export type KnnDistanceParams = z.infer<typeof params>;

/** Distance to the k-th nearest benign row. */
export const definition: ModelDefinition<KnnDistanceParams> = {
  type: "knn-distance",
  kind: "detector",
  family: "one-class",
  title: "Distance to the k-th nearest neighbour",
  source:
    "Ramaswamy, Rastogi and Shim 2000, Efficient algorithms for mining outliers from large data sets, doi:10.1145/335191.335437; Euclidean",
  limits:
    "Every column weighs by its scale. One yardstick for all regions: benign traffic that is rare and spread out scores " +
    "as attacks do. model.onnx holds the rows, and compares each flow with all of them.",
  view: "scaled",
  params,
  create: (chosen) => ({
    kind: "detector",
    fit: async (benign, context) => fitKnnDistance(chosen, benign, context),
  }),
};

function fitKnnDistance(
  { k, rows: cap }: KnnDistanceParams,
  { X }: Rows,
  { rng }: FitContext,
): FittedDetector {
  const drawn = drawRows(X, cap, rng);
  checkEnough("knn-distance", drawn.length, X.rows, k);
  const reference = referenceOf(X, drawn, k);
  const index = indexOf(reference.X);
  return {
    kind: "detector",
    score(asked) {
      checkWidth(asked, X.columns, "knn-distance");
      const { distances } = index().nearest(asked, k);
      return Float64Array.from({ length: asked.rows }, (_, i) => Math.fround(distances[i * k + k - 1]));
    },
    emit(onnx, input) {
      const x = onnx.node("Cast", [input], { to: { int: DOUBLE } });
      const { squares } = emitNearest(onnx, x, reference.X, k);
      const last = onnx.node("Gather", [squares, onnx.tensor("int64", [1], [k - 1])], { axis: { int: 1 } });
      return onnx.node("Cast", [onnx.node("Sqrt", [last])], { to: { int: FLOAT } });
    },
    summary: { rows: drawn.length, kept_rows: reference.rows.length, k },
  };
}
