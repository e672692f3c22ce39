import type { FlowExplanation } from "#lib/explain/flow.js";
import type { ModelExplanation } from "#lib/explain/modelExplanation.js";

export const explanation: FlowExplanation = {
  method: "TreeSHAP",
  of: "log-odds of an attack",
  base: -1,
  sum: 1.5,
  score: 0.8176,
  threshold: 0.5,
  decision: "attack",
  columns: [
    {
      column: "service",
      unit: null,
      value: "ssh",
      usual: { name: "service", levels: [{ level: "dns", share: 0.75 }], missing: 0.25 },
      unusual: true,
      contribution: 2,
    },
  ],
  rest: { columns: 2, contribution: 0.5 },
};

/** reports/explain/<model>.json of one strong column, with an attack that was found and none that was missed. */
export const sampleExplanation = (model: string): ModelExplanation => ({
  split: "site",
  model,
  type: "gradient-boosting",
  importance: {
    part: "validation",
    metric: "average_precision",
    rows: 600,
    repeats: 5,
    baseline: 0.99,
    columns: [{ name: "service", drop: 0.2, lo: 0.1, hi: 0.3 }],
  },
  shap: {
    method: "TreeSHAP",
    of: "log-odds of an attack",
    part: "test",
    rows: 2,
    base: -1,
    mean_abs: [{ name: "service", value: 1.5 }],
    sample: { columns: ["service"], contributions: [[2, -1]], values: [[null, null]] },
  },
  flows: { rule: "the rule", found: { row_id: 7, label: "DoS", family: "DoS", explanation }, missed: null },
});
