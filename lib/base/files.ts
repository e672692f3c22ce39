import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { codeOf, DataError, messageOf } from "./errors.js";
import { parseJson, prettyJson } from "./json.js";

const unfinished = new Set<string>();
let watching = false;

function watchExit(): void {
  if (watching) return;
  watching = true;
  process.on("exit", () => {
    for (const path of unfinished) rmSync(path, { force: true, recursive: true });
  });
}

/** A path as this machine has it: backslashes are taken as slashes when nothing has the name as it is written. */
export function localPath(path: string): string {
  return existsSync(path) ? path : path.replaceAll("\\", "/");
}

/** What native libraries say, whose errors have no code. */
const fullText = /no space left/i;
const forbiddenText = /read-only file system|permission denied/i;

/** Explain a failed write: a full disk and a read-only folder get a sentence of their own. */
export function writeError(path: string, cause: unknown): Error {
  const code = codeOf(cause);
  const why =
    code === "ENOSPC" || fullText.test(messageOf(cause))
      ? "the disk is full. Free some space and run the same command again; what was there before is untouched"
      : ["EACCES", "EROFS", "EPERM"].includes(code ?? "") || forbiddenText.test(messageOf(cause))
        ? "writing there is not permitted. Check the permissions of its folder"
        : code === "EISDIR"
          ? "a folder is there. Name a file"
          : ["ENOTDIR", "EEXIST"].includes(code ?? "")
            ? "a part of its path is a file, a folder was expected. Name another place"
            : code === "ENOENT"
              ? "its folder is not there and cannot be made. Name another place"
              : messageOf(cause);
  return new DataError(`write: ${path}: ${why}.`, { cause });
}

/**
 * Make a folder and those above it. One after the other: Node's own `recursive` says of a read-only disk that a folder is
 * not there, and never ends where the system allows no folder at all (/proc).
 * @throws DataError that says why it cannot be made
 */
export function makeFolder(path: string): void {
  try {
    makeFolders(resolve(path));
  } catch (cause) {
    throw writeError(path, cause);
  }
}

function makeFolders(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  makeFolders(dirname(path));
  try {
    mkdirSync(path);
  } catch (cause) {
    // Another process may have made it meanwhile.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw cause;
  }
}

/** A device or a pipe must not be replaced by a file: as root, one write would take /dev/null from the whole machine. */
function refuseDevice(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isFile() || found.isDirectory()) return;
  throw Object.assign(new Error("a device or a pipe is there. Name a file"), { code: "ENODEV" });
}

/**
 * Write a file so that it is either complete or not there: `fill` gets a temporary name in the same folder, which is
 * renamed at the end. On an error the temporary file is removed and an existing file stays as it was.
 */
export async function replaceFile(path: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  watchExit();
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString("hex")}.tmp`);
  try {
    refuseDevice(path);
    makeFolders(resolve(dirname(path)));
    unfinished.add(temporary);
    await fill(temporary);
    renameSync(temporary, path);
  } catch (cause) {
    discard(temporary);
    const isOfDisk = fullText.test(messageOf(cause)) || forbiddenText.test(messageOf(cause));
    throw codeOf(cause) !== undefined || isOfDisk ? writeError(path, cause) : cause;
  } finally {
    unfinished.delete(temporary);
  }
}

/** Remove a temporary file; where even that fails, why the file could not be written says more. */
function discard(temporary: string): void {
  try {
    rmSync(temporary, { force: true });
  } catch {
    // The folder is none, or the disk is gone.
  }
}

/** The synchronous form of `replaceFile` for bytes or text that are already in memory. */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  watchExit();
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString("hex")}.tmp`);
  try {
    refuseDevice(path);
    makeFolders(resolve(dirname(path)));
    unfinished.add(temporary);
    writeFileSync(temporary, content);
    renameSync(temporary, path);
  } catch (cause) {
    discard(temporary);
    throw writeError(path, cause);
  } finally {
    unfinished.delete(temporary);
  }
}

/** Write a value as readable JSON with sorted keys. */
export function writeJson(path: string, value: unknown): void {
  writeFileAtomic(path, prettyJson(value));
}

/** Read a text file; a missing one is an error that says `hint`. */
export function readText(path: string, hint: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw unreadable(path, hint, cause);
  }
}

/** Read and parse a JSON file; a missing or damaged one is an error that says `hint`. */
export function readJson<T>(path: string, hint: string): T {
  return parseJson<T>(readText(path, hint), path, hint);
}

/** The error for a file that cannot be read. */
export function unreadable(path: string, hint: string, cause: unknown): Error {
  const why = codeOf(cause) === "ENOENT" ? "is not there" : `cannot be read (${messageOf(cause)})`;
  return new DataError(`read: ${shownPath(path)} ${why}. ${hint}`, { cause });
}

/** A path as a message shows it, on one line: control characters (a newline in a name) are escaped as in JSON. */
export function shownPath(path: string): string {
  return path.replace(/[\u0000-\u001f\u007f]/g, (character) =>
    character === "\u007f" ? "\\u007f" : JSON.stringify(character).slice(1, -1),
  );
}
