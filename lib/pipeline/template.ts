import { existsSync } from "node:fs";
import { join } from "node:path";
import { GraphError } from "./errors.js";
import { readParamsFile } from "./formats/paramsFile.js";
import type { ReadYaml } from "./yaml/memory.js";
import {
  isList,
  isMap,
  type Scalar,
  spliced,
  typeName,
  type Yaml,
  YamlDate,
  type YamlMap,
} from "./yaml/value.js";

const EXPRESSION = /(?<!\\)\$\{(.*?)\}/gs;
const WORD = String.raw`\s*[^\s.[\]{}$]+\s*`;
const PATH = new RegExp(`^${WORD}(?:\\.${WORD}|\\[${WORD}\\])*$`);

/** Where a text stands, for messages: `stages.a.cmd`, `dvc.yaml`. */
export interface Place {
  readonly key: string;
  readonly file: string;
}

function fault(place: Place, message: string, separator = "\n"): GraphError {
  return new GraphError(`failed to parse '${place.key}' in '${place.file}':${separator}${message}`);
}

/** The names that `${…}` can use: params.yaml, then vars, then item and key. */
export class Context {
  private constructor(
    private readonly data: YamlMap,
    /** Where each leaf came from, for messages. */
    private readonly origins: ReadonlyMap<string, string>,
    private readonly loaded: ReadonlySet<string>,
    private readonly read: ReadYaml,
  ) {}

  static empty(read: ReadYaml): Context {
    return new Context(new Map(), new Map(), new Set(), read);
  }

  has(name: string): boolean {
    return this.data.has(name);
  }

  /** A context with `values` over what is there (item and key of foreach). */
  over(values: YamlMap): Context {
    return new Context(new Map([...this.data, ...values]), this.origins, this.loaded, this.read);
  }

  /** Merge mappings; any other meeting of two values is an error. */
  merged(values: YamlMap, origin: string, place: Place): Context {
    const origins = new Map(this.origins);
    const data = merge(this.data, values, "", origin, origins, place);
    return new Context(data, origins, this.loaded, this.read);
  }

  /** `vars:`: each item is a file (`file` or `file:key,key`) or a mapping. */
  withVars(vars: Yaml | undefined, folder: string, place: Place): Context {
    let context: Context = this;
    (isList(vars) ? vars : []).forEach((item, i) => {
      if (isMap(item)) context = context.merged(item, `vars[${i}]`, place);
      else context = context.withFile(String(item), folder, place);
    });
    return context;
  }

  /** @param spec `file` or `file:key,key` */
  withFile(spec: string, folder: string, place: Place): Context {
    if (spec.includes("${")) throw fault(place, "interpolating is not allowed", " ");
    const at = spec.lastIndexOf(":");
    const [file, keys] = at > 0 ? [spec.slice(0, at), spec.slice(at + 1).split(",")] : [spec, undefined];
    const path = join(folder, file);
    if (this.loaded.has(path)) {
      if (keys === undefined) return this;
      throw fault(place, `cannot partially load '${spec}' as it's already loaded.`);
    }
    if (!existsSync(path)) throw fault(place, `'${file}' does not exist`, " ");
    let values = readParamsFile(path, file, this.read);
    if (keys !== undefined) {
      const missing = keys.find((key) => !values.has(key));
      if (missing !== undefined) throw fault(place, `could not find '${missing}' in '${file}'`);
      values = new Map([...values].filter(([key]) => keys.includes(String(key))));
    }
    refuseDates(values, file, "");
    const result = this.merged(values, file, place);
    const loaded = keys === undefined ? new Set([...this.loaded, path]) : this.loaded;
    return new Context(result.data, result.origins, loaded, this.read);
  }

  /** The value of `a.b[0]`, or undefined. */
  find(path: string): Yaml | undefined {
    let at: Yaml | undefined = this.data;
    for (const word of wordsOf(path)) {
      if (isMap(at)) at = lookUp(at, word);
      else if (isList(at) && /^-?\d+$/.test(word)) at = at.at(Number(word));
      else return undefined;
    }
    return at;
  }
}

/** A key of a mapping by its text; keys that are numbers count by their text. */
export function lookUp(map: YamlMap, word: string): Yaml | undefined {
  if (map.has(word)) return map.get(word);
  return /^-?\d+$/.test(word) ? map.get(BigInt(word)) : undefined;
}

function wordsOf(path: string): string[] {
  return path
    .replaceAll("[", ".")
    .replaceAll("]", "")
    .split(".")
    .map((word) => word.trim());
}

