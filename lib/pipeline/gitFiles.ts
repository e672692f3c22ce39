import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { writeFileAtomic } from "../base/files.js";
import { shellQuote } from "./commandOptions.js";
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

/** Take an output out of the .gitignore beside it again, as DVC does. @returns whether a line was there */
export function unignoreInGit(path: string): boolean {
  const file = join(dirname(path), ".gitignore");
  if (!existsSync(file)) return false;
  const lines = readFileSync(file, "utf8").split(/(?<=\n)/);
  const kept = lines.filter((line) => line.trim() !== `/${basename(path)}`.trim());
  if (kept.length === lines.length) return false;
  if (kept.length === 0) rmSync(file);
  else writeFileAtomic(file, kept.join(""));
  return true;
}

/** DVC's advice after files that Git should track were written. */
export function gitHint(files: readonly string[]): string {
  return (
    `\nTo track the changes with git, run:\n\n\tgit add ${files.map(shellQuote).join(" ")}\n\n` +
    "To enable auto staging, run:\n\n\tdvc config core.autostage true\n"
  );
}

/** What Git tracks in a repository, asked once: files, and every folder that holds one. */
export class GitTracked {
  private paths?: ReadonlySet<string>;

  constructor(private readonly root: string) {}

  /** True when Git tracks the path or something in it. */
  has(path: string): boolean {
    this.paths ??= this.list();
    return this.paths.has(path);
  }

  private list(): Set<string> {
    const paths = new Set<string>();
    for (const name of (git(this.root, ["ls-files", "-z"]) ?? "").split("\0")) {
      let path = join(this.root, name);
      while (name !== "" && !paths.has(path)) {
        paths.add(path);
        path = dirname(path);
      }
    }
    return paths;
  }
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
