import { compareText } from "../base/json.js";
import type { Target } from "../dataset/target.js";
import type { DecisionRule } from "../eval/decision.js";
import type { EarlierModel } from "../models/continueFrom.js";
import { definitionOf, type ModelParams } from "../models/registry.js";
import type { Searched } from "../models/search/search.js";
import type { Selected } from "../models/select/select.js";
import type { TrainedModel } from "../models/train.js";
import type { ModelColumn, ModelInfo } from "../onnx/savedModel.js";
import { schemaHash } from "../table/schemaHash.js";
import type { Table } from "../table/table.js";
import type { StageIo } from "./stage.js";
import type { Job } from "./trainJob.js";

/** What training found, as model.json tells it. */
interface Fitted {
  /** The entry and the model's own parameters, as a search has chosen them. */
  readonly entry: ModelParams;
  readonly own: Record<string, unknown>;
  readonly fold: number | undefined;
  readonly target: Target;
  readonly trainRows: Int32Array;
  readonly validationRows: Int32Array;
  readonly columns: readonly ModelColumn[];
  readonly decision: DecisionRule;
  /** Of `seed`, and of the further ones. */
  readonly kept: TrainedModel;
  readonly others: readonly { readonly seed: number; readonly model: TrainedModel }[];
  readonly seed: number;
  readonly searched: Searched | undefined;
  readonly selected: Selected | undefined;
  readonly state: { readonly sha256: string } | undefined;
  readonly earlier: EarlierModel | null;
}

/** model.json of a fitted model. */
export function modelInfo(job: Job, fitted: Fitted): ModelInfo {
  const { split, model, flows, io } = job;
  const { entry, own, fold, target, trainRows, validationRows, columns, decision, kept, others, seed } =
    fitted;
  const { searched, selected, state, earlier } = fitted;
  const definition = definitionOf(entry.type);
  return {
    type: entry.type,
    kind: definition.kind,
    split,
    ...(fold === undefined ? {} : { fold }),
    name: model,
    params: entry.resample === undefined ? own : { ...own, resample: entry.resample },
    ...(searched === undefined ? {} : { search: searched.info }),
    view: entry.view,
    ...(selected === undefined ? {} : { selection: selected.info }),
    profile: entry.profile,
    ...(entry.window === undefined ? {} : { window: entry.window }),
    context: job.context,
    classes: definition.kind === "classifier" ? target.classes : [],
    positive: "attack",
    columns,
    schema_hash: schemaHash(job.columns),
    ...(job.columnSet === undefined ? {} : { column_set: job.columnSet }),
    decision,
    threshold: kept.threshold,
    ...(kept.thresholdNote === undefined ? {} : { threshold_note: kept.thresholdNote }),
    calibration: kept.calibration,
    ...(kept.margin ? { scores: "margin" } : {}),
    ...(kept.embedding === undefined ? {} : { embedding: kept.embedding }),
    onnx_sha256: kept.onnxSha256,
    onnx_bytes: kept.onnx.length,
    operations: kept.operations,
    seed,
    seeds: others.map(({ seed: further, model: other }) => ({
      seed: further,
      threshold: other.threshold,
      calibration: other.calibration,
      onnx_sha256: other.onnxSha256,
    })),
    data: {
      dataset: datasetName(flows),
      flows_sha256: job.flowsSha256,
      train: trainRows.length,
      validation: validationRows.length,
      train_families: familiesOf(flows, trainRows),
      ...kept.resampled,
    },
    summary: kept.summary,
    ...(state === undefined ? {} : { state_sha256: state.sha256 }),
    ...(earlier === null ? {} : { continued_from: { ...earlier.from } }),
    versions: packageVersions(io),
    licence: "MIT",
    source: definition.source,
    limits: definition.limits,
  };
}

function datasetName(flows: Table): string {
  const { codes, dictionary } = flows.text("dataset");
  return codes.length === 0 ? "" : dictionary[codes[0]];
}

/** Attack families of the given rows, sorted. */
function familiesOf(flows: Table, rows: Int32Array): string[] {
  const { codes, dictionary } = flows.text("family");
  const present = new Set<string>();
  for (const row of rows) if (codes[row] >= 0) present.add(dictionary[codes[row]]);
  present.delete("benign");
  return [...present].sort(compareText);
}

/** Versions of the packages that decide the bytes of a model. */
function packageVersions(io: StageIo): Record<string, string> {
  const lock = io.readJson<{ version: string; packages: Record<string, { version: string }> }>(
    "package-lock.json",
  );
  const versionOf = (name: string): string => lock.packages[`node_modules/${name}`].version;
  return {
    nidslab: lock.version,
    "onnxruntime-node": versionOf("onnxruntime-node"),
    "ml-random-forest": versionOf("ml-random-forest"),
  };
}
