import { hashBytes } from "../base/hash.js";
import { canonicalJson } from "../base/json.js";

/** SHA-256 over the ordered names, types and units of columns. */
export function schemaHash(
  columns: readonly { readonly name: string; readonly type: string; readonly unit: string | null }[],
): string {
  return hashBytes(canonicalJson(columns.map(({ name, type, unit }) => [name, type, unit])));
}
