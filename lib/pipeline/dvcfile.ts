import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { OptionStyle } from "./commandOptions.js";
import { Context } from "./context.js";
import { GraphError } from "./errors.js";
import { type Draft, expand } from "./expand.js";
import { readUtf8 } from "./formats/utf8.js";
import { checkDvcYaml } from "./grammar.js";
import type { Output, ParamsRef, PathRef, StageNode } from "./node.js";
import { interpolate, interpolateAll } from "./template.js";
import type { ReadYaml } from "./yaml/memory.js";
import { isList, isMap, typeName, type Yaml, type YamlMap } from "./yaml/value.js";

/** A dvc.yaml: its stages in file order, and the metrics and params files it names beside them. */
export interface DvcFile {
  readonly path: string;
  readonly stages: readonly StageNode[];
  readonly metrics: readonly PathRef[];
  readonly params: readonly PathRef[];
  /** The plots beside the stages, resolved: a path, or one name with its properties. */
  readonly plots: readonly Yaml[];
}

interface Surroundings {
  readonly root: string;
  /** The folder where nidslab was called: names in messages are relative to it. */
  readonly cwd: string;
  readonly warn: (line: string) => void;
  /** How mappings in commands become options. */
  readonly style: OptionStyle;
  readonly read: ReadYaml;
}

/** @throws GraphError in DVC's words, for a wrong shape, unknown names in `${…}` and what is not supported */
export function readDvcFile(path: string, around: Surroundings): DvcFile {
  const folder = dirname(path);
  const shown = toSlashes(relative(around.cwd, path));
  const name = shown.startsWith("..") ? shown : `./${shown}`;
  const source = readUtf8(path, shown);
  const content = checkDvcYaml(around.read(source, name), name, source);
  const place = { key: "vars", file: shown };
  const context = Context.empty(around.read, (name) => toSlashes(relative(around.cwd, name)))
    .withDefaults(folder, place)
    .withVars(content.get("vars"), folder, place);
  const stages: StageNode[] = [];
  for (const [stage, body] of (content.get("stages") ?? new Map()) as YamlMap) {
    for (const draft of expand(String(stage), body as YamlMap, context, shown, around.warn)) {
      stages.push(stageOf(draft, path, shown, around));
    }
  }
  const resolved = (key: string): Yaml[] => {
    const value = content.get(key) ?? [];
    const entries = isMap(value) ? [...value] : (value as Yaml[]).map((item, i) => [i, item] as const);
    return entries.map(([name, item]) => {
      const where = { key: `${key}.${name}`, file: shown };
      const pair = isMap(value) ? new Map([[name as string, item]]) : item;
      return interpolateAll(pair, context, where, { raw: true });
    });
  };
  const listed = (key: string): PathRef[] =>
    resolved(key).map((item) => ({ path: String(item), absolute: resolve(folder, String(item)) }));
  resolved("artifacts"); // Nothing here uses them; a name that is not there is refused all the same.
  return { path, stages, metrics: listed("metrics"), params: listed("params"), plots: resolved("plots") };
}

function stageOf(draft: Draft, file: string, shown: string, around: Surroundings): StageNode {
  const { name, group, body } = draft;
  const place = (key: string): { key: string; file: string } => ({
    key: `stages.${name}.${key}`,
    file: shown,
  });
  const folder = dirname(file);
  let context = draft.context;
  const wdirText = body.has("wdir")
    ? String(interpolate(body.get("wdir") as string, context, place("wdir")))
    : ".";
  const wdir = resolve(folder, wdirText);
  context = context.withVars(body.get("vars"), wdir, place("vars"), name);
  const all = new Map<unknown, Yaml>();
  for (const [key, value] of body) {
    if (key === "vars") continue;
    const splicing = key === "cmd" ? { unpack: around.style } : {};
    all.set(key, interpolateAll(value, context, place(String(key)), splicing));
  }
  const resolved = (key: string): Yaml[] => (all.get(key) ?? []) as Yaml[];
  const refer = (value: Yaml, what: string): PathRef => pathRef(value, wdir, around.root, what);
  const desc = body.get("desc");
  const isHere = file === join(around.cwd, "dvc.yaml");
  return {
    kind: "stage",
    name,
    group,
    file,
    address: isHere ? name : `${shown}:${name}`,
    wdir,
    cmd: all.get("cmd"),
    deps: resolved("deps").map((item) => refer(slashed(item, wdir), "a dependency")),
    params: paramsOf(resolved("params"), wdir),
    outs: outputsOf(
      [
        ["out", resolved("outs")],
        ["metric", resolved("metrics")],
        ["plot", resolved("plots")],
      ],
      refer,
    ),
    frozen: body.get("frozen") === true,
    alwaysChanged: body.get("always_changed") === true,
    ...(typeof desc === "string" ? { desc: String(interpolate(desc, context, place("desc"))) } : {}),
  };
}

