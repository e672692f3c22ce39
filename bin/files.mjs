// Small helpers of the scripts in bin/, which run before anything is installed: Node alone.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** An error whose message is all that the user has to read. */
export class SetupError extends Error {}

/** One line on stderr: what is being done. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Run the main function of a script; an error is one line on stderr and exit code 1. */
export function runScript(main) {
  for (const [signal, code] of Object.entries({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }))
    process.on(signal, () => process.exit(code));
  main().then(
    (code) => {
      process.exitCode = code ?? 0;
    },
    (error) => {
      process.stderr.write(`nidslab: ${error instanceof SetupError ? error.message : explain(error)}\n`);
      if (process.env.NIDSLAB_DEBUG === "1") process.stderr.write(`${error.stack}\n`);
      process.exitCode = 1;
    },
  );
}

/** A system error in words; a full disk and missing permission get a sentence of their own. */
export function explain(error) {
  if (error?.code === "ENOSPC" || error?.code === "EDQUOT") return `setup: ${diskFull}`;
  if (["EACCES", "EPERM", "EROFS"].includes(error?.code))
    return `setup: ${error.path ?? "a file"}: writing there is not permitted. Check the permissions of the folder.`;
  return error instanceof Error ? error.message : String(error);
}

/** Whether less than a megabyte is left where the project lies. */
export function diskIsFull() {
  const { bavail, bsize } = statfsSync(root);
  return bavail * bsize < 1_000_000;
}

export const diskFull =
  "the disk is full. The packages need about 700 MB; free some space and run the same command again.";

/** Sorted paths (with forward slashes) of the files below a folder that `keep` accepts. */
export function listFiles(folder, keep, prefix = "") {
  const found = [];
  for (const entry of readdirSync(join(folder, prefix), { withFileTypes: true })) {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) found.push(...listFiles(folder, keep, path));
    else if (keep(path)) found.push(path);
  }
  return prefix === "" ? found.sort() : found;
}

/** Parsed JSON, or undefined when the file is missing or damaged. */
export function tryJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Write through a temporary name, so that the file is whole or absent. */
export function writeWhole(path, content) {
  const temporary = `${path}.${process.pid}.tmp`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, path);
  } catch (error) {
    if (existsSync(temporary)) rmSync(temporary, { force: true });
    throw error;
  }
}
