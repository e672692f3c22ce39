import { z } from "zod";
import { importanceMetrics } from "./permutation.js";

/** `explain` in params.yaml: how much is spent on saying why models decide as they do. */
export const explainParams = z.strictObject({
  rows: z.int().min(1).max(100_000).describe("test rows whose Shapley values are summed up"),
  columns: z.int().min(1).max(200).describe("columns whose single values are kept, for the beeswarm"),
  importance_rows: z.int().min(20).max(1_000_000).describe("validation rows for permutation importance"),
  repeats: z.int().min(2).max(1000).describe("permutations of each column"),
  metric: z.enum(importanceMetrics).describe("what permuted columns cost"),
  coalitions: z
    .int()
    .min(2)
    .max(1_000_000)
    .describe("coalitions of KernelSHAP, for what is neither trees nor linear"),
});

export type ExplainParams = z.infer<typeof explainParams>;

export const defaultExplain: ExplainParams = {
  rows: 300,
  columns: 15,
  importance_rows: 600,
  repeats: 5,
  metric: "average_precision",
  coalitions: 256,
};
