import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { GraphError, NotAMapping } from "./errors.js";
import { readParamsFile } from "./formats/paramsFile.js";
import type { ReadYaml } from "./yaml/memory.js";
import { isList, isMap, Tuple, typeName, type Yaml, YamlDate, type YamlMap } from "./yaml/value.js";

/** Where a text stands, for messages: `stages.a.cmd`, `dvc.yaml`. */
export interface Place {
  readonly key: string;
  readonly file: string;
}

/** @param separator a line break before messages that take several lines or name several places */
export function fault(place: Place, message: string, separator = "\n"): GraphError {
  return new GraphError(`failed to parse '${place.key}' in '${place.file}':${separator}${message}`);
}

/** What cannot be loaded into a context, before it is known where that was asked for. */
class LoadFault extends Error {
  constructor(
    readonly kind: "merge" | "loaded" | "other",
    message: string,
  ) {
    super(message);
  }
}

/** How a context reads files, and how messages call them. */
interface Reading {
  readonly read: ReadYaml;
  readonly show: (path: string) => string;
}

interface Content {
  readonly data: YamlMap;
  /** Where each leaf came from, for messages. */
  readonly origins: ReadonlyMap<string, string>;
  /** Files that were loaded: whole (null) or these keys of them. */
  readonly loaded: ReadonlyMap<string, readonly string[] | null>;
  /** Names that foreach and matrix give; nothing may redefine them. */
  readonly reserved: ReadonlySet<string>;
}

/** The names that `${…}` can use: params.yaml, then vars, then item and key. */
export class Context {
  private constructor(
    private readonly content: Content,
    private readonly reading: Reading,
  ) {}

  static empty(read: ReadYaml, show = (path: string): string => path): Context {
    const content = { data: new Map(), origins: new Map(), loaded: new Map(), reserved: new Set<string>() };
    return new Context(content, { read, show });
  }

  has(name: string): boolean {
    return this.content.data.has(name);
  }

  /** A context with `values` over what is there (item and key of foreach). */
  over(values: YamlMap): Context {
    const { data, reserved } = this.content;
    return this.but({
      data: new Map([...data, ...textKeyed(values)]),
      reserved: new Set([...reserved, ...[...values.keys()].map(String)]),
    });
  }

  /** The params.yaml of a folder, where there is one. */
  withDefaults(folder: string, place: Place): Context {
    if (!existsSync(resolve(folder, "params.yaml"))) return this;
    return this.withVars(["params.yaml"], folder, place);
  }

  /**
   * `vars:`: each item is a file (`file` or `file:key,key`) or a mapping. Mappings merge; any other meeting of two values is
   * an error.
   * @param stage the stage that these vars belong to; none for those of the file
   */
  withVars(vars: Yaml | undefined, folder: string, place: Place, stage?: string): Context {
    if (hasExpression(vars ?? null)) throw fault(place, "interpolating is not allowed", " ");
    try {
      return (isList(vars) ? vars : []).reduce((context: Context, item, i) => {
        const origin = `${stage === undefined ? "" : `${stage}.`}vars[${i}]`;
        return isMap(item) ? context.merged(item, origin) : context.withFile(String(item), folder);
      }, this);
    } catch (cause) {
      if (!(cause instanceof LoadFault)) throw cause;
      const where = stage === undefined || cause.kind === "loaded" ? `'${place.key}'` : `stage '${stage}'`;
      const separator = cause.kind === "other" ? " " : "\n";
      throw new GraphError(`failed to parse ${where} in '${place.file}':${separator}${cause.message}`);
    }
  }