/** A dependency written with backslashes, as dataset.path may be: slashes, when that names something. */
function slashed(item: Yaml, wdir: string): Yaml {
  if (typeof item !== "string" || !item.includes("\\") || existsSync(resolve(wdir, item))) return item;
  const path = item.replaceAll("\\", "/");
  return existsSync(resolve(wdir, path)) ? path : item;
}

function pathRef(value: Yaml, wdir: string, root: string, what: string): PathRef {
  if (typeof value !== "string")
    throw new GraphError(
      `unexpected error - '${typeName(value)}' ${typeof value === "number" ? "not supported" : "object has no attribute 'decode'"}` +
        `. ${what} must be a text.`,
    );
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) {
    throw new GraphError(`'${value}' is ${what} outside this machine; nidslab supports local paths only.`);
  }
  const name = value.split(/[\\/]/).at(-1) as string;
  if (name === "dvc.yaml" || name.endsWith(".dvc")) {
    throw new GraphError(`DVC file '${value}' cannot be ${what === "a dependency" ? what : "an output"}.`);
  }
  const absolute = resolve(wdir, value);
  const inside = isAbsolute(value) && (absolute === root || absolute.startsWith(root + sep));
  return { path: inside ? toSlashes(relative(wdir, absolute)) : value, absolute };
}

type Role = Output["role"];

/** Outputs in DVC's order: outs, metrics, plots. A path that is named twice is one output with the flags of both. */
function outputsOf(
  lists: readonly (readonly [Role, readonly Yaml[]])[],
  refer: (value: Yaml, what: string) => PathRef,
): Output[] {
  const outputs = new Map<string, Output>();
  const add = (role: Role, path: Yaml, flags: YamlMap): void => {
    const ref = refer(path, "an output");
    const before = outputs.get(ref.path);
    const remote = flags.get("remote");
    outputs.set(ref.path, {
      ...ref,
      role: before !== undefined && before.role !== "out" ? before.role : role,
      cache: flags.has("cache") ? flags.get("cache") === true : (before?.cache ?? true),
      persist: flags.has("persist") ? flags.get("persist") === true : (before?.persist ?? false),
      ...(flags.get("push") === false || before?.push === false ? { push: false } : {}),
      ...(typeof remote === "string" ? { remote } : {}),
      ...(role === "plot" ? { plot: flags } : {}),
    });
  };
  for (const [role, list] of lists) {
    for (const item of list) {
      if (!isMap(item)) add(role, item, new Map());
      else {
        for (const [path, flags] of item) {
          if (!isMap(flags)) {
            throw new GraphError(`unexpected error - Expected dict for '${path}', got: '${typeName(flags)}'`);
          }
          add(role, path, flags);
        }
      }
    }
  }
  return [...outputs.values()];
}

/** `params:` by file: a text is a key of params.yaml, a mapping names files; no keys means the whole file. */
function paramsOf(list: readonly Yaml[], wdir: string): ParamsRef[] {
  const files = new Map<string, string[] | null>();
  const add = (file: string, keys: readonly Yaml[] | null): void => {
    const present = files.get(file);
    if (keys === null || keys.length === 0 || present === null) files.set(file, null);
    else files.set(file, [...new Set([...(present ?? []), ...keys.map(String)])]);
  };
  for (const item of list) {
    if (isMap(item)) for (const [file, keys] of item) add(String(file), keysOf(String(file), keys));
    else if (typeof item === "string") add("params.yaml", [item]);
    else
      throw new GraphError(
        `unexpected error - Only list of str/dict is supported. Got: '${typeName(item)}'.`,
      );
  }
  return [...files].map(([path, keys]) => ({ path, absolute: resolve(wdir, path), keys }));
}

function keysOf(file: string, keys: Yaml): Yaml[] | null {
  if (isList(keys)) return keys;
  if (keys === null || keys === "" || keys === false) return null;
  throw new GraphError(
    `unexpected error - Expected list of params for custom params file '${file}', got '${typeName(keys)}'.`,
  );
}

export function toSlashes(path: string): string {
  return sep === "/" ? path : path.split(sep).join("/");
}
