import { readFileSync } from "node:fs";
import { writeFileAtomic } from "../../base/files.js";
import { hashBytes } from "../../base/hash.js";
import { readYaml } from "./read.js";
import { isList, isMap, type Scalar, type Yaml, YamlDate, type YamlMap } from "./value.js";

/** Reads YAML text; `name` is for messages. */
export type ReadYaml = (text: string, name: string) => Yaml;

/** More documents than a project has; older ones are forgotten. */
const CAPACITY = 64;

type Encoded =
  | null
  | boolean
  | string
  | { i: string }
  | { f: string }
  | { d: string }
  | { m: [Encoded, Encoded][] }
  | Encoded[];

/**
 * Documents that were parsed before, by the hash of their text, in a file under `.nidslab/`. Parsing a lock takes longer
 * than everything else in a status that finds nothing to do. A damaged file is an empty one; documents in which a list or
 * mapping is shared (anchors) are not kept.
 */
export class YamlMemory {
  private readonly documents: Map<string, Encoded>;
  private changed = false;

  constructor(private readonly path: string) {
    this.documents = load(path);
  }

  readonly read: ReadYaml = (text, name) => {
    const key = hashBytes(text, "md5");
    const known = this.documents.get(key);
    if (known !== undefined) {
      this.documents.delete(key);
      this.documents.set(key, known);
      return decode(known);
    }
    const value = readYaml(text, name);
    if (!isShared(value, new Set())) {
      this.documents.set(key, encode(value));
      this.changed = true;
    }
    return value;
  };

  save(): void {
    if (!this.changed) return;
    this.changed = false;
    try {
      writeFileAtomic(this.path, JSON.stringify([...this.documents].slice(-CAPACITY)));
    } catch {
      // A read-only checkout: the next call parses again.
    }
  }
}

function load(path: string): Map<string, Encoded> {
  try {
    return new Map(JSON.parse(readFileSync(path, "utf8")) as [string, Encoded][]);
  } catch {
    return new Map();
  }
}

function isShared(value: Yaml, met: Set<object>): boolean {
  if (!isMap(value) && !isList(value)) return false;
  if (met.has(value)) return true;
  met.add(value);
  return [...(isMap(value) ? value.values() : value)].some((item) => isShared(item, met));
}

function encode(value: Yaml): Encoded {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "bigint") return { i: String(value) };
  if (typeof value === "number") return { f: Object.is(value, -0) ? "-0" : String(value) };
  if (value instanceof YamlDate) return { d: value.text };
  if (isList(value)) return value.map(encode);
  return { m: [...value].map(([key, item]) => [encode(key), encode(item)]) };
}

function decode(value: Encoded): Yaml {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(decode);
  if ("i" in value) return BigInt(value.i);
  if ("f" in value) return Number(value.f);
  if ("d" in value) return new YamlDate(value.d);
  const map: YamlMap = new Map();
  for (const [key, item] of value.m) map.set(decode(key) as Scalar, decode(item));
  return map;
}
