import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { compareText } from "../../base/json.js";
import { lockItems, type Version } from "./version.js";

/** A parameter that differs; undefined where one side has none. */
export interface ParamChange {
  readonly name: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** Parameters that differ: of params.yaml, or of two models' own files. */
export function paramChanges(a: Version, b: Version): ParamChange[] {
  const [before, after] = [paramsOf(a, b), paramsOf(b, a)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort(compareText)
    .flatMap((name) =>
      JSON.stringify(before.get(name)) === JSON.stringify(after.get(name))
        ? []
        : [{ name, a: before.get(name), b: after.get(name) }],
    );
}

/** Of two model folders what model.json says; else params.yaml of the project or the version. */
function paramsOf(version: Version, other: Version): Map<string, unknown> {
  if (version.model === undefined || other.model === undefined) {
    const path = version.locate("params.yaml");
    return flat(path === undefined ? {} : parse(readFileSync(path, "utf8")));
  }
  const path = version.locate(`artifacts/models/${version.model}/model.json`);
  const info = path === undefined ? {} : (JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>);
  const kept = [
    "type",
    "params",
    "view",
    "profile",
    "context",
    "resample",
    "decision",
    "calibration",
    "seed",
  ];
  return flat(Object.fromEntries(kept.map((key) => [key, info[key]])));
}

function flat(value: unknown, prefix = "", into = new Map<string, unknown>()): Map<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value))
      flat(inner, prefix === "" ? key : `${prefix}.${key}`, into);
  } else if (value !== undefined) into.set(prefix, value);
  return into;
}

/** What a version was made from. */
export interface DataFacts {
  /** md5 of the raw data and of flows.parquet, as dvc.lock records them; null where it does not. */
  readonly data: string | null;
  readonly flows: string | null;
  /** Rows of flows.parquet; null where ingest.json is not at hand. */
  readonly rows: number | null;
}

export function dataFacts(version: Version): DataFacts {
  const lock = version.locate("dvc.lock");
  const params = version.locate("params.yaml");
  const dataset =
    params === undefined ? undefined : flat(parse(readFileSync(params, "utf8"))).get("dataset.path");
  const recorded = (list: "outs" | "deps", path: unknown): string | null =>
    lock === undefined ? null : (lockItems(lock, list).find((item) => item.path === path)?.md5 ?? null);
  const card = version.locate("artifacts/ingest.json");
  const rows =
    card === undefined
      ? null
      : (JSON.parse(readFileSync(card, "utf8")) as { rows: { kept: number } }).rows.kept;
  return { data: recorded("deps", dataset), flows: recorded("outs", "artifacts/flows.parquet"), rows };
}

/** `split/model` of everything that a version has in `run`; of a model folder itself. */
export function modelsOf(version: Version): string[] {
  if (version.model !== undefined) return [version.model];
  const path = version.locate("params.yaml");
  if (path === undefined) return [];
  const { run } = parse(readFileSync(path, "utf8")) as {
    run?: { splits?: readonly string[]; models?: readonly string[] };
  };
  return (run?.splits ?? []).flatMap((split) => (run?.models ?? []).map((model) => `${split}/${model}`));
}
