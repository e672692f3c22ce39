import { z } from "zod";

/** Groups of context columns, as `features.context.groups` in params.yaml names them; see columns.ts. */
export const contextGroups = ["responder", "originator", "pair", "arrivals", "damped"] as const;
export type ContextGroup = (typeof contextGroups)[number];

const isUnique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

/** `features.context` of params.yaml: over which windows the recent past is aggregated, and to which columns. */
export const contextParams = z.strictObject({
  flows: z
    .int()
    .min(1)
    .max(1_000_000)
    .nullable()
    .describe("a window of so many flows, whoever they are of; null: none"),
  seconds: z
    .array(z.number().gt(0).max(86_400))
    .max(8)
    .refine(isUnique, "a window stands there twice")
    .describe("windows of so many seconds"),
  groups: z
    .array(z.enum(contextGroups))
    .min(1)
    .refine(isUnique, "a group stands there twice")
    .default(["responder", "arrivals"])
    .describe("which columns; those of the responder also tell spoofed floods"),
  lambda: z
    .array(z.number().gte(0.001).max(100))
    .min(1)
    .max(8)
    .refine(isUnique, "a lambda stands there twice")
    .default([1, 0.1])
    .describe("decays of the group damped: after t seconds a flow weighs 2^(-lambda t)"),
});
export type ContextParams = z.infer<typeof contextParams>;

/** `context` of a model in params.yaml: the columns of every group (true), of none (false), or of some groups. */
export const contextChoice = z.union([
  z.boolean(),
  z.array(z.enum(contextGroups)).min(1).refine(isUnique, "a group stands there twice"),
]);
export type ContextChoice = boolean | readonly ContextGroup[];

/** How the chosen columns are computed, with the values that they have beside the others; null: none is chosen. */
export function chosenContext(params: ContextParams, choice: ContextChoice): ContextParams | null {
  if (typeof choice === "boolean") return choice ? params : null;
  return { ...params, groups: params.groups.filter((group) => choice.includes(group)) };
}

/**
 * How long a host or pair is remembered after its last flow, in microseconds: the longest window, and until a flow
 * weighs 1e-9 under the smallest lambda. A longer pause starts its arrivals and damped values anew, so that what is idle
 * can be dropped without a change of any value.
 */
export function horizonUs({ seconds, lambda }: ContextParams): number {
  return Math.ceil(1e6 * Math.max(...seconds, Math.log2(1e9) / Math.min(...lambda)));
}
