import { z } from "zod";

/** `window` of a model in params.yaml: which rows it sees together. */
export const windowParams = z.strictObject({
  length: z.int().min(2).max(512).describe("rows of a window, the one that is judged the last of them"),
  label: z
    .enum(["last", "majority"])
    .default("last")
    .describe("whose label a window has in training: its last row's, or what most of its rows have"),
});
export type WindowParams = z.infer<typeof windowParams>;
