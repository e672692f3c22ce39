import { elementwiseRules } from "./elementwise.js";
import { layoutRules } from "./layout.js";
import { productRules } from "./products.js";
import { reduceRules } from "./reduce.js";
import type { Rules } from "./rule.js";
import { softmaxRules } from "./softmax.js";

/** The derivative of every operator that has one. */
export const rules: Rules = {
  ...elementwiseRules,
  ...reduceRules,
  ...layoutRules,
  ...productRules,
  ...softmaxRules,
};
