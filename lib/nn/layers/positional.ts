import { ParamsError } from "../../base/errors.js";
import type { Tensor } from "../graph.js";
import { normal } from "../initial.js";
import { add } from "../ops/elementwise.js";
import { text } from "../shape.js";

/**
 * What tells a step from another, added to n × T × d. Learned: parameter `<name>.weight` [T, d]; otherwise sines and
 * cosines, Vaswani et al. 2017, arXiv:1706.03762, section 3.5.
 */
export function positional(name: string, x: Tensor, kind: "sinusoidal" | "learned" = "sinusoidal"): Tensor {
  const [, steps, width] = x.shape;
  if (x.shape.length !== 3 || typeof steps !== "number" || typeof width !== "number")
    throw new ParamsError(
      `nn: ${name}: a sequence of shape ${text(x.shape)}; rows × steps × columns were expected.`,
    );
  if (kind === "learned") return add(x, x.graph.parameter(`${name}.weight`, [steps, width], normal(0.02)));
  return add(x, x.graph.constant(sinusoids(steps, width), [steps, width]));
}

/** [steps, width]: sin in even columns, cos in odd ones, each pair 10000^(2 / width) slower than the one before. */
export function sinusoids(steps: number, width: number): Float32Array {
  return Float32Array.from({ length: steps * width }, (_, at) => {
    const [step, column] = [Math.floor(at / width), at % width];
    const angle = step / 10000 ** ((column - (column % 2)) / width);
    return column % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
}
