import { type Stats, statSync } from "node:fs";
import { writeError } from "../base/files.js";

/**
 * What stands at a path that is going to be written; undefined: nothing.
 * @throws DataError when nothing can stand there, such as below a file
 */
export function outPlace(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    throw writeError(path, cause);
  }
}
