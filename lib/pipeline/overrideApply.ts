import { ParamsError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import type { Override } from "./override.js";
import { valueAt } from "./paramValues.js";
import { equal, isList, isMap, repr, spliced, type Yaml, YamlDate, type YamlMap } from "./yaml/value.js";

/**
 * Apply overrides to the content of a params file, as OmegaConf does for DVC: a mapping is merged into a mapping (unknown
 * keys are refused unless added), a list is replaced whole, `${a.b}` takes another parameter's value.
 * @returns the new content; `content` stays as it was
 * @throws ParamsError for an unknown key (with the nearest one), a key that is there already, and what cannot be merged
 */
export function applyOverrides(content: YamlMap, overrides: readonly Override[], file: string): YamlMap {
  const result = unshared(content) as YamlMap;
  for (const override of overrides) {
    if (override.kind === "delete") remove(result, override, file);
    else put(result, override, file);
  }
  for (const { key, value, kind } of overrides) {
    if (kind === "delete" || !hasReference(value)) continue;
    const [holder, last] = [holderOf(result, key), key.at(-1) as string];
    const resolved = resolve(value as Yaml, result, file, []);
    if (isMap(holder)) holder.set(last, resolved);
    else if (isList(holder)) holder[Number(last)] = resolved;
  }
  return result;
}

function unshared(value: Yaml): Yaml {
  if (isMap(value)) return new Map([...value].map(([key, item]) => [key, unshared(item)]));
  return isList(value) ? value.map(unshared) : value;
}

const isContainer = (value: unknown): value is YamlMap | Yaml[] => isMap(value) || isList(value);
const show = (file: string, { line }: Override): string => `params: ${file}: -S ${line}:`;

function holderOf(root: YamlMap, key: readonly string[]): Yaml | undefined {
  return key.length === 1 ? root : valueAt(root, key.slice(0, -1).join("."));
}

function remove(root: YamlMap, override: Override, file: string): void {
  const { key, value } = override;
  const name = key.join(".");
  const present = valueAt(root, name);
  if (present === undefined || present === null)
    throw new ParamsError(`${show(file, override)} Could not delete from config. '${name}' does not exist.`);
  if (value !== undefined && value !== null && !equal(value, present)) {
    throw new ParamsError(
      `${show(file, override)} Could not delete from config. The value of '${name}' is ${repr(present)} and not ${repr(value)}.`,
    );
  }
  const holder = holderOf(root, key);
  if (!isMap(holder))
    throw new ParamsError(
      `${show(file, override)} an item of a list cannot be deleted. Give the list anew: ${key.slice(0, -1).join(".")}=[…].`,
    );
  holder.delete(key.at(-1) as string);
}

function put(root: YamlMap, override: Override, file: string): void {
  const { key, kind, value = null } = override;
  const name = key.join(".");
  const adds = kind !== "change";
  const present = valueAt(root, name);
  if (kind === "add" && present !== undefined && present !== null && !isContainer(value)) {
    throw new ParamsError(
      `${show(file, override)} Could not append to config. An item is already at '${name}'. ` +
        `Remove the + to change it, or write ++ to add or change it.`,
    );
  }
  let at: YamlMap | Yaml[] = root;
  const fail = (word: string, known: readonly string[]): ParamsError =>
    new ParamsError(
      `${show(file, override)} Could not override '${name}': there is no "${word}".${didYouMean(word, known)} To append to your config use +${override.line}`,
    );
  for (const word of key.slice(0, -1)) {
    let next = child(at, word, override, file);
    if (!isContainer(next)) {
      if (!adds) throw fail(word, names(at));
      next = new Map();
      set(at, word, next);
    }
    at = next;
  }
  const last = key.at(-1) as string;
  const old = child(at, last, override, file);
  if (old === undefined && !adds) throw fail(last, names(at));
  set(
    at,
    last,
    isContainer(old) && isContainer(value) ? merged(old, value, adds, override, file) : unshared(value),
  );
}

function names(at: YamlMap | Yaml[]): string[] {
  return isMap(at) ? [...at.keys()].map(String) : at.map((_, i) => String(i));
}

function child(at: YamlMap | Yaml[], word: string, override: Override, file: string): Yaml | undefined {
  if (isMap(at)) return at.get(word);
  if (!/^\d+$/.test(word) || Number(word) >= at.length) {
    throw new ParamsError(
      `${show(file, override)} Error merging override: "${word}" is no item of the list (it has ${at.length}, counted from 0).`,
    );
  }
  return at[Number(word)];
}

function set(at: YamlMap | Yaml[], word: string, value: Yaml): void {
  if (isMap(at)) at.set(word, value);
  else at[Number(word)] = value;
}

function merged(old: Yaml, value: Yaml, adds: boolean, override: Override, file: string): Yaml {
  if (isList(value) && isList(old)) return unshared(value);
  if (!isMap(value) || !isMap(old)) {
    throw new ParamsError(
      `${show(file, override)} Error merging override: a list and a mapping cannot be merged. ` +
        `Delete first: -S ~${override.key.join(".")} -S +${override.key.join(".")}=…`,
    );
  }
  const result: YamlMap = new Map(old);
  for (const [key, item] of value) {
    if (!adds && !old.has(key)) {
      throw new ParamsError(
        `${show(file, override)} Could not override '${override.key.join(".")}': there is no "${key}".${didYouMean(String(key), names(old))} To append to your config use +${override.line}`,
      );
    }
    const before = old.get(key);
    result.set(
      key,
      isContainer(before) && isContainer(item) ? merged(before, item, adds, override, file) : unshared(item),
    );
  }
  return result;
}

const REFERENCE = /(?<!\\)\$\{([^}]+)\}/g;

function hasReference(value: Yaml | undefined): boolean {
  if (typeof value === "string") return /\$\{[^}]+\}/.test(value);
  return isContainer(value) && [...value.values()].some((item) => hasReference(item as Yaml));
}

function resolve(value: Yaml, root: YamlMap, file: string, trail: readonly string[]): Yaml {
  if (isMap(value)) return new Map([...value].map(([key, item]) => [key, resolve(item, root, file, trail)]));
  if (isList(value)) return value.map((item) => resolve(item, root, file, trail));
  if (typeof value !== "string") return value;
  const find = (name: string): Yaml => {
    const found = valueAt(root, name.trim());
    if (found === undefined || trail.includes(name)) {
      throw new ParamsError(
        `params: ${file}: Interpolation key '${name}' not found. Name a key of the file, or escape it: \\$\\{…\\}.`,
      );
    }
    return resolve(found, root, file, [...trail, name]);
  };
  const [only] = [...value.matchAll(REFERENCE)];
  if (only?.[0] === value) return unshared(find(only[1]));
  const text = value.replace(REFERENCE, (_, name: string) => {
    const found = find(name);
    return isContainer(found) || found instanceof YamlDate
      ? repr(found)
      : typeof found === "boolean"
        ? repr(found)
        : spliced(found);
  });
  return text.replaceAll("\\${", "${");
}
