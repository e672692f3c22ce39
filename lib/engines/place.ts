import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that nidslab is installed in. */
export const home: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where engines are: `.engines/` of the installation, or the folder that NIDSLAB_ENGINES_DIR names (several clones, CI). */
export function enginesFolder(): string {
  const named = process.env.NIDSLAB_ENGINES_DIR;
  return named === undefined || named === "" ? join(home, ".engines") : named;
}

export function engineFolder(name: string): string {
  return join(enginesFolder(), name);
}

/** An engine is there as a whole or not at all: its folder gets its name when everything is in it. */
export function isAdded(name: string): boolean {
  return existsSync(join(engineFolder(name), "engine.json"));
}
