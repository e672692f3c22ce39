import { readFileSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import { writeFileAtomic } from "../base/files.js";
import { toSlashes } from "./dvcfile.js";
import { ShapeError } from "./errors.js";
import { recordedOf } from "./lock.js";
import type { Output, StageNode } from "./node.js";
import type { Recorded } from "./tree.js";
import type { ReadYaml } from "./yaml/memory.js";
import { parseNodes, readYaml, yamlPackage } from "./yaml/read.js";
import { isList, isMap, type Yaml, type YamlMap } from "./yaml/value.js";
import { writeYaml } from "./yaml/write.js";

const KEYS = ["desc", "md5", "cmd", "wdir", "frozen", "deps", "outs", "always_changed", "meta"];
const OUT_KEYS = [
  "md5",
  "size",
  "nfiles",
  "isexec",
  "hash",
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

/** Read a .dvc file: a node without a command, whose outputs' hashes stand in the file itself. */
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
  const frozen = content.get("frozen") === true;
  if (content.has("deps") && !frozen) fail("nidslab does not support imports that are not frozen, in deps");
  const wdir = resolve(dirname(path), String(content.get("wdir") ?? "."));
  const outs = content.get("outs") ?? [];
  if (!isList(outs)) return fail("expected a list, in outs");
  return {
    kind: "data",
    name: basename(path),
    group: basename(path),
    file: path,
    address: shown,
    wdir,
    deps: [],
    params: [],
    outs: outs.map((item, i) => outputOf(item, wdir, (message) => fail(`${message}, in outs -> ${i}`))),
    frozen,
    alwaysChanged: false,
  };
}

function outputOf(item: Yaml, wdir: string, fail: (message: string) => never): Output {
  if (!isMap(item)) return fail("expected a dictionary");
  const extra = [...item.keys()].find((key) => !OUT_KEYS.includes(String(key)));
  if (extra !== undefined) fail(`extra key "${extra}" not allowed`);
  const path = item.get("path");
  if (typeof path !== "string") return fail("required key not provided: path");
  const remote = item.get("remote");
  return {
    path,
    absolute: resolve(wdir, path),
    role: "out",
    cache: item.get("cache") !== false,
    persist: item.get("persist") === true,
    recorded: recordedOf(item),
    ...(typeof remote === "string" ? { remote } : {}),
  };
}

/** The text of a new .dvc file for one file or folder. */
export function dataFileText(path: string, recorded: Recorded): string {
  const item = dataItem(recorded);
  item.set("path", path);
  return writeYaml(new Map([["outs", [item]]]));
}

function dataItem({ md5, size, nfiles, isexec, hash }: Recorded): YamlMap {
  const item: YamlMap = new Map();
  if (md5 !== undefined) item.set("md5", md5);
  if (size !== undefined) item.set("size", BigInt(size));
  if (nfiles !== undefined) item.set("nfiles", BigInt(nfiles));
  if (isexec === true) item.set("isexec", true);
  if (hash !== undefined) item.set("hash", hash);
  return item;
}

/**
 * Record a new hash of an output in its .dvc file. The values are replaced where they stand, so comments and order stay;
 * only an entry that gets other fields is written anew.
 */
export function updateDataFile(path: string, output: Output, recorded: Recorded): void {
  const text = readFileSync(path, "utf8");
  const item = dataItem(recorded);
  const edited = replaceValues(text, path, output.path, item);
  if (edited !== undefined) {
    if (edited !== text) writeFileAtomic(path, edited);
    return;
  }
  const content = readYaml(text, path) as YamlMap;
  const outs = (content.get("outs") as YamlMap[]).map((old) => {
    if (old.get("path") !== output.path) return old;
    const rest = [...old].filter(
      ([key]) => !["md5", "size", "nfiles", "isexec", "hash"].includes(String(key)),
    );
    return new Map([...item, ...rest]);
  });
  writeFileAtomic(path, writeYaml(new Map(content).set("outs", outs)));
}

/** @returns undefined when the entry has other fields than the new one */
function replaceValues(text: string, path: string, out: string, item: YamlMap): string | undefined {
  const { isMap: isYamlMap, isScalar, isSeq } = yamlPackage();
  const outs = parseNodes(text, path).get("outs");
  if (!isSeq(outs)) return undefined;
  const node = outs.items.find((candidate) => isYamlMap(candidate) && candidate.get("path") === out);
  if (!isYamlMap(node)) return undefined;
  const fields = ["md5", "size", "nfiles", "isexec", "hash"];
  if (fields.some((field) => node.has(field) !== item.has(field))) return undefined;
  const edits = fields.flatMap((field) => {
    const value = node.get(field, true);
    const range = isScalar(value) ? value.range : undefined;
    return range && item.has(field)
      ? [{ from: range[0], to: range[1], text: valueText(item.get(field) as Yaml) }]
      : [];
  });
  return edits
    .sort((a, b) => b.from - a.from)
    .reduce((result, edit) => result.slice(0, edit.from) + edit.text + result.slice(edit.to), text);
}

function valueText(value: Yaml): string {
  return writeYaml(new Map([["k", value]])).slice("k: ".length, -1);
}
