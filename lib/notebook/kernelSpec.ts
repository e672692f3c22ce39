import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { DataError } from "../base/errors.js";
import { writeFileAtomic } from "../base/files.js";
import { prettyJson } from "../base/json.js";

/** The name under which notebooks ask for their kernel (`kernelspec.name`). */
export const KERNEL_NAME = "tslab";

/** kernel.json of a Jupyter kernel. Source: jupyter-client.readthedocs.io, "Making kernels for Jupyter". */
export interface KernelSpec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: string;
}

export interface InstalledKernel {
  /** The kernel.json that was written. */
  readonly path: string;
  /** The command of another kernel of that name that stood there before. */
  readonly replaced: readonly string[] | undefined;
}

/** The folder that nidslab is installed in. */
const home = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * The kernel of this project: its own tslab and the Node that runs now, by absolute paths, so that it starts in whatever
 * folder a notebook lies.
 * @throws DataError when tslab is not installed
 */
export function kernelSpec(): KernelSpec {
  const script = join(home, "node_modules", "tslab", "bin", "tslab");
  if (!existsSync(script))
    throw new DataError(`notebook: ${script} is not there: tslab is not installed. Run npm ci in ${home}.`);
  return {
    argv: [process.execPath, script, "kernel", "--config-path", "{connection_file}"],
    display_name: "TypeScript",
    language: "typescript",
  };
}

/**
 * Where Jupyter looks for a user's kernels on this system.
 * Source: jupyter_core.paths.jupyter_data_dir of jupyter_core 5.
 */
export function jupyterDataFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const own = env.JUPYTER_DATA_DIR;
  if (own !== undefined && own !== "") return resolve(own);
  if (platform === "darwin") return join(homedir(), "Library", "Jupyter");
  if (platform === "win32") return join(env.APPDATA ?? join(homedir(), "AppData", "Roaming"), "jupyter");
  return join(
    env.XDG_DATA_HOME === undefined || env.XDG_DATA_HOME === ""
      ? join(homedir(), ".local", "share")
      : env.XDG_DATA_HOME,
    "jupyter",
  );
}

/**
 * Write the kernel's kernel.json; what is the same already is left alone.
 * @param prefix a Python environment (its sys.prefix), whose Jupyter alone will have the kernel; undefined: this user's
 * @throws DataError when prefix is no folder or cannot be written
 */
export function installKernel(prefix: string | undefined): InstalledKernel {
  if (prefix !== undefined && !existsSync(prefix))
    throw new DataError(
      `notebook: ${prefix} is not there. --prefix takes the folder of a Python environment (python -c "import sys; print(sys.prefix)").`,
    );
  const data =
    prefix === undefined
      ? jupyterDataFolder(process.env, process.platform)
      : join(resolve(prefix), "share", "jupyter");
  const path = join(data, "kernels", KERNEL_NAME, "kernel.json");
  const text = prettyJson(kernelSpec());
  const before = existsSync(path) ? readFileSync(path, "utf8") : undefined;
  if (before !== text) writeFileAtomic(path, text);
  return { path, replaced: before === undefined || before === text ? undefined : commandOf(before) };
}

function commandOf(text: string): readonly string[] {
  try {
    const { argv } = JSON.parse(text) as Partial<KernelSpec>;
    return Array.isArray(argv) ? argv.map(String) : [];
  } catch {
    return [];
  }
}
