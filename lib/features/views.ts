import { z } from "zod";

/** One step of a view. Columns are named, or "all" (the numeric ones); a name that a dataset lacks is left out. */
const columns = z.array(z.string()).min(1);

/** Ordered steps, each fitted on training rows only. */
export const viewStep = z.union([
  z.strictObject({
    impute: z.union([z.enum(["median", "most-frequent"]), z.strictObject({ constant: z.number() })]),
    indicator: z
      .boolean()
      .optional()
      .describe("add a 0/1 column for each column that had missing values in training"),
  }),
  z.strictObject({ log1p: z.union([z.literal("all"), columns]) }),
  z.strictObject({ "one-hot": z.strictObject({ unknown: z.enum(["other", "zero"]) }) }),
  z.strictObject({ scale: z.enum(["standard", "minmax", "robust"]) }),
]);
export type ViewStep = z.infer<typeof viewStep>;

/** `views:` of params.yaml: a model takes one by name. */
export const viewParams = z.record(z.string(), z.array(viewStep));
export type ViewParams = z.infer<typeof viewParams>;
