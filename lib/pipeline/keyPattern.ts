import { GraphError } from "./errors.js";
import { isList, isMap, spliced, type Yaml, type YamlMap } from "./yaml/value.js";

/** Whether a key of `params` is a pattern: with the signs of a shell, or `**` for any depth. */
export function isPattern(key: string): boolean {
  return /[*?[]/.test(key);
}

/**
 * The one value whose path matches a pattern such as `a.*.lr`; undefined when none does.
 * @throws GraphError when several match
 * Source: `dpath.get` of Python's dpath, which DVC calls.
 */
export function onlyMatch(content: YamlMap, pattern: string): Yaml | undefined {
  const found: Yaml[] = [];
  const parts = pattern.split(".");
  const tests = new Map(parts.map((part) => [part, globPattern(part)]));
  const matches = (path: readonly string[], rest: readonly string[]): boolean => {
    if (rest.length === 0) return path.length === 0;
    if (rest[0] === "**")
      return matches(path, rest.slice(1)) || (path.length > 0 && matches(path.slice(1), rest));
    return (
      path.length > 0 && tests.get(rest[0])?.test(path[0]) === true && matches(path.slice(1), rest.slice(1))
    );
  };
  const visit = (value: Yaml, path: readonly string[]): void => {
    if (path.length > 0 && matches(path, parts)) found.push(value);
    if (isMap(value)) for (const [key, item] of value) visit(item, [...path, spliced(key)]);
    else if (isList(value)) value.forEach((item, i) => void visit(item, [...path, String(i)]));
  };
  visit(content, []);
  if (found.length > 1) throw new GraphError(`dpath.get() globs must match only one leaf: ${pattern}`);
  return found[0];
}

/** A pattern of Python's fnmatch as a regular expression. */
function globPattern(glob: string): RegExp {
  const source = glob.replace(/\[(!?)(\]?[^\]]*)\]|[\s\S]/g, (sign, not: string | undefined, set: string) => {
    if (sign === "*") return "[\\s\\S]*";
    if (sign === "?") return "[\\s\\S]";
    if (not === undefined) return sign.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
    return `[${not === "!" ? "^" : ""}${set.replace(/[\\\]^[]/g, "\\$&")}]`;
  });
  return new RegExp(`^${source}$`, "u");
}
