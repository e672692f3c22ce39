import { contentColumns } from "../dataset/registry.js";
import type { TrialModel } from "../explain/trial.js";
import type { FeatureSchema } from "../features/schema.js";
import { windowSources } from "../features/windows/build.js";
import { requireEngines } from "../models/engines.js";
import { groupColumns } from "../models/rowGroups.js";
import { type Content, readContent } from "../split/content.js";
import type { Table } from "../table/table.js";
import type { Params } from "./params.js";
import type { StageIo } from "./stage.js";

const FLOWS = "artifacts/flows.parquet";

/**
 * A model of params.yaml by name, as the stages try it that save none.
 * @throws EngineError, before any work, when its engine is missing
 */
export function trialModel(params: Params, name: string, io: Pick<StageIo, "path">): TrialModel {
  const entry = params.models[name];
  requireEngines(entry);
  return {
    name,
    entry,
    steps: params.views[entry.view],
    decision: entry.decision ?? params.decision,
    threads: params.threads,
    path: io.path,
  };
}

/**
 * What trials run on: all flows with `columns` beside their ids and labels, the feature columns of the headline split
 * (nothing in them is fitted), and which rows are of equal content.
 */
export async function readTrialData(
  params: Params,
  io: StageIo,
  models: Iterable<TrialModel>,
  columns: readonly string[],
): Promise<{ flows: Table; features: Table; schema: FeatureSchema; content: Content }> {
  const content = contentColumns(await io.columnsOf(FLOWS));
  const folder = `artifacts/features/${params.report.headline}`;
  const base = ["row_id", "label", "family"];
  const others = [
    ...columns,
    ...[...models].flatMap(({ entry }) => [
      ...groupColumns(entry),
      ...(entry.window === undefined ? [] : windowSources),
    ]),
  ];
  return {
    flows: await io.readTable(
      FLOWS,
      base,
      [...new Set(others)].filter((name) => !base.includes(name)),
    ),
    features: await io.readTable(`${folder}/features.parquet`),
    schema: io.readJson<FeatureSchema>(`${folder}/schema.json`),
    content: await readContent(io.readBatches(FLOWS, content), content),
  };
}
