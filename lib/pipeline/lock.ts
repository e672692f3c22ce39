import { readFileSync, statSync } from "node:fs";
import { writeFileAtomic } from "../base/files.js";
import { compareText } from "../base/json.js";
import { readUtf8 } from "./formats/utf8.js";
import { freshText, type LockText, lockText } from "./lockText.js";
import {
  anyList,
  anyMapping,
  anything,
  count,
  either,
  exactly,
  flag,
  keys,
  listOf,
  named,
  nothing,
  shapeError,
  text,
} from "./shape.js";
import type { Recorded } from "./tree.js";
import type { ReadYaml } from "./yaml/memory.js";
import { copyOf, isList, isMap, type Yaml, type YamlMap } from "./yaml/value.js";

/** One entry of dvc.lock, as data: cmd, deps, params, outs. */
export type LockEntry = YamlMap;

const SUM = either(nothing, text, count);
const META = { size: count, nfiles: count, isexec: flag, version_id: text };
const SUMS = { md5: SUM, checksum: SUM, etag: SUM };
const CLOUD = named(keys({ ...META, ...SUMS }));
const ITEM = keys(
  {
    ...SUMS,
    ...META,
    path: text,
    cloud: CLOUD,
    files: listOf(keys({ ...SUMS, ...META, relpath: text, cloud: CLOUD }, "relpath")),
    hash: text,
    dataset: anyMapping,
  },
  "path",
);
const ENTRY = keys(
  { cmd: either(text, anyList), deps: listOf(ITEM), params: named(named(anything)), outs: listOf(ITEM) },
  "cmd",
);
/** Source: DVC 3.67.1, dvc/schema.py. */
const LOCK = keys(
  { schema: exactly("2.0", "invalid schema version"), datasets: anything, stages: named(ENTRY) },
  "schema",
);

/** dvc.lock beside a dvc.yaml. Entries keep their places; those of stages that are gone stay. */
export class LockFile {
  private constructor(
    readonly path: string,
    private readonly content: YamlMap | undefined,
    /** What the file looked like when it was read or written. */
    private stamp: string,
    private readonly written: () => LockText,
  ) {}

  /** @param name how messages call it, as `./dvc.lock`; a missing file has no entries */
  static read(path: string, name: string, read: ReadYaml): LockFile {
    const stamp = stampOf(path);
    if (stamp === "") return new LockFile(path, undefined, stamp, () => freshText(new Map()));
    const source = readUtf8(path, name);
    const content: Yaml = read(source, name);
    const flaws = LOCK(content ?? new Map(), []);
    if (flaws.length > 0) throw shapeError(name, flaws, source);
    return new LockFile(path, content as YamlMap, stamp, () => lockText(source, content as YamlMap));
  }

  /** Whether the file is still the one that was read or written here. */
  isCurrent(): boolean {
    return this.stamp === stampOf(this.path);
  }

  get exists(): boolean {
    return this.content !== undefined;
  }

  entry(stage: string): LockEntry | undefined {
    const stages = this.content?.get("stages");
    return isMap(stages) ? (stages.get(stage) as LockEntry | undefined) : undefined;
  }

  /**
   * A lock with this entry replaced in place, or appended. Two entries share no data, though stages may have read the same
   * parameters: an alias from one to another would say which stages ran together.
   */
  with(stage: string, entry: LockEntry): LockFile {
    const content: YamlMap = new Map(this.content ?? [["schema", "2.0"]]);
    const stages = content.get("stages");
    content.set("stages", new Map(isMap(stages) ? stages : []).set(stage, copyOf(entry)));
    const text = this.written().with(stage, content);
    return new LockFile(this.path, content, this.stamp, () => text);
  }

  text(): string {
    return this.written().text;
  }

  /** @returns false when the file has these bytes already */
  write(): boolean {
    const text = this.text();
    if (this.stamp !== "" && readFileSync(this.path, "utf8") === text) return false;
    writeFileAtomic(this.path, text);
    this.stamp = stampOf(this.path);
    return true;
  }
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? "" : `${stat.ino}:${stat.mtimeNs}:${stat.size}`;
}

/** The items of `deps` or `outs`. */
export function items(entry: LockEntry | undefined, list: string): YamlMap[] {
  const value = entry?.get(list);
  return isList(value) ? value.filter(isMap) : [];
}

/** What an entry records for a path, by its exact text. */
export function recordedIn(
  entry: LockEntry | undefined,
  list: "deps" | "outs",
  path: string,
): Recorded | undefined {
  const item = items(entry, list).find((candidate) => candidate.get("path") === path);
  return item === undefined ? undefined : recordedOf(item);
}

/** The recorded fields of an item of a lock or a .dvc file. */
export function recordedOf(item: YamlMap): Recorded {
  const text = (key: string): string | undefined => {
    const value = item.get(key);
    return value === undefined || value === null ? undefined : String(value);
  };
  const count = (key: string): number | undefined => (item.has(key) ? Number(item.get(key)) : undefined);
  return {
    hash: text("hash"),
    md5: text("md5"),
    size: count("size"),
    nfiles: count("nfiles"),
    isexec: item.get("isexec") === true ? true : undefined,
  };
}

/** An item in the lock's field order. */
export function lockItem(path: string, recorded: Recorded): YamlMap {
  const item: YamlMap = new Map([["path", path]]);
  const { hash, md5, size, nfiles, isexec } = recorded;
  if (hash !== undefined) item.set("hash", hash);
  if (md5 !== undefined) item.set("md5", md5);
  if (size !== undefined) item.set("size", BigInt(size));
  if (nfiles !== undefined) item.set("nfiles", BigInt(nfiles));
  if (isexec === true) item.set("isexec", true);
  return item;
}

/** Items sorted by their path text, as the lock has them. */
export function sortedItems(
  list: readonly { readonly path: string; readonly recorded: Recorded }[],
): YamlMap[] {
  return [...list]
    .sort((a, b) => compareText(a.path, b.path))
    .map(({ path, recorded }) => lockItem(path, recorded));
}
