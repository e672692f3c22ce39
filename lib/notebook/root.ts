import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DataError } from "../base/errors.js";

/**
 * The project's folder: the nearest one from `start` upwards that holds params.yaml.
 * @throws DataError when there is none
 */
export function findRoot(start: string): string {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "params.yaml"))) return folder;
    if (folder === dirname(folder)) {
      throw new DataError(
        `notebook: no params.yaml in ${start} or above. Work in the project's folder, or name it.`,
      );
    }
  }
}
