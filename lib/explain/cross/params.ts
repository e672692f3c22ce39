import { z } from "zod";

/** Columns of flows.parquet that say where a flow is from. */
export const domainColumns = ["dataset", "source", "site", "day", "subset"] as const;

const value = z.union([z.string(), z.number()]);
const values = z.partialRecord(z.enum(domainColumns), z.union([value, z.array(value).min(1)]));
/** Flows whose columns have these values. */
export type DomainValues = z.infer<typeof values>;

/** One matrix of domains. */
const matrixParams = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9-]+$/, "a matrix's name is made of a-z, 0-9 and -")
      .optional()
      .describe("what its figures are called; default: the columns of by"),
    by: z
      .array(z.enum(domainColumns))
      .min(1)
      .optional()
      .describe("flows with the same values here are one domain"),
    domains: z
      .record(z.string().min(1), values)
      .optional()
      .describe("instead of by: each domain's name and the values that make it; they may overlap"),
    within: values.optional().describe("keep to flows with these values"),
    models: z.array(z.string()).min(1).describe("names under models"),
    rows: z.int().min(100).nullable().describe("a stratified cap on the rows of each domain"),
    few_shot: z
      .array(z.number().min(0).max(0.5))
      .describe("shares of the target's labelled rows that are added to training; []: no such curve"),
  })
  .refine(({ by, domains }) => (by === undefined) !== (domains === undefined), {
    error: "name the domains by columns (by) or one by one (domains), and not both",
  });
export type MatrixParams = z.infer<typeof matrixParams>;

/** `cross` of params.yaml: one matrix, several, or null for none. */
export const crossParams = z.union([matrixParams, z.array(matrixParams).min(1)]).nullable();
export type CrossParams = z.infer<typeof crossParams>;

/** The matrices, each with its name; of equal names the second gets a number. */
export function matricesOf(params: CrossParams): (MatrixParams & { readonly name: string })[] {
  const list = params === null ? [] : Array.isArray(params) ? params : [params];
  const taken = new Map<string, number>();
  return list.map((matrix) => {
    const name = matrix.name ?? matrix.by?.join("-") ?? "domains";
    const times = (taken.get(name) ?? 0) + 1;
    taken.set(name, times);
    return { ...matrix, name: times === 1 ? name : `${name}-${times}` };
  });
}

/** Columns of flows.parquet that a matrix names. */
export function columnsNamed({ by = [], domains = {}, within = {} }: MatrixParams): string[] {
  return [...by, ...[within, ...Object.values(domains)].flatMap((values) => Object.keys(values))];
}
