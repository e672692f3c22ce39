import { parseArgs } from "node:util";
import { z } from "zod";
import { UsageError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import { definitions } from "../models/registry.js";
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
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

/** A JSON Schema's values in a few characters: `integer 1..10000`, `none | balanced`. */
function range(schema: JsonSchema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(range).join(" | ");
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

function parametersOf(schema: z.ZodType): Parameter[] {
  const json = z.toJSONSchema(schema, { io: "input" }) as JsonSchema;
  return Object.entries(json.properties ?? {}).map(([name, property]) => ({
    name,
    default: property.default ?? null,
    range: range(property),
    description: property.description ?? "",
  }));
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
      }));
    if (values.json) {
      process.stdout.write(`${JSON.stringify(listed, null, 2)}\n`);
      return 0;
    }
    for (const model of listed) {
      process.stdout.write(`${model.type}  ${model.title} (${model.kind}, view ${model.view})\n`);
      const width = Math.max(...model.parameters.map((parameter) => parameter.name.length), 0);
      for (const parameter of model.parameters) {
        process.stdout.write(
          `  ${parameter.name.padEnd(width)}  ${JSON.stringify(parameter.default)}  (${parameter.range}) ${parameter.description}\n`,
        );
      }
      process.stdout.write(`  source: ${model.source}\n  limits: ${model.limits}\n\n`);
    }
    process.stdout.write("Every model also takes view, profile (realistic, oracle), seeds and decision.\n");
    return 0;
  },
};
