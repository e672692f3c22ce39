import { z } from "zod";

/** How many columns a selection keeps. */
export const keep = z
  .union([z.int().min(1), z.number().gt(0).lt(1)])
  .describe("columns that are kept: how many, or a share of all between 0 and 1");
const bins = z
  .int()
  .min(2)
  .max(255)
  .default(10)
  .describe("bins of about equally many training rows that a number is put in");
const repeats = z
  .int()
  .min(0)
  .max(100)
  .default(10)
  .describe("selections on random halves of the training rows, which tell how stable the choice is; 0: none");

/** `select:` of a classifier's entry in params.yaml. */
export const selectParams = z.discriminatedUnion("by", [
  z.strictObject({
    by: z.literal("mutual-information").describe("of a column with the class"),
    keep,
    bins,
    repeats,
  }),
  z.strictObject({
    by: z.literal("mrmr").describe("mutual information with the class less that with what is kept already"),
    keep,
    bins,
    repeats,
  }),
  z.strictObject({
    by: z.literal("l1").describe("weights that an L1 penalty leaves to a logistic regression"),
    keep: keep.optional().describe("keep so many at most; default: every column with a weight"),
    l1: z.number().gt(0).default(1).describe("the penalty: fewer columns the larger it is"),
    repeats,
  }),
  z.strictObject({
    by: z.literal("forest").describe("mean decrease of impurity in a random forest"),
    keep,
    trees: z.int().min(1).max(1000).default(100).describe("trees of that forest"),
    repeats,
  }),
]);
export type SelectParams = z.infer<typeof selectParams>;
