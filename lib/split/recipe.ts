import { z } from "zod";

const fraction = z.number().gt(0).lt(1);
const values = z.array(z.union([z.string(), z.number()])).min(1);
const common = {
  validation: fraction.describe("share of the training part that is held out for validation"),
  within: z
    .record(z.string(), z.string())
    .optional()
    .describe("keep to rows whose column has this value; the rest is unused"),
};

/** `splits.<name>` of params.yaml. */
export const splitRecipe = z.discriminatedUnion("recipe", [
  z.strictObject({ recipe: z.literal("official"), ...common }),
  z.strictObject({ recipe: z.literal("stratified"), test: fraction, ...common }),
  z.strictObject({ recipe: z.literal("time"), test: fraction, ...common }),
  z.strictObject({
    recipe: z.literal("group"),
    by: z.string().describe("the column whose values stay together: site, day, host, source, family, …"),
    test: z
      .union([fraction, values])
      .describe("share of the groups' rows, or the values that make the test part"),
    train: values.optional().describe("the values that make the training part; the rest is unused"),
    ...common,
  }),
]);
export type SplitRecipe = z.infer<typeof splitRecipe>;

/** What a row is used for. */
export const partNames = ["train", "validation", "test", "unused"] as const;
export type Part = (typeof partNames)[number];
