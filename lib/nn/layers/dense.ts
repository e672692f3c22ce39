import type { Tensor } from "../graph.js";
import { uniformByFanIn } from "../initial.js";
import { gemm } from "../ops/products.js";

/** x W + b: [n, d] → [n, width]. @param bias without one: x W */
export function dense(name: string, x: Tensor, width: number, { bias = true } = {}): Tensor {
  const inputs = x.shape[1] as number;
  const weight = x.graph.parameter(`${name}.weight`, [inputs, width], uniformByFanIn(inputs));
  return gemm(x, weight, bias ? x.graph.parameter(`${name}.bias`, [width], uniformByFanIn(inputs)) : null);
}
