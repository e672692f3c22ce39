import { z } from "zod";
import type { FittedDetector, Matrix, ModelDefinition, Rows } from "../contract.js";
import { belowFloat32, floorFloat32 } from "../trees/float32.js";
import { checkWidth } from "../width.js";
import { FLOAT } from "./squaredLength.js";
import { emitStepSums, type Steps, sumSteps } from "./stepSums.js";

const params = z.strictObject({
  bins: z.int().min(2).max(1000).default(10).describe("equally wide bins of each column's histogram"),
  alpha: z.number().gt(0).max(1).default(0.1).describe("added to each density: what an empty bin can weigh"),
  tolerance: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe("how far outside, in widths of a bin, a value still counts into the outermost bin"),
});
export type HbosParams = z.infer<typeof params>;

/** Histogram-based outlier score: rows whose values fall where the benign rows' histograms are low are anomalous. */
export const definition: ModelDefinition<HbosParams> = {
  type: "hbos",
  kind: "detector",
  family: "one-class",
  title: "HBOS: histogram-based outlier score",
  source:
    "Goldstein and Dengel 2012, Histogram-based outlier score (HBOS), KI-2012 poster and demo track; as PyOD's HBOS",
  limits:
    "Each column for itself: an unusual combination of usual values is missed. Bins are equally wide: a long-tailed " +
    "column falls into one of them (take its logarithm in the view). Densities depend on the unit of a column.",
  view: "scaled",
  params,
  create: (chosen) => ({
    kind: "detector",
    fit: async (benign) => fitHbos(chosen, benign),
  }),
};

function fitHbos(chosen: HbosParams, { X }: Rows): FittedDetector {
  const columns = Array.from({ length: X.columns }, (_, j) => histogramSteps(chosen, X, j));
  return {
    kind: "detector",
    score(rows) {
      checkWidth(rows, X.columns, "hbos");
      return sumSteps(columns, rows)[0];
    },
    emit(onnx, input) {
      const [sum] = emitStepSums(onnx, input, columns);
      return onnx.node("Cast", [sum], { to: { int: FLOAT } });
    },
    summary: { columns: X.columns, bins: chosen.bins },
  };
}

/** −log2(density + alpha) of a column's bins, outside of them that of the lowest bin. */
function histogramSteps({ bins, alpha, tolerance }: HbosParams, X: Matrix, column: number): Steps {
  const edges = binEdges(X, column, bins);
  const counts = countBins(X, column, edges);
  const score = Float64Array.from(counts, (count, b) => {
    const density = count / (edges[b + 1] - edges[b]) / X.rows;
    return -Math.log2(density + alpha);
  });
  const outside = score.reduce((a, b) => Math.max(a, b));
  const [low, high] = [edges[0], edges[bins]];
  const below = belowFloat32(low - (edges[1] - low) * tolerance);
  const above = floorFloat32(high + (high - edges[bins - 1]) * tolerance);
  const steps: [at: number, value: number][] = [[below, outside]];
  for (let b = 0; b < bins - 1; b++) steps.push([floorFloat32(edges[b + 1]), score[b]]);
  steps.push([above, score[bins - 1]]);
  // Of steps that float32 cannot tell apart the first holds the values.
  const kept = steps.filter(([at], i) => i === 0 || at > steps[i - 1][0]);
  return {
    at: Float32Array.from(kept, ([at]) => at),
    values: [Float64Array.of(...kept.map(([, value]) => value), outside)],
  };
}

/** bins + 1 edges from the least to the greatest value; of a constant column from .5 below to .5 above it. */
function binEdges({ rows, columns, data }: Matrix, column: number, bins: number): Float64Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0, at = column; i < rows; i++, at += columns) {
    if (data[at] < low) low = data[at];
    if (data[at] > high) high = data[at];
  }
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const width = (high - low) / bins;
  return Float64Array.from({ length: bins + 1 }, (_, b) => (b === bins ? high : low + b * width));
}

/** Rows in each bin; its lower edge belongs to it, and to the last one its upper edge too. */
function countBins({ rows, columns, data }: Matrix, column: number, edges: Float64Array): Float64Array {
  const bins = edges.length - 1;
  const counts = new Float64Array(bins);
  const [low, span] = [edges[0], edges[bins] - edges[0]];
  for (let i = 0, at = column; i < rows; i++, at += columns) {
    const x = data[at];
    let b = Math.min(Math.floor(((x - low) / span) * bins), bins - 1);
    if (x < edges[b]) b--;
    else if (b < bins - 1 && x >= edges[b + 1]) b++;
    counts[b]++;
  }
  return counts;
}
