import { z } from "zod";

const by = z
  .enum(["class", "family"])
  .default("class")
  .describe("what target names, and among whose rows neighbours are looked for");

const target = z
  .union([z.literal("balanced"), z.record(z.string(), z.number().gt(0))])
  .default("balanced")
  .describe(
    "rows wanted of each: a whole number above 1 is a count, a number up to 1 a share of the largest one's rows; " +
      "balanced: as many as the largest has (undersample: the smallest)",
  );

const smote = z.strictObject({
  k: z.int().min(1).max(1000).default(5).describe("neighbours that a synthetic row may lean to"),
  target,
  by,
  distance: z
    .enum(["standardised", "raw"])
    .default("standardised")
    .describe("numbers divided by their standard deviation over the training rows, or as they are"),
});
const copies = z.strictObject({ target, by });

/** `resample` of a classifier: how its training rows, and no others, are thinned out or added to. */
export const resampleParams = z
  .strictObject({
    undersample: copies.optional().describe("rows left out at random; comes first"),
    oversample: copies.optional().describe("rows repeated at random"),
    smote: smote.optional().describe("synthetic rows between neighbours"),
    allow_both: z.boolean().default(false).describe("with class_weight as well: both correct the same thing"),
  })
  .refine(
    ({ undersample, oversample, smote: synthetic }) =>
      undersample !== undefined || oversample !== undefined || synthetic !== undefined,
    "one of smote, oversample, undersample is expected",
  )
  .refine(
    ({ oversample, smote: synthetic }) => oversample === undefined || synthetic === undefined,
    "smote and oversample add rows both: choose one",
  );

export type ResampleParams = z.infer<typeof resampleParams>;
export type SmoteParams = z.infer<typeof smote>;
export type Target = z.infer<typeof target>;
