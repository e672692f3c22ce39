import { z } from "zod";

/** When Newton's method ends, of every model that is solved by it. @param steps what `max_iterations` counts */
export function newtonParams(steps: string) {
  return {
    tolerance: z
      .number()
      .gt(0)
      .lt(1)
      .default(1e-8)
      .describe(
        "converged when the largest derivative of the summed loss, divided by the rows, is at most this",
      ),
    max_iterations: z.int().min(1).max(10000).default(100).describe(steps),
  };
}
