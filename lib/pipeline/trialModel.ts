import type { TrialModel } from "../explain/trial.js";
import { groupColumns } from "../models/rowGroups.js";
import type { Params } from "./params.js";

/** A model of params.yaml by name, as the stages try it that save none. */
export function trialModel(params: Params, name: string): TrialModel {
  const entry = params.models[name];
  return {
    name,
    entry,
    steps: params.views[entry.view],
    decision: entry.decision ?? params.decision,
    threads: params.threads,
  };
}

/** Columns of flows.parquet that these models group rows by. */
export function trialGroups(models: Iterable<TrialModel>): string[] {
  return [...models].flatMap(({ entry }) => groupColumns(entry));
}
