import { type Scalar, YamlDate } from "./value.js";

const BOOLEAN = /^(true|True|TRUE|false|False|FALSE)$/;
const NULL = /^(~|null|Null|NULL|)$/;
const INTEGER = /^[-+]?(0b[01_]+|0o?[0-7_]+|[0-9_]+|0x[0-9a-fA-F_]+)$/;
const FLOAT =
  /^([-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|[-+]?\.[0-9_]+([eE][-+][0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;
const DATE =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]*)?([ \t]*(Z|[-+][0-9]{1,2}(:[0-9]{2})?))?)$/;

/** The value of an unquoted YAML scalar, by YAML 1.2's core types and ruamel.yaml's extras. */
export function resolvePlain(text: string): Scalar | YamlDate {
  if (NULL.test(text)) return null;
  if (BOOLEAN.test(text)) return text[0] === "t" || text[0] === "T";
  if (/^[-+0-9.]/.test(text)) {
    if (INTEGER.test(text) && /[0-9]/.test(text)) return integer(text.replaceAll("_", ""));
    if (FLOAT.test(text)) return float(text.replaceAll("_", ""));
    if (DATE.test(text)) return new YamlDate(text);
  }
  return text;
}

/** True when an unquoted `text` would not read back as this very text. */
export function isTyped(text: string): boolean {
  if (text === "<<" || text === "=" || typeof resolvePlain(text) !== "string") return true;
  return /^[-+0-9]/.test(text) && INTEGER.test(text); // "-_" has the shape of an integer and is none
}

function integer(text: string): bigint {
  const negative = text[0] === "-";
  const digits = text.replace(/^[-+]/, "");
  const value = /^0[box]/.test(digits) ? BigInt(digits) : BigInt(digits.replace(/^0+(?=[0-9])/, ""));
  return negative ? -value : value;
}

function float(text: string): number {
  const lower = text.toLowerCase();
  if (lower.endsWith("inf")) return text[0] === "-" ? -Infinity : Infinity;
  if (lower.endsWith("nan")) return Number.NaN;
  return Number(text);
}
