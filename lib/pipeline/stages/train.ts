import { DataError } from "../../base/errors.js";
import { hashFile } from "../../base/hash.js";
import { canonicalJson, compareText } from "../../base/json.js";
import { didYouMean } from "../../base/nearest.js";
import { Rng } from "../../base/rng.js";
import { restrictTarget, targetOf } from "../../dataset/target.js";
import { encode } from "../../features/encode.js";
import { columnsOf, type FeatureSchema, schemaHash } from "../../features/schema.js";
import { type FittedViews, viewOf } from "../../features/view.js";
import type { Classifier, Detector } from "../../models/contract.js";
import { definitionOf, ownParams } from "../../models/registry.js";
import { type TrainedModel, trainModel } from "../../models/train.js";
import type { ModelColumn, ModelInfo } from "../../onnx/savedModel.js";
import { splitKey } from "../../split/key.js";
import { rowsOfPart } from "../../split/parts.js";
import type { Table } from "../../table/table.js";
import type { Params } from "../params.js";
import type { Stage, StageIo } from "../stage.js";

/**
 * Train one model on one split: fit on training rows, choose the threshold on validation rows, freeze.
 * Writes artifacts/models/<split>/<model>/: model.onnx, model.json, history.csv for what trains in rounds, and
 * seeds/<seed>.onnx for every further seed. Test rows are not read.
 */
export const train: Stage = {
  name: "train",
  async run(params: Params, io: StageIo) {
    const { split, model } = splitKey(io.key);
    const entry = params.models[model];
    if (entry === undefined) {
      const names = Object.keys(params.models);
      throw new DataError(
        `train: no model "${model}" under models in params.yaml (has: ${names.join(", ")}).${didYouMean(model, names)}`,
      );
    }
    const definition = definitionOf(entry.type);
    const own = ownParams(entry);
    const folder = `artifacts/models/${split}/${model}`;

    const schema = io.readJson<FeatureSchema>(`artifacts/features/${split}/schema.json`);
    const views = io.readJson<FittedViews>(`artifacts/features/${split}/transform.json`);
    const columns = columnsOf(schema, entry.profile, entry.context);
    const view = viewOf(views, entry.view, entry.profile, entry.context);
    const parts = await io.readTable(`artifacts/splits/${split}.parquet`, ["row_id", "part"]);
    const flows = await io.readTable("artifacts/flows.parquet", ["row_id", "dataset", "label", "family"]);
    const features = await io.readTable(
      `artifacts/features/${split}/features.parquet`,
      columns.map((column) => column.name),
    );
    const trainRows = rowsOfPart(parts, "train");
    const validationRows = rowsOfPart(parts, "validation");
    const target = restrictTarget(targetOf(flows, params.task.target), trainRows);
    const labelled = (rows: Int32Array) => ({
      X: encode(features.take(rows), columns, view.levels),
      y: Int32Array.from(rows, (row) => target.codes[row]),
    });
    const trainPart = labelled(trainRows);
    const validationPart = labelled(validationRows);

    const modelColumns: ModelColumn[] = columns.map(({ name, type, unit }) =>
      type === "category" ? { name, type, unit, levels: view.levels[name] } : { name, type, unit },
    );
    const decision = entry.decision ?? params.decision;
    const metadata = {
      classes: canonicalJson(definition.kind === "classifier" ? target.classes : []),
      columns: canonicalJson(modelColumns),
    };
    const fitWith = (seed: number): Promise<TrainedModel> => {
      io.log(`train ${split}/${model}: ${definition.title}, ${trainRows.length} rows, seed ${seed}`);
      return trainModel({
        estimator: definition.create(own as never) as Classifier | Detector,
        view,
        classes: target.classes,
        train: trainPart,
        validation: validationPart,
        decision,
        rng: Rng.root(seed).fork("train").fork(split).fork(model),
        threads: params.threads,
        metadata,
        log: io.log,
      });
    };

    const [first, ...further] = entry.seeds ?? [params.seed];
    const kept = await fitWith(first);
    const others: { seed: number; model: TrainedModel }[] = [];
    for (const seed of further) others.push({ seed, model: await fitWith(seed) });
    const info: ModelInfo = {
      type: entry.type,
      kind: definition.kind,
      split,
      name: model,
      params: own,
      view: entry.view,
      profile: entry.profile,
      context: entry.context ? (schema.context?.params ?? null) : null,
      classes: definition.kind === "classifier" ? target.classes : [],
      positive: "attack",
      columns: modelColumns,
      schema_hash: schemaHash(columns),
      decision,
      threshold: kept.threshold,
      calibration: "none",
      onnx_sha256: kept.onnxSha256,
      onnx_bytes: kept.onnx.length,
      seed: first,
      seeds: others.map(({ seed, model: other }) => ({
        seed,
        threshold: other.threshold,
        onnx_sha256: other.onnxSha256,
      })),
      data: {
        dataset: datasetName(flows),
        flows_sha256: await hashFile(io.path("artifacts/flows.parquet")),
        train: trainRows.length,
        validation: validationRows.length,
        train_families: familiesOf(flows, trainRows),
      },
      summary: kept.summary,
      versions: packageVersions(io),
      licence: "MIT",
      source: definition.source,
      limits: definition.limits,
    };
    // Nothing of an earlier model goes before all of the new one is there.
    io.remove(folder);
    io.writeText(`${folder}/model.onnx`, kept.onnx);
    for (const { seed, model: other } of others) io.writeText(`${folder}/seeds/${seed}.onnx`, other.onnx);
    if (kept.history.length > 0) io.writeText(`${folder}/history.csv`, historyCsv(kept.history));
    io.writeJson(`${folder}/model.json`, info);
  },
};

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

function historyCsv(history: readonly Readonly<Record<string, number>>[]): string {
  const names = Object.keys(history[0]);
  const lines = history.map((row) =>
    names.map((name) => (Number.isFinite(row[name]) ? String(row[name]) : "")).join(","),
  );
  return `${[names.join(","), ...lines].join("\n")}\n`;
}
