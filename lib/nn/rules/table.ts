import { convStepsRule } from "./convSteps.js";
import { elementwiseRules } from "./elementwise.js";
import { gruStepsRule } from "./gruSteps.js";
import { layoutRules } from "./layout.js";
import { lstmStepsRule } from "./lstmSteps.js";
import { normalizationRules } from "./normalization.js";
import { productRules } from "./products.js";
import { reduceRules } from "./reduce.js";
import type { Rules } from "./rule.js";
import { softmaxRules } from "./softmax.js";

/** The derivative of every operator and fused node that has one. */
export const rules: Rules = {
  ...elementwiseRules,
  ...reduceRules,
  ...layoutRules,
  ...productRules,
  ...softmaxRules,
  ...normalizationRules,
  LstmSteps: lstmStepsRule,
  GruSteps: gruStepsRule,
  ConvSteps: convStepsRule,
};
