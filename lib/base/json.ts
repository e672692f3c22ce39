import { FormatError, messageOf } from "./errors.js";

/** A value as JSON text has it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

function sorted(value: unknown, path: string): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    if (!Number.isFinite(value))
      throw new FormatError(`json: ${path || "value"} is ${value}; write null and a reason.`);
    return Object.is(value, -0) ? 0 : value;
  }
  if (Array.isArray(value)) return value.map((item, i) => sorted(item, `${path}[${i}]`));
  if (ArrayBuffer.isView(value))
    return Array.from(value as Float64Array, (item, i) => sorted(item, `${path}[${i}]`));
  if (typeof value === "object") {
    const entries = Object.entries(value as object).filter(([, item]) => item !== undefined);
    entries.sort(([a], [b]) => compareText(a, b));
    return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item, `${path}.${key}`)]));
  }
  throw new FormatError(`json: ${path || "value"} has type ${typeof value}, which JSON cannot hold.`);
}

/** Order of two texts by code point (the order of DVC and of every sorted listing here; no locale). */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates sort above the rest of the basic plane in code point order.
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
    }
    return x - y;
  }
  return a.length - b.length;
}

/** JSON text with sorted keys, no blanks: what is hashed. NaN and infinities are refused. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value, ""));
}

/** JSON text for a file that a person may open: sorted keys, two blanks, short arrays of numbers on one line. */
export function prettyJson(value: unknown): string {
  const text = JSON.stringify(sorted(value, ""), null, 2);
  return `${text.replace(/\[\s+((?:-?[\d.e+-]+|null),?\s*)+\]/g, (list) => list.replace(/\s+/g, " ").replace("[ ", "[").replace(" ]", "]"))}\n`;
}

/** Parse JSON text; the error names the file and says `hint`. */
export function parseJson<T = unknown>(text: string, path: string, hint = ""): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new FormatError(
      `json: ${path} is not valid JSON (${messageOf(cause)}).${hint === "" ? "" : ` ${hint}`}`,
      { cause },
    );
  }
}
