import { z } from "zod";
import type { ClustererDefinition } from "./contract.js";
import { definition as dbscan } from "./dbscan.js";
import { definition as gaussianMixture } from "./gaussianMixture.js";
import { definition as hdbscan } from "./hdbscan.js";
import { definition as kMeans } from "./kMeans.js";
import { definition as miniBatchKMeans } from "./miniBatchKMeans.js";
import { definition as ward } from "./ward.js";

/** Every clusterer that params.yaml can name. */
export const clusterers: readonly ClustererDefinition[] = [
  kMeans,
  miniBatchKMeans,
  gaussianMixture,
  ward,
  dbscan,
  hdbscan,
] as readonly ClustererDefinition[];

/** Numbers of clusters, ascending: one of them is chosen. */
const manyClusters = z
  .array(z.int().min(2).max(1000))
  .min(2)
  .refine((all) => all.every((k, i) => i === 0 || k > all[i - 1]), "numbers of clusters rise");

function entrySchema(definition: ClustererDefinition): z.ZodObject {
  const own = definition.params as unknown as z.ZodObject;
  const { clusters } = own.shape as { clusters?: z.ZodType };
  return own.extend({
    type: z.literal(definition.type),
    rows: z
      .int()
      .min(10)
      .nullable()
      .optional()
      .describe("a cap of its own on the rows, drawn at random from those of cluster.rows; null: none"),
    ...(clusters === undefined
      ? {}
      : {
          clusters: z
            .union([clusters, manyClusters])
            .describe("how many clusters, or several numbers of which cluster.choose takes one"),
        }),
  });
}

const entries = clusterers.map(entrySchema) as unknown as readonly [z.ZodObject, ...z.ZodObject[]];

/** One entry under cluster.clusterers of params.yaml. */
export interface ClustererParams {
  readonly type: string;
  readonly rows?: number | null;
  readonly clusters?: number | readonly number[];
  readonly [parameter: string]: unknown;
}

/** Schema of one entry: the type decides which parameters there are. */
export const clustererParams = z.discriminatedUnion(
  "type",
  entries as never,
) as unknown as z.ZodType<ClustererParams>;

/** The definition of a type that params.yaml has passed. */
export function clustererOf(type: string): ClustererDefinition {
  const definition = clusterers.find((candidate) => candidate.type === type);
  if (definition === undefined)
    throw new RangeError(
      `cluster: no type "${type}" (has: ${clusterers.map((each) => each.type).join(", ")})`,
    );
  return definition;
}
