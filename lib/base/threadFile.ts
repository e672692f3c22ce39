import { existsSync } from "node:fs";
import { basename } from "node:path";

/**
 * The file of a worker thread, named by its place below dist/. By way of the folder above: the bundled command line stands
 * beside the rooms, and there the thread may be one file, too (bin/bundle.mjs).
 */
export function threadFile(path: string): URL {
  const bundled = new URL(`./${basename(path, ".js")}.cjs`, import.meta.url);
  return existsSync(bundled) ? bundled : new URL(`../${path}`, import.meta.url);
}
