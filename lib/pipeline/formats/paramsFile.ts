import { statSync } from "node:fs";
import { extname } from "node:path";
import { GraphError, NotAMapping, UnreadableParams, YamlSyntaxError } from "../errors.js";
import type { ReadYaml } from "../yaml/memory.js";
import { isMap, typeName, type Yaml, type YamlMap } from "../yaml/value.js";
import { parseJson } from "./json.js";
import { parsePython } from "./python.js";
import { parseToml } from "./toml.js";
import { readUtf8 } from "./utf8.js";

/** How a file is read, by the end of its name; everything else is YAML. */
const FORMATS: Readonly<Record<string, { readonly name: string; readonly parse: (text: string) => Yaml }>> = {
  ".json": { name: "JSON", parse: parseJson },
  ".toml": { name: "TOML", parse: parseToml },
  ".py": { name: "Python", parse: parsePython },
};

/**
 * Read a parameter file (YAML, JSON, TOML or Python by its suffix) as a mapping; an empty one is empty.
 * @param name how messages call it
 * @throws GraphError for a folder, for a text that is not of its format and for content that is not a mapping
 */
export function readParamsFile(path: string, name: string, read: ReadYaml): YamlMap {
  if (statSync(path).isDirectory())
    throw new GraphError(`'${name}' is a directory, expected a parameters file`);
  const text = readUtf8(path, name);
  const format = FORMATS[extname(path).toLowerCase()];
  let value: Yaml;
  try {
    value = format === undefined ? read(text, name) : format.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof YamlSyntaxError)) throw cause;
    const [hint, detail] =
      cause instanceof YamlSyntaxError ? [cause.hint, cause.detail] : ["", cause.message];
    throw new UnreadableParams(
      `unable to read: '${name}', ${format?.name ?? "YAML"} file structure is corrupted${hint}: ${detail}`,
      { cause },
    );
  }
  if (value === null || value === false || value === 0n || value === "") return new Map();
  if (Array.isArray(value) && value.length === 0) return new Map();
  if (!isMap(value))
    throw new NotAMapping(`expected a dictionary, got '${typeName(value)}' in file '${name}'`);
  return value;
}
