import { parseArgs } from "node:util";
import { z } from "zod";
import { UsageError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import { resampleParams } from "../features/resample/params.js";
import { definitions } from "../models/registry.js";
import { searchParams } from "../models/search/params.js";
import { selectParams } from "../models/select/params.js";
import type { Command } from "./command.js";

interface Parameter {
  readonly name: string;
  readonly default: unknown;
  readonly range: string;
  readonly description: string;
}

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

/** A JSON Schema's values in a few characters: `integer 1..10000`, `none | balanced | {…}`. */
function range(schema: JsonSchema): string {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return [...new Set(choices.map(range))].join(" | ");
  if (schema.properties !== undefined) return "{…}";
  if (schema.enum !== undefined) return schema.enum.map(String).join(" | ");
  if (schema.const !== undefined) return String(schema.const);
  const low =
    schema.minimum ?? (schema.exclusiveMinimum === undefined ? undefined : `>${schema.exclusiveMinimum}`);
  const high =
    schema.maximum ?? (schema.exclusiveMaximum === undefined ? undefined : `<${schema.exclusiveMaximum}`);
  const bounded =
    high === undefined || high === Number.MAX_SAFE_INTEGER ? `${low ?? ""}..` : `${low ?? ""}..${high}`;
  return low === undefined && high === undefined ? (schema.type ?? "any") : `${schema.type} ${bounded}`;
}

/** Every parameter; what stands inside one follows it by its dotted name, once for all the forms that have it. */
function parametersOf(schema: z.ZodType, prefix = ""): Parameter[] {
  return [...parametersIn(z.toJSONSchema(schema, { io: "input" }) as JsonSchema, prefix).values()];
}

function parametersIn(schema: JsonSchema, prefix: string): Map<string, Parameter> {
  const found = new Map<string, Parameter>();
  const add = (parameter: Parameter): void => {
    const known = found.get(parameter.name);
    const ranges = known?.range.split(" | ") ?? [];
    const more = parameter.range.split(" | ").filter((each) => !ranges.includes(each));
    if (known === undefined) found.set(parameter.name, parameter);
    else found.set(parameter.name, { ...known, range: [...ranges, ...more].join(" | ") });
  };
  for (const form of schema.anyOf ?? schema.oneOf ?? [schema]) {
    if (form.anyOf !== undefined || form.oneOf !== undefined) {
      for (const parameter of parametersIn(form, prefix).values()) add(parameter);
    }
    for (const [name, property] of Object.entries(form.properties ?? {})) {
      const full = `${prefix}${name}`;
      const { description = "" } = property;
      add({ name: full, default: property.default ?? null, range: range(property), description });
      for (const parameter of parametersIn(property, `${full}.`).values()) add(parameter);
    }
  }
  return found;
}

function lines(parameters: readonly Parameter[]): string {
  const width = Math.max(...parameters.map((parameter) => parameter.name.length), 0);
  return parameters
    .map(
      (each) =>
        `  ${each.name.padEnd(width)}  ${JSON.stringify(each.default)}  (${each.range}) ${each.description}\n`,
    )
    .join("");
}

export const command: Command = {
  summary: "what can be trained, with every parameter, its default and range",
  help: `Usage: nidslab models [TYPE] [--json]

Lists the model types that params.yaml can name, and their parameters.

Example:
  nidslab models gradient-boosting`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: "boolean" } },
    });
    const [type] = positionals;
    const types = definitions.map((definition) => definition.type);
    if (type !== undefined && !types.includes(type)) {
      throw new UsageError(`models: no type "${type}" (has: ${types.join(", ")}).${didYouMean(type, types)}`);
    }
    const listed = definitions
      .filter((definition) => type === undefined || definition.type === type)
      .map(({ type, kind, title, source, limits, view, params }) => ({
        type,
        kind,
        title,
        view,
        source,
        limits,
        parameters: parametersOf(params as z.ZodType),
        search: parametersOf(searchParams, "search."),
        ...(kind === "classifier"
          ? {
              resample: parametersOf(resampleParams, "resample."),
              select: parametersOf(selectParams, "select."),
            }
          : {}),
      }));
    if (values.json) {
      process.stdout.write(`${JSON.stringify(listed, null, 2)}\n`);
      return 0;
    }
    for (const model of listed) {
      process.stdout.write(`${model.type}  ${model.title} (${model.kind}, view ${model.view})\n`);
      process.stdout.write(lines(model.parameters));
      process.stdout.write(`  source: ${model.source}\n  limits: ${model.limits}\n\n`);
    }
    process.stdout.write(
      "Every model also takes view, profile (realistic, oracle), seeds, decision and search; every classifier resample and select:\n" +
        lines(parametersOf(searchParams, "search.")) +
        lines(parametersOf(resampleParams, "resample.")) +
        lines(parametersOf(selectParams, "select.")),
    );
    return 0;
  },
};
