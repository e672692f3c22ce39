import { readFileSync } from "node:fs";
import { GraphError } from "../errors.js";

/**
 * The text of a file.
 * @param name how messages call it
 * @throws GraphError for bytes that are not UTF-8
 */
export function readUtf8(path: string, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new GraphError(`unable to read: '${name}', is not valid utf-8`, { cause });
  }
}
