import { z } from "zod";
import { clustererParams } from "../../models/cluster/registry.js";

/** How one of several numbers of clusters is chosen; none of the rules looks at a label. */
export const chooseRules = ["silhouette", "davies-bouldin", "stability"] as const;
export type ChooseRule = (typeof chooseRules)[number];

/** `cluster` of params.yaml; null: no clustering. */
export const clusterParams = z
  .strictObject({
    view: z
      .string()
      .describe("the view (under views) that prepares the columns; distances need numbers alike in size"),
    context: z.boolean().default(true).describe("false: without the columns of features.context"),
    rows: z.int().min(10).nullable().describe("a cap on the rows, drawn at random; null: all"),
    silhouette_rows: z
      .int()
      .min(10)
      .default(2000)
      .describe("rows that the silhouette is computed of, drawn at random"),
    choose: z
      .enum(chooseRules)
      .default("silhouette")
      .describe("the rule that takes one of several numbers of clusters; it sees no label"),
    resamples: z
      .int()
      .min(0)
      .max(100)
      .default(4)
      .describe("parts of the rows that are clustered again, for the stability; 0: none"),
    clusterers: z
      .record(
        z.string().regex(/^[a-z0-9_-]+$/, "a clusterer's name is made of a-z, 0-9, _ and -"),
        clustererParams,
      )
      .refine((all) => Object.keys(all).length > 0, "name at least one"),
    columns: z
      .strictObject({
        height: z
          .number()
          .gt(0)
          .max(10)
          .default(0.3)
          .describe("columns that Ward joins below this height (of 1 - |Spearman's rho|) are one group"),
      })
      .nullable()
      .default({ height: 0.3 })
      .describe("which columns say the same; null: not asked"),
  })
  .refine(({ choose, resamples }) => choose !== "stability" || resamples > 1, {
    error: "choose: stability needs resamples of at least 2",
    path: ["resamples"],
  })
  .nullable();
export type ClusterParams = NonNullable<z.infer<typeof clusterParams>>;
