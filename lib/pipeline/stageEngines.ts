import { matricesOf } from "../explain/cross/params.js";
import { missingEngines } from "../models/engines.js";
import { splitKey } from "../split/key.js";
import type { StageNode } from "./node.js";
import type { Params } from "./params.js";

/** Names of the engines that a stage's command would fail without; none where it trains no model. */
export function enginesLacking({ cmd }: StageNode, params: Params): readonly string[] {
  const [, stage, key = ""] = /\brun-stage (\S+)(?: (\S+))?$/.exec(typeof cmd === "string" ? cmd : "") ?? [];
  const names = stage === undefined ? [] : trainedBy(stage, key, params);
  const entries = names.flatMap((name) => params.models[name] ?? []);
  return [...new Set(entries.flatMap((entry) => missingEngines(entry).map((engine) => engine.name)))];
}

/** Models of params.yaml that a stage trains. */
function trainedBy(stage: string, key: string, params: Params): readonly string[] {
  if (stage === "train") return [splitKey(key).model];
  if (stage === "cross") return matricesOf(params.cross).flatMap(({ models }) => models);
  return stage === "leaks" && params.leaks !== null ? [params.leaks.model] : [];
}
