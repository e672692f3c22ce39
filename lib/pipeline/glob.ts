import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { compareText } from "../base/json.js";
import { GraphError } from "./errors.js";

/**
 * Paths that shell-style patterns match, as Python's glob does it: `*`, `?`, `[…]` inside a name, `**` for any folders; names
 * that begin with a dot need a dot in the pattern.
 * @throws GraphError when nothing matches
 */
export function expandGlobs(patterns: readonly string[], cwd: string): string[] {
  const found = patterns.flatMap((pattern) => matches(pattern.split("/"), "", cwd));
  if (found.length > 0) return [...new Set(found)];
  throw new GraphError(`Glob [${patterns.map((pattern) => `'${pattern}'`).join(", ")}] has no matches.`);
}

function matches(parts: readonly string[], at: string, cwd: string): string[] {
  const [part, ...rest] = parts;
  if (part === undefined) return at === "" ? [] : [at];
  const under = (name: string): string => (at === "" ? name : join(at, name));
  if (part === "") return matches(rest, at === "" ? "/" : at, cwd);
  if (part === "**") {
    const folders = namesIn(at, cwd).filter(
      (name) => !name.startsWith(".") && isFolder(resolve(cwd, under(name))),
    );
    const deeper = folders.flatMap((name) => matches(parts, under(name), cwd));
    return [...matches(rest, at, cwd), ...deeper];
  }
  if (!/[*?[]/.test(part))
    return existsSync(resolve(cwd, under(part))) ? matches(rest, under(part), cwd) : [];
  const regex = new RegExp(`^${source(part)}$`, "su");
  return namesIn(at, cwd)
    .filter((name) => regex.test(name) && (part.startsWith(".") || !name.startsWith(".")))
    .flatMap((name) => matches(rest, under(name), cwd));
}

function namesIn(at: string, cwd: string): string[] {
  const folder = resolve(cwd, at);
  return isFolder(folder) ? readdirSync(folder).sort(compareText) : [];
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function source(part: string): string {
  return part.replace(
    /\[(!?)([^\]]+)\]|[*?]|[.+^${}()|\\[\]]/g,
    (all, not: string, set: string | undefined) => {
      if (all === "*") return ".*";
      if (all === "?") return ".";
      return set === undefined ? `\\${all}` : `[${not === "!" ? "^" : ""}${set.replace(/[\\^]/g, "\\$&")}]`;
    },
  );
}
