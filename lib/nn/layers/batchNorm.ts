import type { Tensor } from "../graph.js";
import { filled } from "../initial.js";
import { add, div, mul, sqrt, sub } from "../ops/elementwise.js";
import { reshape } from "../ops/layout.js";
import { mean } from "../ops/reduce.js";
import { byStep, joinSteps, type Series } from "./series.js";

interface BatchNormOptions {
  /** Share of a batch in the running moments. */
  readonly momentum?: number;
  readonly epsilon?: number;
}

/**
 * Each column of [n, d] with mean 0 and variance 1 over the batch, then scaled and shifted; in the graph that is served,
 * by the moments that training carried along (`<name>.mean`, `<name>.variance`, the latter of a batch as PyTorch keeps it: × n / (n − 1)).
 * Parameters: `<name>.weight`, `<name>.bias` [d]. Works badly with batches of few rows, and not with one.
 * Source: Ioffe and Szegedy 2015, arXiv:1502.03167.
 */
export function batchNorm(name: string, x: Tensor, options: BatchNormOptions = {}): Tensor {
  return normalized(name, x, x.shape[1] as number, [0], options);
}

/** The same for every channel of a series, over rows and steps. */
export function seriesBatchNorm(name: string, series: Series, options: BatchNormOptions = {}): Series {
  return joinSteps(normalized(name, byStep(series), series.width, [0, 2], options));
}

function normalized(
  name: string,
  x: Tensor,
  width: number,
  axes: readonly number[],
  { momentum = 0.1, epsilon = 1e-5 }: BatchNormOptions,
): Tensor {
  const { graph } = x;
  const aligned = x.shape.map((_, axis) => (axes.includes(axis) ? 1 : width));
  const parameter = (part: string, value: number): Tensor =>
    reshape(graph.parameter(`${name}.${part}`, [width], filled(value)), aligned);
  const [scale, shift] = [parameter("weight", 1), parameter("bias", 0)];
  const [runningMean, runningVariance] = [
    graph.carry(`${name}.mean`, [width], filled(0)),
    graph.carry(`${name}.variance`, [width], filled(1)),
  ];
  const toNormal = (average: Tensor, variance: Tensor): Tensor =>
    add(mul(sub(x, average), div(scale, sqrt(add(variance, epsilon)))), shift);
  if (!graph.training)
    return toNormal(reshape(runningMean.tensor, aligned), reshape(runningVariance.tensor, aligned));
  const average = mean(x, axes, true);
  const centred = sub(x, average);
  const variance = mean(mul(centred, centred), axes, true);
  const towards = (before: Tensor, now: Tensor): Tensor =>
    add(before, mul(sub(reshape(now, [width]), before), momentum));
  runningMean.next = towards(runningMean.tensor, average);
  runningVariance.next = towards(runningVariance.tensor, mul(variance, unbiased(x, width)));
  return toNormal(average, variance);
}

/** m / (m − 1) for the m numbers of a column. */
function unbiased(x: Tensor, width: number): Tensor {
  const { graph } = x;
  const [elements] = graph.nodeOf("Size", [x], [{ shape: [], type: "int64" }]);
  const [count] = graph.nodeOf("Cast", [elements], [{ shape: [], type: "float" }], { to: { int: 1 } });
  return div(count, sub(count, width));
}
