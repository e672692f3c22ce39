import { z } from "zod";

const kinds =
  "sequential: one dataset after the other; random: datasets drawn by weights; balanced: labels in fixed shares until one " +
  "runs out; oversampled: the same, rows of a label that has run out drawn again; the other names are older ones";

const common = {
  by: z
    .enum(["source", "dataset", "site", "day"])
    .default("source")
    .describe("column of flows.parquet whose values are the datasets"),
  datasets: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("which datasets, and in which order; default: all, sorted by name"),
  batch_size_train: z.int().min(1).default(256).describe("training rows in a batch"),
  batch_size_test: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      "validation rows scored after a batch, round and round; null: all of them once, spread over the batches",
    ),
};

const balance = {
  labels: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("classes that take part; default: all that training has"),
  balance: z
    .union([z.array(z.number().min(0)).min(1), z.record(z.string(), z.number().min(0))])
    .optional()
    .describe("share of each label, in the order of labels or by name; default: equal"),
  shuffle_labels: z.boolean().default(true).describe("mix the datasets inside a label"),
  shuffle_within_dataset: z.boolean().default(true).describe("shuffle the rows of each dataset first"),
  allow_both: z.boolean().default(false).describe("with class_weight as well: both correct the same thing"),
};

const sequential = z.strictObject({
  type: z.literal(["sequential", "sequence"]).describe(kinds),
  ...common,
  per_dataset_batch_size: z
    .union([z.int().min(1), z.record(z.string(), z.int().min(1))])
    .optional()
    .describe("in place of batch_size_train: one size, or one a dataset"),
});
const random = z.strictObject({
  type: z.literal(["random", "random_batches"]).describe(kinds),
  ...common,
  weights: z
    .union([z.array(z.number().min(0)).min(1), z.record(z.string(), z.number().min(0))])
    .optional()
    .describe("chance of a row to be of each dataset, by name or in the order of datasets; default: equal"),
  shuffle_within_batch: z
    .boolean()
    .default(true)
    .describe("false: a batch holds one dataset after the other"),
  refill_shortfall: z
    .boolean()
    .default(true)
    .describe("rows that a dataset lacks come from the others; false: the batch is smaller"),
});
const balanced = z.strictObject({
  type: z.literal(["balanced", "balanced_by_label"]).describe(kinds),
  ...common,
  ...balance,
});
const oversampled = z.strictObject({
  type: z.literal(["oversampled", "oversampling", "balanced_oversampling"]).describe(kinds),
  ...common,
  ...balance,
});

/** `mixer` of a model that learns batch by batch: how the rows of several datasets make up its batches. */
export const mixerParams = z
  .discriminatedUnion("type", [sequential, random, balanced, oversampled])
  .prefault({ type: "random" })
  .describe("how batches are made from several datasets (sources, sites, …)");

export type MixerParams = z.infer<typeof mixerParams>;
export type SequentialParams = z.infer<typeof sequential>;
export type RandomParams = z.infer<typeof random>;
export type BalancedParams = z.infer<typeof balanced> | z.infer<typeof oversampled>;
export type MixerName = "sequential" | "random" | "balanced" | "oversampled";

/** Today's name of a mixer: SLIPS's older names mean the same. */
export function mixerName(type: MixerParams["type"]): MixerName {
  switch (type) {
    case "sequence":
      return "sequential";
    case "random_batches":
      return "random";
    case "balanced_by_label":
      return "balanced";
    case "oversampling":
    case "balanced_oversampling":
      return "oversampled";
    default:
      return type;
  }
}
