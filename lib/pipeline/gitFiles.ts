import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { writeFileAtomic } from "../base/files.js";
import type { IgnoreTree } from "./ignore.js";

/** The line for an output in the .gitignore of its own folder. */
export function ignoreLine(path: string): string {
  return `/${basename(path).replace(/[[\]*?!#\\]/g, "\\$&")}`;
}

/**
 * Name an output in the .gitignore beside it, unless Git ignores it already.
 * @returns the path of the .gitignore when it was written
 */
export function ignoreInGit(path: string, isFolder: boolean, git: IgnoreTree): string | undefined {
  if (git.ignored(path, isFolder)) return undefined;
  const file = join(dirname(path), ".gitignore");
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const separator = text === "" || text.endsWith("\n") ? "" : "\n";
  writeFileAtomic(file, `${text}${separator}${ignoreLine(path)}\n`);
  git.refresh();
  return file;
}

/** True when Git tracks the path or something in it. */
export function trackedByGit(path: string, root: string): boolean {
  return (git(root, ["ls-files", "--", `:(literal)${path}`]) ?? "").trim() !== "";
}

/** Output of a git command; undefined when it failed. */
export function git(root: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync("git", args as string[], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 1 << 28,
    });
  } catch {
    return undefined;
  }
}
