import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";

/** What each program keeps for itself. */
const PRIVATE = new Set([".git", ".nidslab", ".dvc/tmp", "runs"]);
/** Longer contents are compared by their hash. */
const SHOWN = 4000;

/**
 * Everything in a repository that both programs must leave the same: locks, .dvc files, .gitignore, the workspace, objects and
 * runs of the cache. Path -> mode and content; folders end in `/`. DVC replaces outputs by copies from its cache: links become
 * files, 0755 becomes 0744. We leave them as the command made them, so outside .dvc only the owner's x bit and the content count.
 */
export function snapshot(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (folder: string, prefix: string): void => {
    for (const name of readdirSync(folder).sort()) {
      const at = prefix + name;
      if (PRIVATE.has(at)) continue;
      const path = join(folder, name);
      const stat = lstatSync(path);
      const bits = at.startsWith(".dvc/") || stat.isDirectory() ? 0o777 : 0o100;
      const mode = (stat.mode & bits).toString(8);
      if (stat.isSymbolicLink() && statSync(path).isFile()) {
        found[at] = `${(statSync(path).mode & bits).toString(8)} ${contentOf(readFileSync(path))}`;
      } else if (stat.isSymbolicLink()) found[at] = `-> ${readlinkSync(path).replaceAll(root, "<root>")}`;
      else if (stat.isDirectory()) {
        found[`${at}/`] = mode;
        walk(path, `${at}/`);
      } else found[at] = `${mode} ${contentOf(readFileSync(path))}`;
    }
  };
  walk(root, "");
  return found;
}

function contentOf(bytes: Buffer): string {
  if (bytes.length > SHOWN) return `sha256 ${createHash("sha256").update(bytes).digest("hex")}`;
  return bytes.toString("utf8");
}

/**
 * What is different, a line each; empty when nothing is.
 * @param mayStay outputs that may be in one of the two as they were
 */
export function differences(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
  mayStay: Readonly<Record<string, string>> = {},
): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .sort()
    .filter((name) => one[name] !== other[name])
    .filter((name) => !(isOutput(name) && (one[name] ?? other[name]) === mayStay[name]))
    .map((name) => `${name}: ${show(one[name])} | ${show(other[name])}`);
}

function isOutput(name: string): boolean {
  return !/^\.dvc\/|(^|\/)(dvc\.lock|\.gitignore)$|\.dvc$/.test(name);
}

function show(content: string | undefined): string {
  return content === undefined ? "absent" : JSON.stringify(content);
}
