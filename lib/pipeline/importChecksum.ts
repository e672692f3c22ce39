import { hashBytes } from "../base/hash.js";
import { isList, isMap, pythonJson, type Scalar, type Yaml, type YamlMap } from "./yaml/value.js";

/** Keys that say nothing about what is imported: left out at any depth. */
const NO_PART: ReadonlySet<Scalar> = new Set<Scalar>([
  "desc",
  "type",
  "labels",
  "meta",
  "locked",
  "frozen",
  "metric",
  "persist",
  "isexec",
  "size",
  "nfiles",
]);

/** Values that DVC does not write, because they are what it assumes. */
const DEFAULTS: Readonly<Record<string, Yaml>> = {
  wdir: ".",
  always_changed: false,
  cache: true,
  push: true,
};

/**
 * The `md5` at the top of an import's .dvc file: md5 of its content as JSON with sorted keys, without that md5 itself,
 * descriptions, flags and sizes. When it differs from what is recorded, status says `changed checksum`.
 * @param content the .dvc file as read
 * @returns 32 hex digits
 * Source: DVC 3.67.1, `compute_md5` of dvc/stage/utils.py.
 */
export function importChecksum(content: YamlMap): string {
  const own = new Map([...content].filter(([key]) => key !== "md5"));
  return hashBytes(pythonJson(essential(own), true), "md5");
}

function essential(value: Yaml): Yaml {
  if (isList(value)) return value.map(essential);
  if (!isMap(value)) return value;
  const kept = [...value].filter(([key, item]) => !NO_PART.has(key) && !isDefault(key, item));
  return new Map(kept.map(([key, item]) => [key, essential(item)]));
}

function isDefault(key: Scalar, value: Yaml): boolean {
  return typeof key === "string" && Object.hasOwn(DEFAULTS, key) && DEFAULTS[key] === value;
}
