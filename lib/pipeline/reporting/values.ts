import { readFileSync } from "node:fs";
import { messageOf } from "../../base/errors.js";
import { compareText } from "../../base/json.js";
import { lookUp, readParamsFile } from "../template.js";
import { readYaml } from "../yaml/read.js";
import {
  equal,
  floatText,
  isList,
  isMap,
  repr,
  type Scalar,
  type Yaml,
  type YamlMap,
} from "../yaml/value.js";
import type { Revision } from "./revision.js";

/** What a metrics or params file holds in one revision, or why it could not be read. */
export type FileValues =
  | { readonly data: Yaml }
  | { readonly error: { readonly type: string; readonly message: string } };

/** Values by file, as `project.show` names it. */
export type Values = ReadonlyMap<string, FileValues>;

/** How a value changed. `diff` is there for two numbers. */
export interface Change {
  readonly file: string;
  readonly name: string;
  readonly old: Yaml | undefined;
  readonly now: Yaml | undefined;
  readonly diff?: bigint | number;
}

/** Files for metrics: those of stages and of the top level of dvc.yaml, or the targets; folders stand for their files. */
export function readMetrics(revision: Revision, targets: readonly string[]): Values {
  const { project } = revision;
  const paths =
    targets.length > 0
      ? targets.map((target) => revision.resolve(target))
      : [
          ...project.nodes().flatMap((node) => node.outs.filter((out) => out.role === "metric")),
          ...project.dvcFiles().flatMap((file) => file.metrics),
        ].map((ref) => ref.absolute);
  return readFiles(
    revision,
    new Map(paths.map((path) => [path, null])),
    (value) => metricsOf(value) ?? new Map(),
  );
}

/**
 * Parameters: what stages track, and unless `onlyDeps`, the whole params.yaml of the project and the files that dvc.yaml
 * lists; or the whole target files.
 */
export function readParams(
  revision: Revision,
  { targets, onlyDeps }: { readonly targets: readonly string[]; readonly onlyDeps: boolean },
): Values {
  const { project } = revision;
  const files = new Map<string, readonly string[] | null>();
  const add = (path: string, keys: readonly string[] | null): void => {
    const before = files.get(path);
    if (keys === null || before === null) files.set(path, null);
    else files.set(path, [...(before ?? []), ...keys]);
  };
  for (const target of targets) add(revision.resolve(target), null);
  if (targets.length === 0) {
    for (const node of project.nodes()) for (const ref of node.params) add(ref.absolute, ref.keys);
    if (!onlyDeps) {
      for (const file of project.dvcFiles()) for (const ref of file.params) add(ref.absolute, null);
      const main = `${project.root}/params.yaml`;
      if (revision.locate(main) !== undefined) add(main, null);
    }
  }
  return readFiles(revision, files, (value) => value);
}

function readFiles(
  revision: Revision,
  wanted: ReadonlyMap<string, readonly string[] | null>,
  take: (value: Yaml) => Yaml,
): Values {
  const values = new Map<string, FileValues>();
  for (const [path, keys] of wanted) {
    for (const file of revision.files(path) ?? [path]) {
      const name = revision.project.show(file);
      if (values.has(name)) continue;
      try {
        const found = revision.locate(file);
        if (found === undefined) {
          const message = `[Errno 2] No such file or directory: '${name}'`;
          values.set(name, { error: { type: "FileNotFoundError", message } });
          continue;
        }
        const content = contentOf(found, name);
        values.set(name, {
          data: take(keys === null || !isMap(content) ? content : selected(content, keys)),
        });
      } catch (cause) {
        values.set(name, { error: { type: "ParseError", message: messageOf(cause) } });
      }
    }
  }
  return values;
}

function contentOf(path: string, name: string): Yaml {
  return /\.(toml|py)$/.test(name)
    ? readParamsFile(path, name, readYaml)
    : readYaml(readFileSync(path, "utf8"), name);
}

/** Only the tracked keys (`a.b`), in their places. */
function selected(content: YamlMap, keys: readonly string[]): YamlMap {
  const result: YamlMap = new Map();
  for (const key of keys) {
    let from: Yaml | undefined = content;
    let into = result;
    const words = key.split(".");
    words.forEach((word, i) => {
      from = isMap(from) ? lookUp(from, word) : isList(from) ? from[Number(word)] : undefined;
      if (from === undefined) return;
      if (i === words.length - 1) into.set(word, from);
      else {
        const inner = into.get(word);
        const next: YamlMap = isMap(inner) ? new Map(inner) : new Map();
        into.set(word, next);
        into = next;
      }
    });
  }
  return result;
}

/** Numbers, texts and booleans; lists, nulls and what is empty are left out. */
function metricsOf(value: Yaml): Yaml | undefined {
  if (isMap(value)) {
    const kept = [...value].flatMap(([key, item]): [Scalar, Yaml][] => {
      const inner = metricsOf(item);
      return inner === undefined || (isMap(inner) && inner.size === 0) ? [] : [[key, inner]];
    });
    return new Map(kept);
  }
  return value === null || isList(value) || typeof value === "object" ? undefined : value;
}

