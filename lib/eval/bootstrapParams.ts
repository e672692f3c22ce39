import { z } from "zod";
import { intervalKinds } from "./interval95.js";
import { unitNames } from "./units.js";

/** `eval.bootstrap` of params.yaml. */
export const bootstrapParams = z.strictObject({
  resamples: z.int().min(0).max(100000),
  unit: z.enum(unitNames),
  interval: z.enum(intervalKinds).default("percentile"),
});
export type BootstrapParams = z.infer<typeof bootstrapParams>;
