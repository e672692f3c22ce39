import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import { writeFileAtomic } from "../base/files.js";
import { toSlashes } from "./dvcfile.js";
import { ShapeError } from "./errors.js";
import { importChecksum } from "./importChecksum.js";
import { recordedOf } from "./lock.js";
import type { Dependency, Output, StageNode } from "./node.js";
import type { Recorded } from "./tree.js";
import { removeKey, setKey, withPlainQuotes } from "./yaml/mappingKeys.js";
import type { ReadYaml } from "./yaml/memory.js";
import { readYaml } from "./yaml/read.js";
import { isList, isMap, type Yaml, type YamlMap } from "./yaml/value.js";
import { writeYaml } from "./yaml/write.js";

const KEYS = ["desc", "md5", "cmd", "wdir", "frozen", "locked", "deps", "outs", "always_changed", "meta"];
const RECORDED = ["md5", "size", "nfiles", "isexec", "hash"] as const;
const DEP_KEYS = [...RECORDED, "path"];
const OUT_KEYS = [
  ...RECORDED,
  "path",
  "desc",
  "type",
  "labels",
  "meta",
  "cache",
  "persist",
  "remote",
  "push",
];

/**
 * Read a .dvc file: a node without a command, whose outputs' hashes stand in the file itself. One with a dependency is an
 * import: its output is a copy of that file or folder.
 * @throws ShapeError for unknown keys and what nidslab does not support, by name
 */
export function readDataFile(path: string, cwd: string, read: ReadYaml): StageNode {
  const shown = toSlashes(relative(cwd, path));
  const fail = (message: string): never => {
    throw new ShapeError(`'${shown}' validation failed.\n\n${message}`);
  };
  const content = read(readFileSync(path, "utf8"), shown) ?? new Map();
  if (!isMap(content)) return fail("expected a dictionary");
  for (const key of content.keys())
    if (!KEYS.includes(String(key))) fail(`extra keys not allowed, in ${key}`);
  if (content.has("cmd")) fail("nidslab does not support commands in .dvc files, in cmd");
  const wdir = resolve(dirname(path), String(content.get("wdir") ?? "."));
  const list = (key: string): Yaml[] => {
    const value = content.get(key) ?? [];
    return isList(value) ? value : fail(`expected a list, in ${key}`);
  };
  const deps = list("deps").map((item, i) =>
    dependencyOf(item, wdir, (message) => fail(`${message}, in deps -> ${i}`)),
  );
  const outs = list("outs").map((item, i) =>
    outputOf(item, wdir, (message) => fail(`${message}, in outs -> ${i}`)),
  );
  const isImport = deps.length > 0;
  if (isImport && (deps.length > 1 || outs.length !== 1))
    fail("an import has one entry in deps and one in outs");
  const md5 = content.get("md5");
  return {
    kind: "data",
    name: basename(path),
    group: basename(path),
    file: path,
    address: shown,
    wdir,
    deps,
    params: [],
    outs,
    frozen: content.get("frozen") === true || content.get("locked") === true,
    alwaysChanged: content.get("always_changed") === true,
    ...(isImport
      ? {
          import: {
            recorded: md5 === undefined ? undefined : String(md5),
            computed: importChecksum(content),
          },
        }
      : {}),
  };
}

function itemOf(item: Yaml, keys: readonly string[], fail: (message: string) => never): YamlMap {
  if (!isMap(item)) return fail("expected a dictionary");
  const extra = [...item.keys()].find((key) => !keys.includes(String(key)));
  if (extra !== undefined) fail(`extra key "${extra}" not allowed`);
  if (typeof item.get("path") !== "string") fail("required key not provided: path");
  return item;
}

function dependencyOf(value: Yaml, wdir: string, fail: (message: string) => never): Dependency {
  if (isMap(value) && value.has("repo")) fail("nidslab does not import from other repositories (dvc import)");
  const item = itemOf(value, DEP_KEYS, fail);
  const path = item.get("path") as string;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) fail(`nidslab imports local paths only, found '${path}'`);
  return { path, absolute: resolve(wdir, path), recorded: recordedOf(item) };
}

