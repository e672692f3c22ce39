import { z } from "zod";
import { distinctPoints } from "../../numeric/neighbours/distinct.js";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { FitContext, FittedDetector, Matrix, ModelDefinition, Rows } from "../contract.js";
import {
  DOUBLE,
  emitFastSquares,
  FLOAT,
  limitBatch,
  ones,
  squaredLengths,
} from "../neighbors/emitNearest.js";
import { checkEnough, drawRows, indexOf, keptRowsParam, takeRows } from "../neighbors/reference.js";
import { checkWidth } from "../width.js";

const params = z.strictObject({
  bandwidth: z.number().gt(0).max(1e6).default(1).describe("standard deviation of the bell around each row"),
  rows: keptRowsParam("benign", 5000),
});
export type KdeParams = z.infer<typeof params>;

/** Kernel density: minus the logarithm of the mean of Gaussian bells around the benign rows. */
export const definition: ModelDefinition<KdeParams> = {
  type: "kde",
  kind: "detector",
  family: "one-class",
  title: "Kernel density estimate (Gaussian)",
  source:
    "Parzen 1962, On estimation of a probability density function and mode, doi:10.1214/aoms/1177704472",
  limits:
    "One bandwidth for all columns and regions, which must be scaled to fit it; of many columns no density can be " +
    "estimated, and the score follows the distance to the nearest benign row.",
  view: "scaled",
  params,
  create: (chosen) => ({
    kind: "detector",
    fit: async (benign, context) => fitKde(chosen, benign, context),
  }),
};

/** Bells further from a row than the nearest one by so many natural logarithms add less than rounding does. */
const NEGLIGIBLE = 40;

function fitKde({ bandwidth: h, rows: cap }: KdeParams, { X }: Rows, { rng }: FitContext): FittedDetector {
  const drawn = drawRows(X, cap, rng);
  checkEnough("kde", drawn.length, X.rows, 1);
  const sample = takeRows(X, drawn);
  const index = indexOf(sample);
  const n = drawn.length;
  const norm = Math.log(n) + (X.columns / 2) * Math.log(2 * Math.PI * h * h);
  return {
    kind: "detector",
    score(asked) {
      checkWidth(asked, X.columns, "kde");
      const nearest = index().nearest(asked, 1).distances;
      return nearest.map((distance, i) => {
        const least = distance * distance;
        const radius = Math.sqrt(least + 2 * h * h * (NEGLIGIBLE + Math.log(n)));
        let sum = 0;
        for (const square of index().squaresWithin(asked, i, radius))
          sum += Math.exp((least - square) / (2 * h * h));
        return Math.fround(norm + least / (2 * h * h) - Math.log(sum));
      });
    },
    emit: (onnx, input) => emitDensity(onnx, input, sample, h, norm),
    summary: { rows: n, bandwidth: h },
  };
}

/** Rows that are all the same are one bell, so many times as high. */
function emitDensity(onnx: OnnxBuilder, input: Value, sample: Matrix, h: number, norm: number): Value {
  const { count, first, starts } = distinctPoints(sample);
  const x = onnx.node("Cast", [input], { to: { int: DOUBLE } });
  const d = sample.columns;
  const points = takeRows(sample, first);
  limitBatch(onnx, count);
  const rows = onnx.node("Cast", [onnx.tensor("float", [count, d], points.data)], { to: { int: DOUBLE } });
  const a = -1 / (2 * h * h);
  const heights = squaredLengths(points, a).map((own, p) => own + Math.log(starts[p + 1] - starts[p]));
  const logs = emitFastSquares(onnx, x, rows, heights, d, a);
  const most = onnx.node("ReduceMax", [logs], { axes: { ints: [1] }, keepdims: { int: 1 } });
  const sum = onnx.node("MatMul", [onnx.node("Exp", [onnx.node("Sub", [logs, most])]), ones(onnx, count)]);
  const shifted = onnx.node("Add", [onnx.node("Log", [sum]), most]);
  const length = onnx.node("MatMul", [onnx.node("Mul", [x, x]), ones(onnx, d)]);
  const density = onnx.node("Add", [shifted, onnx.node("Mul", [length, onnx.tensor("double", [1], [a])])]);
  const score = onnx.node("Sub", [onnx.tensor("double", [1], [norm]), density]);
  return onnx.node("Cast", [score], { to: { int: FLOAT } });
}
