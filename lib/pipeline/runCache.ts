import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { writeError } from "../base/files.js";
import { hashBytes } from "../base/hash.js";
import { type LinkPolicy, makeCacheFolder } from "./links.js";
import { items, type LockEntry } from "./lock.js";
import { temporaryBeside } from "./temporary.js";
import { readYaml } from "./yaml/read.js";
import { isList, isMap, pythonJson, type Yaml } from "./yaml/value.js";
import { writeYaml } from "./yaml/write.js";

const PLAIN: LinkPolicy = { types: ["copy"], shared: false };

/** The data without `size` and `nfiles` at any depth: that is what DVC hashes (parameters of these names included). */
function withoutSizes(value: Yaml): Yaml {
  if (isList(value)) return value.map(withoutSizes);
  if (!isMap(value)) return value;
  return new Map(
    [...value].filter(([key]) => key !== "size" && key !== "nfiles").map(([k, v]) => [k, withoutSizes(v)]),
  );
}

/** What a run is known by: the command, the hashes of its dependencies, its parameters and the names of its outputs. */
export function runKeyJson(entry: LockEntry): string {
  const outs = items(entry, "outs").map((item) => item.get("path") as string);
  return pythonJson(withoutSizes(new Map(entry).set("outs", outs)), true);
}

export function runValueJson(entry: LockEntry): string {
  return pythonJson(withoutSizes(entry), true);
}

/** Runs that were made before, under `<cache>/runs/`: from what went in to what came out. */
export class RunCache {
  constructor(
    private readonly cacheFolder: string,
    private readonly links: LinkPolicy = { types: ["copy"], shared: false },
  ) {}

  /** Where a run is kept, relative to the cache's folder. */
  place(entry: LockEntry): string {
    const key = hashBytes(runKeyJson(entry));
    return `runs/${key.slice(0, 2)}/${key}/${hashBytes(runValueJson(entry))}`;
  }

  save(entry: LockEntry): void {
    const path = join(this.cacheFolder, this.place(entry));
    if (existsSync(path)) return;
    placeRun(path, writeYaml(entry), this.links);
  }

  /** Kept runs with the key of `entry`, the newest first. A file that cannot be read is deleted. */
  find(entry: LockEntry): LockEntry[] {
    const key = hashBytes(runKeyJson(entry));
    const folder = join(this.cacheFolder, "runs", key.slice(0, 2), key);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => /^[0-9a-f]{64}$/.test(name))
      .map((name) => ({ path: join(folder, name), at: statSync(join(folder, name)).mtimeMs }))
      .sort((a, b) => b.at - a.at)
      .flatMap(({ path }) => {
        try {
          const kept = readYaml(readFileSync(path, "utf8"), path);
          if (isMap(kept)) return [kept];
        } catch {
          // An unreadable entry is dropped, as DVC does.
        }
        rmSync(path, { force: true });
        return [];
      });
  }
}

/**
 * Write a kept run, `<key>/<value>`. DVC fails on a key that holds nothing: the first run of a key comes with its folder, in
 * one step.
 */
function placeRun(path: string, text: string | Uint8Array, links: LinkPolicy): void {
  const folder = dirname(path);
  makeCacheFolder(dirname(folder), links);
  const made = temporaryBeside(folder);
  try {
    makeCacheFolder(made, links);
    const file = join(made, basename(path));
    writeFileSync(file, text);
    if (links.shared) chmodSync(file, 0o664);
    if (existsSync(folder)) renameSync(file, path);
    else renameSync(made, folder);
  } catch (cause) {
    throw writeError(path, cause);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** Copy the kept runs of one store (a cache or a remote) to another. @returns how many there are */
export function copyRuns(from: string, to: string): number {
  const runs = join(from, "runs");
  if (!existsSync(runs)) return 0;
  const files = readdirSync(runs, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const entry of files) {
    const source = join(entry.parentPath, entry.name);
    const target = join(to, source.slice(from.length));
    if (!existsSync(target)) placeRun(target, readFileSync(source), PLAIN);
  }
  return files.length;
}
