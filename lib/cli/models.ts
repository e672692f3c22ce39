import { parseArgs } from "node:util";
import { z } from "zod";
import { UsageError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import { isAdded } from "../engines/place.js";
import { resampleParams } from "../features/resample/params.js";
import { windowParams } from "../features/windows/params.js";
import type { ClustererDefinition } from "../models/cluster/contract.js";
import { clusterers } from "../models/cluster/registry.js";
import { type ModelDefinition, modelFamilies } from "../models/contract.js";
import { takesAnyColumn } from "../models/guard.js";
import { definitions } from "../models/registry.js";
import { searchParams } from "../models/search/params.js";
import { selectParams } from "../models/select/params.js";
import type { Command } from "./command.js";

interface Parameter {
  readonly name: string;
  /** Absent where there is none: the key is left out, or required. */
  readonly default?: unknown;
  /** There is no default: the entry has to say it. */
  readonly required?: true;
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
  readonly required?: readonly string[];
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
      add({
        name: full,
        ...("default" in property ? { default: property.default } : {}),
        ...(form.required?.includes(name) && property.const === undefined ? { required: true as const } : {}),
        ...{ range: range(property), description },
      });
      for (const parameter of parametersIn(property, `${full}.`).values()) add(parameter);
    }
  }
  return found;
}

function lines(parameters: readonly Parameter[]): string {
  const width = Math.max(...parameters.map((parameter) => parameter.name.length), 0);
  return parameters
    .map((each) => {
      const value = each.required ? "required" : (JSON.stringify(each.default) ?? "not set");
      return `  ${each.name.padEnd(width)}  ${value}  (${each.range}) ${each.description}\n`;
    })
    .join("");
}

/** What `nidslab models` says of one model; `--json` prints it as it is. */
function described(definition: ModelDefinition) {
  const { type, kind, family, title, source, limits, view, engine, params } = definition;
  return {
    type,
    kind,
    family,
    title,
    view,
    needs: {
      engine:
        engine === undefined
          ? null
          : { name: engine, added: isAdded(engine), command: `nidslab engines add ${engine}` },
      columns: columnsOf(definition),
    },
    source,
    limits,
    parameters: parametersOf(params as z.ZodType),
    search: parametersOf(searchParams, "search."),
    window: parametersOf(windowParams, "window."),
    ...(kind === "classifier"
      ? {
          resample: parametersOf(resampleParams, "resample."),
          select: parametersOf(selectParams, "select."),
        }
      : {}),
  };
}

/** The same of a way to cluster, which stands under cluster.clusterers and not under models. */
function describedClusterer({ type, title, source, limits, params }: ClustererDefinition) {
  return {
    ...{ type, kind: "clusterer" as const, family: "clustering" as const, title, view: "scaled" as const },
    needs: { engine: null, columns: "numbers without missing values" },
    ...{ source, limits, parameters: parametersOf(params as z.ZodType) },
  };
}
type Described = ReturnType<typeof described> | ReturnType<typeof describedClusterer>;

function columnsOf(definition: ModelDefinition): string {
  if (takesAnyColumn(definition)) return "any: categories and missing values as they are";
  return definition.family === "ensemble"
    ? "what each of its models takes"
    : "numbers without missing values";
}

/** A model that cannot be trained as things are says so in the list; the others only what their columns have to be. */
function needsInShort({ needs }: Described): string {
  const { engine } = needs;
  const columns = needs.columns.replace(/:.*/, "").replace(" without missing values", "");
  return engine === null ? columns : `${columns}, engine ${engine.name}${engine.added ? "" : " (not added)"}`;
}

/** One line a model, by shelf. */
function overview(listed: readonly Described[]): string {
  const head = ["type", "kind", "view", "columns, engine", "title"];
  const rows = listed.map((each) => [each.type, each.kind, each.view, needsInShort(each), each.title]);
  const widths = head.map((name, j) => Math.max(name.length, ...rows.map((row) => row[j].length)));
  const line = (cells: readonly string[]): string =>
    `  ${cells
      .map((cell, j) => cell.padEnd(widths[j]))
      .join("  ")
      .trimEnd()}\n`;
  const shelves = [...modelFamilies, "clustering"]
    .filter((family) => listed.some((each) => each.family === family))
    .map((family) => {
      const own = rows.filter((_, i) => listed[i].family === family);
      return `${family}\n${own.map(line).join("")}`;
    });
  return line(head) + shelves.join("");
}

function inFull(model: Described): string {
  const { engine, columns } = model.needs;
  const state = engine?.added ? "added" : `not added: ${engine?.command}`;
  return (
    `${model.type}  ${model.title} (${model.family} ${model.kind}, view ${model.view})\n${lines(model.parameters)}` +
    `  needs: ${engine === null ? "" : `engine ${engine.name} (${state}); `}columns: ${columns}\n` +
    `  source: ${model.source}\n  limits: ${model.limits}\n\n`
  );
}

/** What entries under `models` take beside their own parameters, of those that are shown. */
function beside(shown: readonly Described[]): string {
  const has = (kind: Described["kind"]): boolean => shown.some((each) => each.kind === kind);
  const clustering = has("clusterer")
    ? "Clusterers stand under cluster.clusterers; each also takes rows, and clusters as a list of numbers to choose from.\n"
    : "";
  if (!has("classifier") && !has("detector")) return clustering;
  return (
    "Every model also takes view, profile (realistic, oracle), context, seeds, decision, search and window" +
    `${has("classifier") ? "; every classifier resample and select" : ""}:\n` +
    lines(parametersOf(searchParams, "search.")) +
    lines(parametersOf(windowParams, "window.")) +
    (has("classifier")
      ? lines(parametersOf(resampleParams, "resample.")) + lines(parametersOf(selectParams, "select."))
      : "") +
    clustering
  );
}

export const command: Command = {
  summary: "what can be trained, with every parameter, its default and range",
  help: `Usage: nidslab models [TYPE | --all] [--json]

Lists the model types that params.yaml can name, by shelf, and the ways to cluster, and what each needs: the columns of
its view and, for some, an engine. With TYPE, or for all of them with --all: parameters with defaults and ranges, the paper,
and the limits.

  --all    every model in full
  --json   for programs: every model in full, or that of TYPE

Example:
  nidslab models gradient-boosting`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: "boolean" }, all: { type: "boolean" } },
    });
    const [type] = positionals;
    const types = [...definitions, ...clusterers].map((definition) => definition.type);
    if (type !== undefined && !types.includes(type)) {
      throw new UsageError(`models: no type "${type}" (has: ${types.join(", ")}).${didYouMean(type, types)}`);
    }
    if (type !== undefined && values.all)
      throw new UsageError(`models: a type ("${type}") and --all were given; one of them was expected.`);
    const isAsked = (definition: { type: string }): boolean => type === undefined || definition.type === type;
    const listed: Described[] = [
      ...definitions.filter(isAsked).map(described),
      ...clusterers.filter(isAsked).map(describedClusterer),
    ];
    if (values.json) process.stdout.write(`${JSON.stringify(listed, null, 2)}\n`);
    else if (type === undefined && !values.all) {
      process.stdout.write(
        `${overview(listed)}\nnidslab models TYPE shows the parameters of one, with defaults and ranges; --all of every one.\n`,
      );
    } else process.stdout.write(listed.map(inFull).join("") + beside(listed));
    return 0;
  },
};
