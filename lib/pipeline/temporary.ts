import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";

/** So much of a name is kept: the temporary one has to fit the 255 bytes of a file system, too. */
const KEPT = 60;

/** Names that `temporaryBeside` (and lib/base/files) gives: what a killed run left is found by them. */
export const TEMPORARY = /^\..*\.[0-9a-f]{8}\.tmp$/s;

/** Where to write what is going to be renamed to `path`: `.name.<8 hex digits>.tmp` in the same folder. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path).slice(0, KEPT)}.${randomBytes(4).toString("hex")}.tmp`);
}
