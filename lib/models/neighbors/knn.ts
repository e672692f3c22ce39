import { z } from "zod";
import type { FitContext, FittedClassifier, ModelDefinition, Rows } from "../contract.js";
import { checkEnough, drawRows, keptRowsParam, referenceOf } from "./reference.js";
import { voteClassifier } from "./vote.js";

const params = z.strictObject({
  k: z.int().min(1).max(1000).default(5).describe("nearest training rows that vote"),
  weights: z
    .enum(["uniform", "distance"])
    .default("uniform")
    .describe("each neighbour counts alike, or by 1 / distance"),
  rows: keptRowsParam("training", 50_000),
});
export type KnnParams = z.infer<typeof params>;

/** k nearest neighbours: the share of each class among the k training rows that are nearest. */
export const definition: ModelDefinition<KnnParams> = {
  type: "knn",
  kind: "classifier",
  family: "neighbors",
  title: "k nearest neighbours (exact)",
  source:
    "Cover and Hart 1967, Nearest neighbor pattern classification, doi:10.1109/TIT.1967.1053964; Euclidean",
  limits:
    "Every column weighs by its scale. model.onnx holds the training rows (4 bytes a number), and compares each flow with " +
    "all of them. Probabilities have k + 1 values, unless neighbours count by distance.",
  view: "scaled",
  params,
  create: (chosen) => ({
    kind: "classifier",
    fit: async (train, context) => fitKnn(chosen, train, context),
  }),
};

function fitKnn({ k, weights, rows: cap }: KnnParams, train: Rows, { rng }: FitContext): FittedClassifier {
  const { X, y, classes } = train;
  const drawn = drawRows(X, cap, rng);
  checkEnough("knn", drawn.length, X.rows, k);
  const reference = referenceOf(X, drawn, k);
  const c = classes.length;
  const shares = new Float32Array(reference.rows.length * c);
  reference.rows.forEach((row, i) => {
    shares[i * c + y[row]] = 1;
  });
  return voteClassifier(
    { type: "knn", reference: reference.X, shares, classes, k, weights },
    { rows: drawn.length, kept_rows: reference.rows.length, k },
  );
}
