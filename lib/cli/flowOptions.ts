import { UsageError } from "../base/errors.js";
import type { Unreadable } from "../dataset/readFlows.js";

/** What verbs that score flows with a stored model have in common. */

/** @throws UsageError */
export function threadsOf(verb: string, given: string): number {
  if (/^[1-9]\d{0,2}$/.test(given)) return Number(given);
  throw new UsageError(`${verb}: --threads expects a whole number from 1 to 999, found "${given}".`);
}

/** Rows that could not be read, in a line for a person. */
export function unreadableText({ file, reason, count, first_lines }: Unreadable): string {
  const lines = `${first_lines.length > 1 ? "lines" : "line"} ${first_lines.join(", ")}`;
  const more = count > first_lines.length ? ", …" : "";
  return `${count} row${count > 1 ? "s" : ""} of ${file} could not be read: ${reason} (${lines}${more})`;
}
