import { isUtf8 } from "node:buffer";
import { type BigIntStats, readdirSync } from "node:fs";
import { join } from "node:path";
import { GraphError } from "./errors.js";

/** What Node shows in place of bytes that are no UTF-8. */
const REPLACEMENT = "\uFFFD";

/** @throws GraphError for a named pipe, a socket or a device: reading one waits for somebody who writes */
export function refuseSpecial(path: string, stat: BigIntStats): void {
  if (stat.isFile() || stat.isDirectory()) return;
  const kind = stat.isFIFO() ? "a named pipe" : stat.isSocket() ? "a socket" : "a device";
  throw new GraphError(
    `'${path}' is ${kind}: only files and folders have content to record. Leave it out (of a folder: by a line in .dvcignore).`,
  );
}

/**
 * Node cannot open a file whose name is not UTF-8 by the name that it lists.
 * @param name as `readdirSync` gave it
 * @returns the path with its odd bytes as `\xe9`; undefined when the name is UTF-8
 */
export function notUtf8(folder: string, name: string): string | undefined {
  if (!name.includes(REPLACEMENT)) return undefined;
  const bytes = readdirSync(folder, "buffer").find((each) => !isUtf8(each) && each.toString() === name);
  if (bytes === undefined) return undefined;
  const shown = bytes
    .toString("latin1")
    .replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
  return join(folder, shown);
}

/** @throws GraphError for a name that is not UTF-8 */
export function refuseName(folder: string, name: string): void {
  const odd = notUtf8(folder, name);
  if (odd === undefined) return;
  throw new GraphError(
    `'${odd}' has a name that is not UTF-8, which a folder's object cannot hold. Rename it, or name it in .dvcignore.`,
  );
}
