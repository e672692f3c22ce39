import { mul, sub } from "../ops/elementwise.js";
import { mean } from "../ops/reduce.js";
import type { Rules } from "./rule.js";
import { sumTo } from "./sumTo.js";

export const normalizationRules: Rules = {
  LayerNormalization: ({ inputs: [x, scale, shift], outputs: [, average, inverseDeviation] }, [g]) => {
    const normal = mul(sub(x!, average), inverseDeviation);
    return [
      () => {
        const scaled = mul(g!, scale!);
        const along = mul(normal, mean(mul(scaled, normal), [-1], true));
        return mul(sub(sub(scaled, mean(scaled, [-1], true)), along), inverseDeviation);
      },
      () => sumTo(mul(g!, normal), scale!.shape),
      () => sumTo(g!, shift!.shape),
    ];
  },
};