function merge(
  into: YamlMap,
  values: YamlMap,
  prefix: string,
  origin: string,
  origins: Map<string, string>,
  place: Place,
): YamlMap {
  const result: YamlMap = new Map(into);
  for (const [key, value] of values) {
    const path = prefix + String(key);
    const present = result.get(key);
    if (!result.has(key)) {
      result.set(key, value);
      origins.set(path, origin);
    } else if (isMap(present) && isMap(value)) {
      result.set(key, merge(present, value, `${path}.`, origin, origins, place));
    } else {
      throw fault(
        place,
        `cannot redefine '${path}' from '${origin}' as it already exists in '${originOf(path, origins)}'`,
      );
    }
  }
  return result;
}

function originOf(path: string, origins: ReadonlyMap<string, string>): string {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf("."))) {
    const origin = origins.get(at);
    if (origin !== undefined || !at.includes(".")) return origin ?? "params.yaml";
  }
}

function refuseDates(value: Yaml, file: string, prefix: string): void {
  if (value instanceof YamlDate) {
    throw new GraphError(`unexpected error - Unsupported value of type 'date' in '${file}:${prefix}'`);
  }
  if (isMap(value)) {
    for (const [key, item] of value)
      refuseDates(item, file, prefix === "" ? String(key) : `${prefix}.${key}`);
  } else if (isList(value)) value.forEach((item, i) => void refuseDates(item, file, `${prefix}.${i}`));
}

/**
 * Replace `${…}` in a text. A text that is one expression takes the value with its type; otherwise scalars are spliced in.
 * @param options.unpack in `cmd`, a mapping becomes command-line options; `raw` lets lists and mappings through (foreach)
 */
export function interpolate(
  text: string,
  context: Context,
  place: Place,
  options: { unpack?: boolean; raw?: boolean } = {},
): Yaml {
  const matches = [...text.matchAll(EXPRESSION)];
  if (matches.length === 1 && matches[0][0] === text) {
    const value = evaluate(matches[0][1], context, place);
    if (isMap(value) && options.unpack) return optionsText(value, place);
    if ((isMap(value) || isList(value)) && !options.raw) throw notScalar(value, place);
    return value;
  }
  return text
    .replace(EXPRESSION, (_, expression: string) => {
      const value = evaluate(expression, context, place);
      if (isMap(value) && options.unpack) return optionsText(value, place);
      if (isMap(value) || isList(value) || value instanceof YamlDate) throw notScalar(value, place);
      return spliced(value);
    })
    .replaceAll("\\${", "${");
}

/** Interpolate every text of some data, keys of mappings included. */
export function interpolateAll(value: Yaml, context: Context, place: Place, options = {}): Yaml {
  if (typeof value === "string") return interpolate(value, context, place, options);
  if (isList(value)) return value.map((item) => interpolateAll(item, context, place, options));
  if (!isMap(value)) return value;
  return new Map(
    [...value].map(([key, item]) => [
      typeof key === "string" ? (interpolate(key, context, place) as Scalar) : key,
      interpolateAll(item, context, place, options),
    ]),
  );
}

function evaluate(expression: string, context: Context, place: Place): Yaml {
  if (!PATH.test(expression)) {
    throw fault(place, `\${${expression}}\nParseException: Expected a name, as in \${a.b} or \${a[0]}`);
  }
  const value = context.find(expression);
  if (value === undefined) throw fault(place, `Could not find '${wordsOf(expression).join(".")}'`, " ");
  return value;
}

function notScalar(value: Yaml, place: Place): GraphError {
  return fault(place, `Cannot interpolate data of type '${typeName(value)}'`);
}

/** A mapping as options of a command line: `{lr: 0.1, on: true, names: [a, b c]}` is `--lr 0.1 --on --names a 'b c'`. */
export function optionsText(map: YamlMap, place: Place): string {
  const parts: string[] = [];
  const add = (value: YamlMap, prefix: string): void => {
    for (const [key, item] of value) {
      const name = prefix + String(key);
      if (isMap(item)) add(item, `${name}.`);
      else if (item === true) parts.push(`--${name}`);
      else if (isList(item)) {
        if (item.some((inner) => isMap(inner) || isList(inner))) {
          throw fault(place, `Cannot interpolate nested iterable in '${typeName(item)}'`);
        }
        const words = item.map((inner) =>
          typeof inner === "string" ? shellQuote(inner) : spliced(inner as Scalar),
        );
        if (words.length > 0) parts.push(`--${name} ${words.join(" ")}`);
      } else if (typeof item === "string") parts.push(`--${name} ${shellQuote(item)}`);
      else if (item !== false) parts.push(`--${name} ${spliced(item as Scalar)}`);
    }
  };
  add(map, "");
  return parts.join(" ").trimEnd();
}

/** Python's shlex.quote. */
export function shellQuote(text: string): string {
  if (text === "") return "''";
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}
