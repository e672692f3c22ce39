import { z } from "zod";
import { NeighbourIndex } from "../../numeric/neighbours/neighbourIndex.js";
import { withoutSelf } from "../../numeric/neighbours/others.js";
import { nearestInParallel } from "../../numeric/neighbours/parallel.js";
import type { Neighbours } from "../../numeric/neighbours/points.js";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { FitContext, FittedDetector, Matrix, ModelDefinition, Rows } from "../contract.js";
import { DOUBLE, emitNearest, FLOAT } from "../neighbors/emitNearest.js";
import {
  checkEnough,
  drawRows,
  indexOf,
  keptRowsParam,
  referenceOf,
  takeRows,
} from "../neighbors/reference.js";
import { checkWidth } from "../width.js";

const params = z.strictObject({
  k: z.int().min(1).max(1000).default(20).describe("neighbours whose density is compared with the row's own"),
  rows: keptRowsParam("benign", 10_000, 2),
});
export type LofParams = z.infer<typeof params>;

/** Added to mean distances, so that rows that are all the same have a density (scikit-learn's number). */
const LEAST = 1e-10;

/** Local outlier factor of new rows: how much thinner it is around a row than around its nearest benign rows. */
export const definition: ModelDefinition<LofParams> = {
  type: "lof",
  kind: "detector",
  family: "one-class",
  title: "Local outlier factor (novelty)",
  source:
    "Breunig, Kriegel, Ng and Sander 2000, LOF: identifying density-based local outliers, doi:10.1145/342009.335388; " +
    "as scikit-learn's LocalOutlierFactor(novelty=True)",
  limits:
    "Of rows that occur more than k times the density is next to infinite, and so is the score of a row that is almost " +
    "one of them: of flows, which repeat, many benign ones score above attacks.",
  view: "scaled",
  params,
  create: (chosen) => ({
    kind: "detector",
    fit: async (benign, context) => fitLof(chosen, benign, context),
  }),
};

/** Reference rows with what LOF knows of each: the distance to its k-th neighbour, and its density. */
interface Densities {
  readonly X: Matrix;
  readonly reach: Float64Array;
  readonly density: Float64Array;
}

async function fitLof(
  { k, rows: cap }: LofParams,
  { X }: Rows,
  context: FitContext,
): Promise<FittedDetector> {
  const drawn = drawRows(X, cap, context.rng);
  checkEnough("lof", drawn.length, X.rows, k, 1);
  const sample = takeRows(X, drawn);
  const index = NeighbourIndex.build(sample);
  const near = withoutSelf(await nearestInParallel(index, sample, k + 1, context.workers));
  const reach = Float64Array.from({ length: drawn.length }, (_, i) => near.distances[i * k + k - 1]);
  const density = densities(near, reach);
  const all = Int32Array.from(drawn.keys());
  const kept = referenceOf(sample, all, k);
  const reference: Densities = {
    X: kept.X,
    reach: Float64Array.from(kept.rows, (row) => reach[row]),
    density: Float64Array.from(kept.rows, (row) => density[row]),
  };
  const ofKept = indexOf(reference.X);
  return {
    kind: "detector",
    score(asked) {
      checkWidth(asked, X.columns, "lof");
      return factors(ofKept().nearest(asked, k), reference);
    },
    emit: (onnx, input) => emitFactors(onnx, input, reference, k),
    summary: { rows: drawn.length, kept_rows: kept.rows.length, k },
  };
}

/** Local reachability density: 1 / mean over the neighbours of max(distance, the neighbour's own reach). */
function densities({ k, rows, distances }: Neighbours, reach: Float64Array): Float64Array {
  return Float64Array.from({ length: rows.length / k }, (_, i) => {
    let sum = 0;
    for (let j = i * k; j < (i + 1) * k; j++) sum += Math.max(distances[j], reach[rows[j]]);
    return 1 / (sum / k + LEAST);
  });
}

/** Mean density of the neighbours over the row's own. */
function factors(near: Neighbours, { reach, density }: Densities): Float64Array {
  const { k, rows } = near;
  return densities(near, reach).map((own, i) => {
    let sum = 0;
    for (let j = i * k; j < (i + 1) * k; j++) sum += density[rows[j]];
    return Math.fround(sum / k / own);
  });
}

function emitFactors(onnx: OnnxBuilder, input: Value, { X, reach, density }: Densities, k: number): Value {
  const x = onnx.node("Cast", [input], { to: { int: DOUBLE } });
  const { places, squares } = emitNearest(onnx, x, X, k);
  const of = (values: Float64Array): Value =>
    onnx.node("Gather", [onnx.tensor("double", [values.length], values), places]);
  const shares = onnx.tensor("double", [k, 1], new Float64Array(k).fill(1 / k));
  const reached = onnx.node("Max", [onnx.node("Sqrt", [squares]), of(reach)]);
  const mean = onnx.node("MatMul", [reached, shares]);
  const sparse = onnx.node("Add", [mean, onnx.tensor("double", [1], [LEAST])]);
  const around = onnx.node("MatMul", [of(density), shares]);
  return onnx.node("Cast", [onnx.node("Mul", [around, sparse])], { to: { int: FLOAT } });
}
