import { z } from "zod";

/** Columns of flows.parquet that say where a flow is from. */
export const domainColumns = ["dataset", "source", "site", "day"] as const;

const value = z.union([z.string(), z.number()]);

/** One matrix of domains. */
const matrixParams = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9-]+$/, "a matrix's name is made of a-z, 0-9 and -")
    .optional()
    .describe("what its figures are called; default: the columns of by"),
  by: z.array(z.enum(domainColumns)).min(1).describe("flows with the same values here are one domain"),
  within: z
    .partialRecord(z.enum(domainColumns), z.union([value, z.array(value).min(1)]))
    .optional()
    .describe("keep to flows with these values"),
  models: z.array(z.string()).min(1).describe("names under models"),
  rows: z.int().min(100).nullable().describe("a stratified cap on the rows of each domain"),
  few_shot: z
    .array(z.number().min(0).max(0.5))
    .describe("shares of the target's labelled rows that are added to training; []: no such curve"),
});
export type MatrixParams = z.infer<typeof matrixParams>;

/** `cross` of params.yaml: one matrix, several, or null for none. */
export const crossParams = z.union([matrixParams, z.array(matrixParams).min(1)]).nullable();
export type CrossParams = z.infer<typeof crossParams>;

/** The matrices, each with its name. @throws nothing: names may repeat, and get a number then */
export function matricesOf(params: CrossParams): (MatrixParams & { readonly name: string })[] {
  const list = params === null ? [] : Array.isArray(params) ? params : [params];
  const taken = new Map<string, number>();
  return list.map((matrix) => {
    const name = matrix.name ?? matrix.by.join("-");
    const times = (taken.get(name) ?? 0) + 1;
    taken.set(name, times);
    return { ...matrix, name: times === 1 ? name : `${name}-${times}` };
  });
}
