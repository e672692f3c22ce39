import { ParamsError } from "../../base/errors.js";
import { uniformByFanIn } from "../initial.js";
import { convSteps } from "../ops/convSteps.js";
import type { Series } from "./series.js";

export interface Conv1dOptions {
  /** Channels that come out. */
  readonly width: number;
  /** Steps that one number of the output sees. */
  readonly kernel: number;
  readonly stride?: number;
  readonly dilation?: number;
  /** Steps of zeros at both ends; "same": as many as keep the number of steps, of an odd kernel and stride 1. */
  readonly padding?: number | "same";
}

/**
 * Convolution over time: [T, d] → [T', width] for each row, T' = ⌊(T + 2 padding − dilation (kernel − 1) − 1) / stride⌋ + 1.
 * Parameters: `<name>.weight` [width, kernel, d], `<name>.bias` [width].
 * @throws ParamsError when the kernel is longer than the padded series, or "same" does not apply
 */
export function conv1d(
  name: string,
  series: Series,
  { width, kernel, stride = 1, dilation = 1, padding = 0 }: Conv1dOptions,
): Series {
  if (padding === "same" && (kernel % 2 === 0 || stride !== 1))
    throw new ParamsError(
      `nn: ${name}: padding "same" goes with an odd kernel and stride 1, not kernel ${kernel}, stride ${stride}.`,
    );
  const around = padding === "same" ? (dilation * (kernel - 1)) / 2 : padding;
  const { graph } = series.values;
  const fanIn = kernel * series.width;
  const weight = graph.parameter(`${name}.weight`, [width, kernel, series.width], uniformByFanIn(fanIn));
  const bias = graph.parameter(`${name}.bias`, [width], uniformByFanIn(fanIn));
  const shape = { steps: series.steps, kernel, stride, dilation, padding: around };
  const values = convSteps(name, series.values, weight, bias, shape);
  return { values, steps: (values.shape[0] as number) / width, width };
}
