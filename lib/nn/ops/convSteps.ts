import { ParamsError } from "../../base/errors.js";
import type { Tensor } from "../graph.js";
import { concat, filledRows, reshape, slice, transpose } from "./layout.js";
import { gemm } from "./products.js";

/** How windows lie over the steps of a series. */
export interface Windows {
  readonly steps: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Steps of zeros at both ends. */
  readonly padding: number;
}

/** Windows that fit. */
export function windowCount({ steps, kernel, stride, dilation, padding }: Windows): number {
  return Math.floor((steps + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
}

/**
 * What each window sees: [kernel d, n] each, from [T d, n] with zeros around it. Without dilation a window is one piece
 * of memory.
 */
export function windowsOf(x: Tensor, windows: Windows): readonly Tensor[] {
  const { steps, kernel, stride, dilation, padding } = windows;
  const d = (x.shape[0] as number) / steps;
  const zeros = padding === 0 ? null : filledRows(0, padding * d, x);
  const padded = zeros === null ? x : concat([zeros, x, zeros], 0);
  const stepsFrom = (first: number, count: number): Tensor =>
    slice(padded, 0, first * d, (first + count) * d);
  return Array.from({ length: windowCount(windows) }, (_, t) =>
    dilation === 1
      ? stepsFrom(t * stride, kernel)
      : concat(
          Array.from({ length: kernel }, (_, k) => stepsFrom(t * stride + k * dilation, 1)),
          0,
        ),
  );
}

/**
 * Convolution over time: in training one product for each window; what is served has ONNX's operator, where what a row
 * gives does not hang on the rows beside it.
 * @param x [T d, n]
 * @param weight [width, kernel, d]
 * @param bias [width]
 * @returns [T' width, n]
 * @throws ParamsError when no window fits
 */
export function convSteps(name: string, x: Tensor, weight: Tensor, bias: Tensor, windows: Windows): Tensor {
  const [width, kernel, d] = weight.shape as readonly number[];
  if (windowCount(windows) < 1)
    throw new ParamsError(
      `nn: ${name}: a kernel of ${kernel} steps (dilation ${windows.dilation}) on ${windows.steps} steps ` +
        `with padding ${windows.padding}: no window fits.`,
    );
  if (!x.graph.training) return operator(x, weight, bias, windows);
  const build = () => {
    const flat = reshape(weight, [width, kernel * d]);
    const column = reshape(bias, [width, 1]);
    const seen = windowsOf(x, windows);
    const out = concat(
      seen.map((window) => gemm(flat, window, column)),
      0,
    );
    return { outputs: [out], saved: { seen, windows } };
  };
  return x.graph.fused("ConvSteps", [x, weight, bias], build)[0];
}

/** The same by ONNX's Conv. */
function operator(x: Tensor, weight: Tensor, bias: Tensor, windows: Windows): Tensor {
  const { steps, stride, dilation, padding } = windows;
  const [width, kernel, d] = weight.shape as readonly number[];
  const n = x.shape[1];
  const count = windowCount(windows);
  // T d × n -> n × T × d -> n × d × T
  const rows = transpose(reshape(transpose(x, [1, 0]), [n, steps, d]), [0, 2, 1]);
  const made = x.graph.node("Conv", [rows, transpose(weight, [0, 2, 1]), bias], [n, width, count], {
    kernel_shape: { ints: [kernel] },
    strides: { ints: [stride] },
    dilations: { ints: [dilation] },
    pads: { ints: [padding, padding] },
  });
  // n × width × T' -> n × T' × width -> T' width × n
  return transpose(reshape(transpose(made, [0, 2, 1]), [n, count * width]), [1, 0]);
}