/** Names with dots; lists become their Python text, as DVC's tables and diffs have them. A bare value has the name "". */
export function flatten(value: Yaml, prefix = "", into = new Map<string, Yaml>()): Map<string, Yaml> {
  if (!isMap(value)) {
    if (value !== null || prefix !== "") into.set(prefix, isList(value) ? repr(value) : value);
    return into;
  }
  for (const [key, item] of value) {
    const text = typeof key === "number" ? floatText(key) : String(key);
    flatten(item, prefix === "" ? text : `${prefix}.${text}`, into);
  }
  return into;
}

/** What differs between two revisions, sorted by file and name; a missing value and null are the same. */
export function changesBetween(old: Values, now: Values, withUnchanged: boolean): Change[] {
  const side = (values: Values, file: string): Map<string, Yaml> => {
    const found = values.get(file);
    return found !== undefined && "data" in found ? flatten(found.data) : new Map();
  };
  return [...new Set([...old.keys(), ...now.keys()])].sort(compareText).flatMap((file) => {
    const [before, after] = [side(old, file), side(now, file)];
    return [...new Set([...before.keys(), ...after.keys()])].sort(compareText).flatMap((name): Change[] => {
      const [x, y] = [before.get(name), after.get(name)];
      if (!withUnchanged && equal(x ?? null, y ?? null)) return [];
      const diff = difference(x, y);
      return [{ file, name, old: x, now: y, ...(diff === undefined ? {} : { diff }) }];
    });
  });
}

function difference(old: Yaml | undefined, now: Yaml | undefined): bigint | number | undefined {
  const [x, y] = [numberOf(old), numberOf(now)];
  if (x === undefined || y === undefined) return undefined;
  return typeof x === "bigint" && typeof y === "bigint" ? y - x : Number(y) - Number(x);
}

function numberOf(value: Yaml | undefined): bigint | number | undefined {
  if (typeof value === "boolean") return value ? 1n : 0n;
  return typeof value === "number" || typeof value === "bigint" ? value : undefined;
}

/** Python's `str` of a cell, floats rounded to `digits` when that is given. */
export function cellText(value: Yaml | undefined, digits?: number): string {
  if (value === undefined || value === null) return "-";
  if (typeof value === "string") return value;
  if (typeof value === "number") return floatText(digits === undefined ? value : rounded(value, digits));
  return repr(value);
}

/** Python's `round(x, digits)`: the nearest decimal number, ties to even. */
export function rounded(x: number, digits: number): number {
  if (!Number.isFinite(x) || Math.abs(x) >= 1e21) return x;
  const near = Number(x.toFixed(digits));
  // toFixed is exact: a tie shows as a 5 and nothing after it.
  const tail =
    Math.abs(x)
      .toFixed(Math.min(100, digits + 60))
      .split(".")[1]
      ?.slice(digits) ?? "";
  if (!/^50*$/.test(tail)) return near;
  const unit = 10 ** -digits;
  const last = Number(Math.abs(x).toFixed(digits).at(-1));
  return last % 2 === 0 ? near : Number((near - Math.sign(x) * unit).toFixed(digits));
}

/**
 * The values of one of several revisions: one whose dvc.yaml cannot be read is named in a warning and has the error in place
 * of values.
 */
export function valuesOrError(
  name: string,
  read: () => Values,
  warn: (line: string) => void,
): Values | { readonly error: string } {
  try {
    return read();
  } catch (cause) {
    const error = messageOf(cause);
    warn(`failed to load metrics in revision '${name}', ${error}`);
    return { error };
  }
}

/** DVC's line for files that could not be read in some revisions. */
export function failedText(results: ReadonlyMap<string, Values | { readonly error: string }>): string {
  const names = [...results].filter(
    ([, values]) => "error" in values || [...values.values()].some((value) => "error" in value),
  );
  if (names.length === 0) return "";
  return `DVC failed to load some metrics for following revisions: '${names.map(([name]) => name).join(", ")}'.\n`;
}

/** A diff as DVC's JSON has it. */
export function changesJson(changes: readonly Change[]): YamlMap {
  const files: YamlMap = new Map();
  for (const { file, name, old, now, diff } of changes) {
    const entry: YamlMap = new Map<Scalar, Yaml>([
      ["old", old ?? null],
      ["new", now ?? null],
    ]);
    if (diff !== undefined) entry.set("diff", diff);
    files.set(file, new Map((files.get(file) as YamlMap | undefined) ?? []).set(name, entry));
  }
  return files;
}

/** Values by file as DVC's JSON has them: `{"data": …}` or `{"error": {"type", "msg"}}`. */
export function valuesJson(values: Values): YamlMap {
  const entry = (value: FileValues): YamlMap =>
    "data" in value
      ? new Map([["data", value.data]])
      : new Map([
          [
            "error",
            new Map([
              ["type", value.error.type],
              ["msg", value.error.message],
            ]),
          ],
        ]);
  return new Map([...values].map(([file, value]) => [file, entry(value)]));
}
