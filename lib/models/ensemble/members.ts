import { z } from "zod";
import type { Classifier, Detector, ModelDefinition } from "../contract.js";

/** One model inside an ensemble: its type, its own parameters and, where they are weighted, its weight. */
export interface MemberParams {
  readonly type: string;
  readonly weight?: number;
  readonly [parameter: string]: unknown;
}

/** Keys of an entry under `models` that a member has not: the ensemble has them for all. */
const ofTheEnsemble = [
  "view",
  "profile",
  "context",
  "window",
  "seeds",
  "decision",
  "resample",
  "search",
  "select",
] as const;

/**
 * `models:` of an ensemble: two or more entries, each with its type and its own parameters, refused like those at the top.
 * @param models what may stand there: all of one kind, and no ensembles
 */
export function memberParams(
  models: readonly ModelDefinition[],
  weighted: boolean,
): z.ZodType<MemberParams[]> {
  const elsewhere = Object.fromEntries(
    ofTheEnsemble.map((key) => [
      key,
      z.never({ error: `${key} belongs to the ensemble: its models share it` }).optional(),
    ]),
  );
  const entries = models.map((each) => {
    const own = each.params as unknown as z.ZodObject;
    const refused = Object.fromEntries(Object.entries(elsewhere).filter(([key]) => !(key in own.shape)));
    return own.extend({
      ...refused,
      type: z.literal(each.type),
      ...(weighted ? { weight: z.number().gt(0).default(1).describe("its weight in the mean") } : {}),
    });
  });
  const entry = z.discriminatedUnion("type", entries as never);
  return z
    .array(entry)
    .min(2)
    .max(50)
    .describe(
      `the models, two or more: each with type (${models.map(({ type }) => type).join(", ")}), ` +
        `its own parameters${weighted ? " and weight (above 0, default 1)" : ""}`,
    ) as unknown as z.ZodType<MemberParams[]>;
}

/** The estimator of an entry that `memberParams` has passed. */
export function createMember(models: readonly ModelDefinition[], entry: MemberParams): Classifier | Detector {
  const { type, weight, ...own } = entry;
  const definition = models.find((each) => each.type === type);
  if (definition === undefined) throw new RangeError(`ensemble: no type "${type}"`);
  return definition.create(definition.params.parse(own));
}

/** Each weight over their sum. */
export function shares(entries: readonly MemberParams[]): number[] {
  const weights = entries.map(({ weight = 1 }) => weight);
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}
