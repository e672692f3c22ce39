import { createRequire } from "node:module";
import type { TomlDate, TomlValue } from "smol-toml";
import { type Yaml, YamlDate } from "../yaml/value.js";

const require = createRequire(import.meta.url);

/**
 * Read TOML with integers of any size apart from floats; dates and times stay texts that no lock can hold.
 * @throws SyntaxError that names line and column
 */
export function parseToml(text: string): Yaml {
  // Loaded at the first use: few projects have their parameters in TOML.
  const { parse, TomlError } = require("smol-toml") as typeof import("smol-toml");
  try {
    return converted(parse(text, { integersAsBigInt: true }));
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [said] = cause.message.replace(/^Invalid TOML document: /, "").split("\n");
    throw new SyntaxError(`${said}, in line ${cause.line}, column ${cause.column}`, { cause });
  }
}

function converted(value: TomlValue): Yaml {
  if (Array.isArray(value)) return value.map(converted);
  if (value instanceof Date) return date(value as TomlDate);
  if (typeof value !== "object") return value;
  return new Map(Object.entries(value).map(([key, item]) => [key, converted(item)]));
}

function date(value: TomlDate): YamlDate {
  const type = value.isDate() ? "date" : value.isTime() ? "time" : "datetime";
  return new YamlDate(value.toISOString(), type);
}
