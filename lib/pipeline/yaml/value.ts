import { compareText } from "../../base/json.js";

/**
 * Data as DVC (Python) sees it. Integers are bigint and floats are number, because 1 and 1.0 have different text;
 * mappings are Map, because their order and the type of their keys reach dvc.lock.
 */
export type Scalar = null | boolean | bigint | number | string;
export type YamlMap = Map<Scalar, Yaml>;
export type Yaml = Scalar | YamlDate | Yaml[] | YamlMap;

/**
 * A value that DVC reads but cannot record: a plain date of YAML 1.1, a time of TOML, a set or bytes of Python. It is
 * refused where it is used.
 */
export class YamlDate {
  /** @param type the name that Python has for its type */
  constructor(
    readonly text: string,
    readonly type = "date",
  ) {}
}

/** A Python tuple: written as a list, but DVC compares one inside another value as different from the list in the lock. */
export class Tuple extends Array<Yaml> {}

export function isMap(value: unknown): value is YamlMap {
  return value instanceof Map;
}

export function isList(value: unknown): value is Yaml[] {
  return Array.isArray(value);
}

/** The name that Python has for a value's type. */
export function typeName(value: Yaml | undefined): string {
  if (value === null || value === undefined) return "NoneType";
  if (isMap(value)) return "dict";
  if (isList(value)) return value instanceof Tuple ? "tuple" : "list";
  if (value instanceof YamlDate) return value.type;
  return { boolean: "bool", bigint: "int", number: "float", string: "str" }[
    typeof value as "boolean" | "bigint" | "number" | "string"
  ];
}

/** Python's `repr` of a float: the shortest digits that read back, with at least one decimal or an exponent. */
export function floatText(x: number): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  const [mantissa, exponentText] = Math.abs(x).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    const magnitude = String(Math.abs(exponent)).padStart(2, "0");
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? "-" : "+"}${magnitude}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${sign}${whole}.${digits.slice(exponent + 1) || "0"}`;
}

/** Python's `==`: 1, 1.0 and true are equal, the order of a mapping does not matter, NaN differs from itself. */
export function equal(a: Yaml | undefined, b: Yaml | undefined): boolean {
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => equal(item, b[i]));
  if (isMap(a)) {
    if (!isMap(b) || a.size !== b.size) return false;
    return [...a].every(([key, item]) => b.has(key) && equal(item, b.get(key)));
  }
  if (a instanceof YamlDate) return b instanceof YamlDate && a.text === b.text;
  const x = numeric(a);
  const y = numeric(b);
  // == between a bigint and a number compares the mathematical values.
  // biome-ignore lint/suspicious/noDoubleEquals: it is the comparison that is wanted
  if (x !== undefined && y !== undefined) return x == y;
  return a === b;
}

function numeric(value: unknown): number | bigint | undefined {
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "number" || typeof value === "bigint" ? value : undefined;
}

/** A copy that shares nothing with the original; what is shared inside it (aliases) stays shared. */
export function copyOf<T extends Yaml>(value: T): T {
  const copies = new Map<object, Yaml>();
  const copy = (item: Yaml): Yaml => {
    if (!isMap(item) && !isList(item)) return item;
    let made = copies.get(item);
    if (made === undefined) {
      made = isMap(item) ? new Map([...item].map(([key, inner]) => [key, copy(inner)])) : item.map(copy);
      copies.set(item, made);
    }
    return made;
  };
  return copy(value) as T;
}

/** `json.dumps` of Python: `", "` and `": "`, everything outside ASCII escaped; keys sorted on request. */
export function pythonJson(value: Yaml, sortKeys = false): string {
  if (value === null) return "null";
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "number") return jsonFloat(value);
  if (typeof value === "string") return jsonString(value);
  if (value instanceof YamlDate) return jsonString(value.text);
  if (isList(value)) return `[${value.map((item) => pythonJson(item, sortKeys)).join(", ")}]`;
  const entries = [...value];
  if (sortKeys) entries.sort(([a], [b]) => compareKeys(a, b));
  return `{${entries.map(([key, item]) => `${jsonString(keyText(key))}: ${pythonJson(item, sortKeys)}`).join(", ")}}`;
}

function jsonFloat(x: number): string {
  if (Number.isFinite(x)) return floatText(x);
  return Number.isNaN(x) ? "NaN" : x > 0 ? "Infinity" : "-Infinity";
}

/** A text as `json.dumps` writes it (ASCII only). */
export function jsonString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A mapping's key as JSON has it. */
export function keyText(key: Scalar): string {
  return typeof key === "number" ? floatText(key) : String(key);
}

function compareKeys(a: Scalar, b: Scalar): number {
  const x = numeric(a);
  const y = numeric(b);
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : 0;
  return compareText(keyText(a), keyText(b));
}

/** Python's `str` of a scalar as it is spliced into a text: `true`, `None`, `1.0`. */
export function spliced(value: Scalar): string {
  if (value === null) return "None";
  return typeof value === "number" ? floatText(value) : String(value);
}

/** Python's `repr`, as tables show lists: `[1, 'a', True]`. */
export function repr(value: Yaml): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
    const escaped = value
      .replaceAll("\\", "\\\\")
      .replaceAll("\n", "\\n")
      .replaceAll("\t", "\\t")
      .replaceAll("\r", "\\r");
    return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
  }
  if (value instanceof YamlDate) return value.text;
  if (isList(value)) return `[${value.map(repr).join(", ")}]`;
  if (isMap(value)) return `{${[...value].map(([key, item]) => `${repr(key)}: ${repr(item)}`).join(", ")}}`;
  return typeof value === "number" ? floatText(value) : String(value);
}
