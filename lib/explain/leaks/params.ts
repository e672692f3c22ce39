import { z } from "zod";

/** `leaks` of params.yaml: which model the leak tests are made with; null for none. */
export const leakParams = z
  .strictObject({
    model: z.string().describe("a name under models"),
    rows: z.int().min(200).nullable().describe("a stratified cap on the rows of the headline split"),
  })
  .nullable();
export type LeakParams = NonNullable<z.infer<typeof leakParams>>;
