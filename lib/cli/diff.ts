import { UsageError } from "../base/errors.js";
import { type Revision, type Revisions, WORKSPACE } from "../pipeline/reporting/revision.js";
import { type Change, changesBetween, failedText, type Values } from "../pipeline/reporting/values.js";
import type { Options } from "./graphVerb.js";

/**
 * What `metrics diff` and `params diff` compare: two revisions, by default the last commit and the workspace.
 * @param read the values of one of them; files that cannot be read are named on stderr
 */
export function diffOf(
  revisions: Revisions,
  revs: readonly string[],
  options: Options,
  read: (revision: Revision) => Values,
): { readonly a: string; readonly b: string; readonly changes: readonly Change[] } {
  const [a = "HEAD", b = WORKSPACE, extra] = revs;
  if (extra !== undefined) throw new UsageError(`unrecognized arguments: ${extra}`);
  const results = new Map<string, Values>();
  if (revisions.hasCommits()) {
    for (const name of new Set([a, b])) results.set(name, read(revisions.open(name)));
  }
  process.stderr.write(failedText(results));
  const none: Values = new Map();
  const changes = changesBetween(results.get(a) ?? none, results.get(b) ?? none, options.has("all"));
  return { a, b, changes };
}
