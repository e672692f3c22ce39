import { readSync } from "node:fs";
import { NidslabError, UsageError } from "../base/errors.js";
import { compareText } from "../base/json.js";
import { GraphError, InterruptedError, NoProjectError } from "../pipeline/errors.js";
import { gitHint } from "../pipeline/gitFiles.js";
import { lockProject } from "../pipeline/guard.js";
import type { Project } from "../pipeline/project.js";
import type { CheckoutChange, CheckoutResult } from "../pipeline/remote.js";
import { stageInGit } from "../pipeline/save.js";
import type { Options } from "./graphVerb.js";

/** Where DVC exits with 1. */
export class FailedError extends GraphError {
  override readonly exitCode: number = 1;
}

/** Errors of `run` begin with what failed, as DVC says it, and exit with 1. */
export async function failingAs<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const passes = [UsageError, InterruptedError, NoProjectError].some((kind) => cause instanceof kind);
    if (passes || !(cause instanceof NidslabError) || (cause instanceof GraphError && cause.bare))
      throw cause;
    throw new FailedError(`${what} - ${cause.message}`, { cause });
  }
}

/** Work on a project that nobody else writes meanwhile, DVC neither. */
export async function withProject<T>(project: Project, run: () => Promise<T>): Promise<T> {
  const release = await lockProject(project);
  try {
    return await run();
  } finally {
    project.saveState();
    release();
  }
}

/** What Git should know of: staged when the project says so (`core.autostage`), else named with the command. */
export function tellGit(files: readonly string[], project: Project): void {
  if (files.length === 0 || project.gitRoot === undefined) return;
  if (project.config.flag("core", "autostage")) stageInGit(files, project);
  else process.stdout.write(gitHint([...new Set(files.map((file) => project.show(file)))].sort(compareText)));
}

/** `A       path`, folders with a slash at the end: modified, added, deleted; folders first. */
export function checkoutLines(changes: readonly CheckoutChange[], project: Project): string {
  const order = "MAD";
  return changes
    .map(({ letter, path, isFolder }) => ({ letter, isFolder, shown: project.show(path) }))
    .sort(
      (a, b) =>
        order.indexOf(a.letter) - order.indexOf(b.letter) ||
        Number(b.isFolder) - Number(a.isFolder) ||
        compareText(a.shown, b.shown),
    )
    .map(({ letter, shown, isFolder }) => `${letter}       ${shown}${isFolder ? "/" : ""}\n`)
    .join("");
}

/** `2 files fetched and 1 file added`, or `otherwise` when nothing happened. */
export function summaryLine(counts: Readonly<Record<string, number>>, otherwise: string): string {
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} file${count > 1 ? "s" : ""} ${what}`);
  const last = parts.pop();
  if (last === undefined) return `${otherwise}\n`;
  return `${parts.length > 0 ? `${parts.join(", ")} and ` : ""}${last}\n`;
}

/** The counts of a checkout in DVC's order. */
export function checkoutCounts({ files }: CheckoutResult): Record<string, number> {
  return { modified: files.modified, added: files.added, deleted: files.deleted };
}

export function warnAbsent(absent: readonly string[]): void {
  if (absent.length === 0) return;
  const list = absent.map((oid) => `md5: ${oid}`).join("\n");
  process.stderr.write(
    `WARNING: Some of the cache files do not exist neither locally nor on remote. Missing cache files:\n${list}\n`,
  );
}

/** -j is a number; here copying is not spread over jobs. */
export function checkJobs(options: Options, name = "jobs"): void {
  const text = options.value(name);
  if (text !== undefined && !/^-?\d+$/.test(text)) {
    throw new UsageError(
      `argument ${name === "jobs" ? "-j/--jobs" : `--${name}`}: invalid int value: '${text}'`,
    );
  }
}

/** Ask on the terminal; without one the answer is no. */
export function confirm(question: string): boolean {
  return process.stdin.isTTY === true && answered(`${question} [y/n] `);
}

/** Ask on stdout and read from stdin, whatever it is; nothing to read means no. */
export function answered(question: string): boolean {
  for (;;) {
    process.stdout.write(question);
    const line = readLine();
    if (line === undefined) return false;
    if (/^(y|yes)$/i.test(line)) return true;
    if (/^(n|no)$/i.test(line)) return false;
  }
}

function readLine(): string | undefined {
  const byte = Buffer.alloc(1);
  let text = "";
  for (;;) {
    let count = 0;
    try {
      count = readSync(0, byte, 0, 1, null);
    } catch {
      return undefined;
    }
    if (count === 0) return text === "" ? undefined : text;
    if (byte[0] === 10) return text.trim();
    text += byte.toString("latin1");
  }
}