  private withFile(spec: string, folder: string): Context {
    const at = spec.indexOf(":");
    const file = at < 0 ? spec : spec.slice(0, at);
    const listed =
      at < 0
        ? []
        : spec
            .slice(at + 1)
            .split(",")
            .filter((key) => key !== "");
    const keys = listed.length > 0 ? listed : null;
    const path = resolve(folder, file);
    const shown = this.reading.show(path);
    const before = this.content.loaded.get(path);
    if (before === null && keys === null) return this;
    if (before !== undefined) refuseAgain(before, keys, spec);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) throw new LoadFault("other", `'${shown}' does not exist`);
    if (stat.isDirectory()) throw new LoadFault("other", `'${shown}' is a directory`);
    let values = this.mapping(path, shown);
    if (keys !== null) {
      const missing = keys.find((key) => !values.has(key));
      if (missing !== undefined) throw new LoadFault("other", `could not find '${missing}' in '${shown}'`);
      values = new Map(keys.map((key) => [key, values.get(key) as Yaml]));
    }
    const context = this.merged(values, shown, ` in '${spec}'`);
    const loaded = keys === null ? null : [...(before ?? []), ...keys];
    return context.but({ loaded: new Map(context.content.loaded).set(path, loaded) });
  }

  private mapping(path: string, shown: string): YamlMap {
    try {
      return readParamsFile(path, shown, this.reading.read);
    } catch (cause) {
      if (cause instanceof NotAMapping) throw new LoadFault("other", cause.message);
      throw cause;
    }
  }

  private merged(values: YamlMap, origin: string, where = ""): Context {
    const named = textKeyed(values);
    refuseForeign(named, origin, "");
    const taken = [...this.content.reserved].filter((name) => named.has(name));
    if (taken.length > 0) {
      const names = taken.join(" and ");
      throw new LoadFault(
        "other",
        `attempted to modify reserved key${taken.length > 1 ? "s" : ""} ${names}${where}`,
      );
    }
    const origins = new Map(this.content.origins);
    return this.but({ data: merge(this.content.data, named, "", origin, origins), origins });
  }

  private but(changed: Partial<Content>): Context {
    return new Context({ ...this.content, ...changed }, this.reading);
  }

  /** The value of `a.b[0]`, or undefined. */
  find(path: string): Yaml | undefined {
    let at: Yaml | undefined = this.content.data;
    for (const word of wordsOf(path)) {
      if (isMap(at)) at = at.get(word);
      else if (isList(at) && /^[-+]?\d+$/.test(word)) at = at.at(Number(word));
      else return undefined;
    }
    return at;
  }
}

function wordsOf(path: string): string[] {
  return path
    .replaceAll("[", ".")
    .replaceAll("]", "")
    .split(".")
    .map((word) => word.trim());
}

function hasExpression(value: Yaml): boolean {
  if (typeof value === "string") return /(?<!\\)\$\{[^\n]*?\}/.test(value);
  if (isList(value)) return value.some(hasExpression);
  return isMap(value) && [...value].some(([key, item]) => hasExpression(key) || hasExpression(item));
}

function refuseAgain(before: readonly string[] | null, keys: readonly string[] | null, spec: string): void {
  if (before === null) {
    throw new LoadFault("loaded", `cannot partially load '${spec}' as it's already loaded.`);
  }
  if (keys === null || keys.some((key) => before.includes(key))) {
    throw new LoadFault("loaded", `cannot load '${spec}' as it's partially loaded already`);
  }
}

/** Keys that are not texts cannot be named in `${…}`: they are left out. */
function textKeyed(value: YamlMap): YamlMap {
  const copy = (item: Yaml): Yaml => {
    if (isMap(item)) return textKeyed(item);
    return isList(item) && !(item instanceof Tuple) ? item.map(copy) : item;
  };
  return new Map(
    [...value].flatMap(([key, item]) => (typeof key === "string" ? [[key, copy(item)] as const] : [])),
  );
}

/** Dates, and tuples and sets of Python, are refused wherever they stand, even where nothing uses them. */
function refuseForeign(value: Yaml, file: string, prefix: string): void {
  if (value instanceof YamlDate || value instanceof Tuple) {
    const what = `unexpected error - Unsupported value of type '${typeName(value)}' in '${file}:${prefix}'`;
    throw new GraphError(
      value instanceof YamlDate ? `${what}\nPut it in quotes, so that it is a text: '${value.text}'.` : what,
    );
  }
  const below = (key: string): string => (prefix === "" ? key : `${prefix}.${key}`);
  if (isMap(value)) for (const [key, item] of value) refuseForeign(item, file, below(String(key)));
  else if (isList(value)) value.forEach((item, i) => void refuseForeign(item, file, below(String(i))));
}

function merge(
  into: YamlMap,
  values: YamlMap,
  prefix: string,
  origin: string,
  origins: Map<string, string>,
): YamlMap {
  const result: YamlMap = new Map(into);
  for (const [key, value] of values) {
    const path = prefix + String(key);
    const present = result.get(key);
    if (!result.has(key)) {
      result.set(key, value);
      origins.set(path, origin);
    } else if (isMap(present) && isMap(value)) {
      result.set(key, merge(present, value, `${path}.`, origin, origins));
    } else {
      const before = originOf(path, origins);
      throw new LoadFault(
        "merge",
        `cannot redefine '${path}' from '${origin}' as it already exists in '${before}'`,
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
