import { existsSync } from "node:fs";
import { normalize } from "node:path/posix";
import { compareText } from "../base/json.js";
import { GraphError, UnreadableParams } from "./errors.js";
import { readParamsFile } from "./formats/paramsFile.js";
import { isPattern, onlyMatch } from "./keyPattern.js";
import type { LockEntry } from "./lock.js";
import type { ParamsRef, StageNode } from "./node.js";
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

/** Parameter files, each read once. */
export class ParamFiles {
  private readonly files = new Map<string, YamlMap | undefined>();

  constructor(private readonly readYaml: ReadYaml) {}

  /** @returns undefined when the file is not there */
  read(ref: { readonly path: string; readonly absolute: string }): YamlMap | undefined {
    if (!this.files.has(ref.absolute)) {
      this.files.set(ref.absolute, existsSync(ref.absolute) ? this.load(ref.absolute, ref.path) : undefined);
    }
    return this.files.get(ref.absolute);
  }

  private load(absolute: string, path: string): YamlMap {
    try {
      return readParamsFile(absolute, path, this.readYaml);
    } catch (cause) {
      if (!(cause instanceof UnreadableParams)) throw cause;
      throw new GraphError(`Unable to read parameters from '${path}': ${cause.message}`, { cause });
    }
  }

  forget(): void {
    this.files.clear();
  }

  /** Current values of the keys that a stage tracks; keys that are not in the file are left out. */
  values(ref: ParamsRef): YamlMap | undefined {
    const content = this.read(ref);
    if (content === undefined) return undefined;
    const keys = ref.keys ?? wholeFile(content, ref.path);
    const values: YamlMap = new Map();
    for (const key of keys) {
      const value = isPattern(key) ? onlyMatch(content, key) : valueAt(content, key);
      if (value !== undefined) values.set(key, value);
    }
    return values;
  }

  /** The `params` block of a lock entry: params.yaml first, then files by name; keys sorted. */
  lockBlock(node: StageNode): YamlMap {
    const refs = [...node.params].sort(
      (a, b) =>
        Number(b.path === "params.yaml") - Number(a.path === "params.yaml") || compareText(a.path, b.path),
    );
    const block: YamlMap = new Map();
    for (const ref of refs) {
      const values = this.values(ref) ?? new Map();
      const missing = (ref.keys ?? []).filter((key) => !values.has(key));
      if (missing.length > 0) {
        throw new GraphError(`Parameters '${missing.join(", ")}' are missing from '${ref.path}'.`);
      }
      for (const value of values.values()) refuseUnrecordable(value, ref.path);
      const sorted = [...values].sort(([a], [b]) => compareText(String(a), String(b)));
      block.set(normalize(ref.path), new Map(sorted));
    }
    return block;
  }
}

/** `a.b.1` in nested mappings and lists. */
export function valueAt(content: YamlMap, key: string): Yaml | undefined {
  let at: Yaml | undefined = content;
  for (const word of key.split(".")) {
    if (isMap(at)) at = lookUp(at, word);
    else if (isList(at) && /^(0|[1-9]\d*)$/.test(word)) at = at[Number(word)];
    else return undefined;
  }
  return at;
}

/** A key of a mapping by its text; keys that are numbers count by their text. */
export function lookUp(map: YamlMap, word: string): Yaml | undefined {
  if (map.has(word)) return map.get(word);
  return /^-?\d+$/.test(word) ? map.get(BigInt(word)) : undefined;
}

/** The keys of a file that is tracked whole. @throws GraphError for keys that are not texts: no lock can hold them */
function wholeFile(content: YamlMap, path: string): string[] {
  const keys = [...content.keys()];
  const other = keys.find((key) => typeof key !== "string");
  if (other !== undefined) {
    throw new GraphError(
      `'${path}' is tracked as a whole, but its key ${spliced(other)} is not a text. Quote it, or name single keys.`,
    );
  }
  return keys as string[];
}

function refuseUnrecordable(value: Yaml, path: string): void {
  if (value instanceof YamlDate) {
    throw new GraphError(
      `Object of type ${value.type} is not JSON serializable ('${path}': ${value.text}). Quote it, or write it as a list.`,
    );
  }
  if (isMap(value)) {
    const types = new Set([...value.keys()].map((key) => (isNumber(key) ? "int" : typeName(key))));
    if (types.size > 1) {
      throw new GraphError(
        `'<' not supported between instances of '${[...types].join("' and '")}': a mapping in '${path}' has ` +
          "keys of several types, which DVC cannot sort. Quote them.",
      );
    }
    for (const item of value.values()) refuseUnrecordable(item, path);
  }
  if (isList(value)) for (const item of value) refuseUnrecordable(item, path);
}

function isNumber(key: Scalar): boolean {
  return typeof key === "boolean" || typeof key === "bigint" || typeof key === "number";
}

/** What a lock entry holds for a parameter file. */
export function lockedParams(entry: LockEntry | undefined, path: string): YamlMap | undefined {
  const block = entry?.get("params");
  const values = isMap(block) ? block.get(path) : undefined;
  return isMap(values) ? values : undefined;
}
