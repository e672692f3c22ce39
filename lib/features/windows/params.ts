import { z } from "zod";

/** `window` of a model in params.yaml: which rows it sees together, and how. */
export const windowParams = z.strictObject({
  length: z.int().min(2).max(512).describe("rows of a window, the one that is judged the last of them"),
  as: z
    .enum(["rows", "summary"])
    .default("rows")
    .describe(
      "the rows side by side, oldest first, or each column's last value, mean, sd, least and largest",
    ),
  label: z
    .enum(["last", "majority"])
    .default("last")
    .describe("whose label a window has in training: its last row's, or the one that most of its rows have"),
});
export type WindowParams = z.infer<typeof windowParams>;

/** What a view keeps of it. */
export interface ViewWindow extends Pick<WindowParams, "length" | "as"> {
  /** What stands in the place of rows that there are not: missing, or 0 in a view without missing values. */
  readonly absent: "missing" | "zero";
}
