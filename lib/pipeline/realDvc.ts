import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Remote } from "./config.js";
import { GraphError } from "./errors.js";

/** The `dvc` of this machine: `NIDSLAB_DVC`, or the first one on PATH. */
export function installedDvc(): string | undefined {
  const named = process.env.NIDSLAB_DVC;
  if (named !== undefined && named !== "") return named;
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, process.platform === "win32" ? "dvc.exe" : "dvc"))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/**
 * Let DVC do what nidslab cannot: the same verb with the same arguments.
 * @param why the place that only DVC reaches
 * @returns DVC's exit code
 * @throws GraphError that names the command, when no DVC is installed
 */
export function handOver(verb: string, args: readonly string[], cwd: string, why: string): number {
  const dvc = installedDvc();
  const words = [verb, ...args].map((word) =>
    /^[\w./=:@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
  );
  if (dvc === undefined) {
    throw new GraphError(
      `${why}: nidslab works with local folders only, and no dvc is installed here (on PATH, or named in NIDSLAB_DVC). ` +
        `Install DVC with the support for it and run:\n\n\tdvc ${words.join(" ")}`,
    );
  }
  process.stderr.write(`${why}: running ${dvc} ${words.join(" ")}\n`);
  const { status, error } = spawnSync(dvc, [verb, ...args], { cwd, stdio: "inherit" });
  if (error !== undefined) throw new GraphError(`${dvc} cannot be run: ${error.message}`, { cause: error });
  return status ?? 255;
}

/** A remote as a message shows it. */
export function remoteText(remote: Remote): string {
  return `remote '${remote.name}' is ${remote.url}`;
}
