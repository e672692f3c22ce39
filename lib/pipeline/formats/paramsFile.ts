import { statSync } from "node:fs";
import { extname } from "node:path";
import { messageOf } from "../../base/errors.js";
import { GraphError } from "../errors.js";
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
  if (format === undefined) value = read(text, name);
  else {
    try {
      value = format.parse(text);
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      throw new GraphError(
        `unable to read: '${name}', ${format.name} file structure is corrupted: ${messageOf(cause)}`,
        { cause },
      );
    }
  }
  if (value === null || value === false || value === 0n || value === "") return new Map();
  if (Array.isArray(value) && value.length === 0) return new Map();
  if (!isMap(value))
    throw new GraphError(`expected a dictionary, got '${typeName(value)}' in file '${name}'`);
  return value;
}
