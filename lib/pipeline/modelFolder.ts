import type { Elapsed } from "../base/cost.js";
import { STATE_FILE } from "../models/continueFrom.js";
import type { Searched } from "../models/search/search.js";
import type { Selected } from "../models/select/select.js";
import type { TrainedModel } from "../models/train.js";
import type { Background } from "../onnx/background.js";
import { type FoldedModelInfo, foldFolder } from "../onnx/foldedModel.js";
import type { ModelInfo } from "../onnx/savedModel.js";
import type { StageIo } from "./stage.js";

/** A fitted model with those of its further seeds, and its model.json. */
export interface Trained {
  readonly info: ModelInfo;
  readonly kept: TrainedModel;
  /** Of the model that is kept. */
  readonly elapsed: Elapsed;
  readonly others: readonly { readonly seed: number; readonly model: TrainedModel }[];
  readonly background: Background;
  readonly searched?: Searched;
  readonly selected?: Selected;
  /** state.json, of what can be continued. */
  readonly state?: string;
}

/** Write what training leaves of a model; model.json last. */
export function writeModel(io: StageIo, folder: string, trained: Trained): void {
  const { info, kept, others, background, searched, selected, state } = trained;
  io.writeText(`${folder}/model.onnx`, kept.onnx);
  for (const { seed, model: other } of others) io.writeText(`${folder}/seeds/${seed}.onnx`, other.onnx);
  if (kept.history.length > 0) io.writeText(`${folder}/history.csv`, historyCsv(kept));
  for (const [name, content] of Object.entries(kept.files ?? {})) io.writeJson(`${folder}/${name}`, content);
  if (searched !== undefined) io.writeText(`${folder}/cv_results.csv`, searched.results);
  if (selected !== undefined) io.writeText(`${folder}/selection.csv`, selected.table);
  if (state !== undefined) io.writeText(`${folder}/${STATE_FILE}`, state);
  io.writeJson(`${folder}/background.json`, background);
  io.writeJson(`${folder}/model.json`, info);
}

/** Of networks with why the training ended, in the last line. */
function historyCsv({ history, summary }: Trained["kept"]): string {
  const names = [...new Set(history.flatMap((row) => Object.keys(row)))];
  const lines = history.map((row) =>
    names.map((name) => (Number.isFinite(row[name]) ? String(row[name]) : "")),
  );
  if (typeof summary.stopped === "string") {
    names.push("stopped");
    lines.forEach((line, i) => {
      line.push(i === lines.length - 1 ? `${summary.stopped}` : "");
    });
  }
  return `${[names, ...lines].map((fields) => fields.join(",")).join("\n")}\n`;
}

/** What the models of all folds have in common, and what each of them is. */
export function foldedInfo(models: readonly ModelInfo[]): FoldedModelInfo {
  const {
    type,
    kind,
    split,
    name,
    view,
    profile,
    window,
    positive,
    schema_hash,
    decision,
    search: found,
  } = models[0];
  // Each fold has searched for itself.
  const params = Object.fromEntries(
    Object.entries(models[0].params).filter(([key]) => found === undefined || !(key in found.over)),
  );
  const { seed, versions, licence, source, limits, data } = models[0];
  return {
    ...{ type, kind, split, name, params, view, profile, positive, schema_hash, decision },
    ...(window === undefined ? {} : { window }),
    ...{ seed, versions, licence, source, limits },
    data: { dataset: data.dataset, flows_sha256: data.flows_sha256 },
    folds: models.map(
      ({
        fold = 0,
        threshold,
        calibration,
        onnx_sha256,
        onnx_bytes,
        operations,
        data: own,
        search: chosen,
        selection: selected,
      }) => ({
        ...{ fold, folder: foldFolder(fold), threshold, calibration, onnx_sha256, onnx_bytes, operations },
        ...{ train: own.train, validation: own.validation },
        ...(chosen === undefined ? {} : { search: briefly(chosen) }),
        ...(selected === undefined
          ? {}
          : { selection: { kept: selected.kept, stability: selected.stability } }),
      }),
    ),
  };
}

function briefly({ chosen, metric, mean, sd }: NonNullable<ModelInfo["search"]>) {
  return { chosen, metric, mean, sd };
}