function outputOf(value: Yaml, wdir: string, fail: (message: string) => never): Output {
  const item = itemOf(value, OUT_KEYS, fail);
  const path = item.get("path") as string;
  const remote = item.get("remote");
  return {
    path,
    absolute: resolve(wdir, path),
    role: "out",
    cache: item.get("cache") !== false,
    persist: item.get("persist") === true,
    push: item.get("push") !== false,
    recorded: recordedOf(item),
    ...(typeof remote === "string" ? { remote } : {}),
  };
}

/** A path with what is recorded of it; no md5: known by name only. */
export interface DataItem {
  readonly path: string;
  readonly recorded: Recorded;
}

/** What the .dvc file of an import says. */
export interface ImportContent {
  readonly dep: DataItem;
  readonly out: DataItem;
  readonly frozen: boolean;
  /** false: nothing was copied or hashed yet (`--no-exec`), so there is no checksum. */
  readonly checksum: boolean;
}

/** The text of a new .dvc file for one file or folder. */
export function dataFileText(path: string, recorded: Recorded): string {
  return writeYaml(new Map([["outs", [dataItem({ path, recorded })]]]));
}

function dataItem({ path, recorded }: DataItem): YamlMap {
  const item: YamlMap = new Map();
  for (const field of RECORDED) {
    const value = fieldValue(recorded, field);
    if (value !== undefined) item.set(field, value);
  }
  return item.set("path", path);
}

function fieldValue(
  recorded: Recorded,
  field: (typeof RECORDED)[number],
): string | bigint | true | undefined {
  const value = recorded[field];
  if (typeof value === "number") return BigInt(value);
  return value === false ? undefined : value;
}

/**
 * Write the .dvc file of an import: a new one, or an existing one in place, so that its comments and descriptions stay.
 * @throws an error of the file system
 */
export function writeImport(path: string, content: ImportContent): void {
  const { dep, out, frozen, checksum } = content;
  const old = existsSync(path) ? readFileSync(path, "utf8") : undefined;
  const before = old === undefined ? undefined : readYaml(old, path);
  const single = (key: string): boolean => {
    const value = isMap(before) ? before.get(key) : undefined;
    return isList(value) && value.length === 1;
  };
  let text: string;
  if (old !== undefined && single("deps") && single("outs")) {
    text = setKey(setKey(old, ["deps", 0], "path", dep.path), ["outs", 0], "path", out.path);
    text = withRecorded(withRecorded(text, ["deps", 0], dep.recorded), ["outs", 0], out.recorded);
    text = frozen ? setKey(text, [], "frozen", true) : removeKey(text, [], "frozen");
    text = checksum ? setKey(text, [], "md5", importChecksum(readYaml(text, path) as YamlMap)) : text;
  } else {
    const data: YamlMap = new Map();
    if (frozen) data.set("frozen", true);
    data.set("deps", [dataItem(dep)]).set("outs", [dataItem(out)]);
    text = writeYaml(
      checksum
        ? new Map<string, Yaml>([["md5", importChecksum(data)], ...(data as Map<string, Yaml>)])
        : data,
    );
  }
  writeFileAtomic(path, withPlainQuotes(text));
}

function withRecorded(text: string, at: readonly (string | number)[], recorded: Recorded): string {
  return RECORDED.reduce((result, field) => {
    const value = fieldValue(recorded, field);
    return value === undefined ? removeKey(result, at, field) : setKey(result, at, field, value);
  }, text);
}

/**
 * Record a new hash of an output in its .dvc file. The values are replaced where they stand, so comments and order stay;
 * a field that is new comes last, as DVC writes it.
 */
export function updateDataFile(path: string, output: Output, recorded: Recorded): void {
  const text = readFileSync(path, "utf8");
  const outs = (readYaml(text, path) as YamlMap).get("outs") as YamlMap[];
  const at = outs.findIndex((item) => item.get("path") === output.path);
  const edited = withPlainQuotes(withRecorded(text, ["outs", at], recorded));
  if (edited !== text) writeFileAtomic(path, edited);
}
