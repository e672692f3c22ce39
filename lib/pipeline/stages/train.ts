import { type Elapsed, peakMiB, stopwatch } from "../../base/cost.js";
import { DataError, ParamsError } from "../../base/errors.js";
import { hashFile } from "../../base/hash.js";
import { canonicalJson, compareText } from "../../base/json.js";
import { didYouMean } from "../../base/nearest.js";
import { Rng } from "../../base/rng.js";
import { restrictTarget, targetOf } from "../../dataset/target.js";
import { engineNamed } from "../../engines/catalog.js";
import { requireAdded } from "../../engines/trust.js";
import { encode } from "../../features/encode.js";
import { columnsOf, type FeatureSchema } from "../../features/schema.js";
import { type FittedView, type FittedViews, viewOf } from "../../features/view.js";
import {
  type ContinueFrom,
  checkContinuedClasses,
  type EarlierModel,
  earlierModel,
  STATE_FILE,
  stateFile,
} from "../../models/continueFrom.js";
import type { Classifier, Detector } from "../../models/contract.js";
import { definitionOf, ownParams } from "../../models/registry.js";
import { groupColumns, groupsOf } from "../../models/rowGroups.js";
import type { Searched } from "../../models/search/search.js";
import type { Selected } from "../../models/select/select.js";
import { type TrainedModel, trainModel } from "../../models/train.js";
import { Checkpoints } from "../../nn/training/checkpoint.js";
import { type Background, makeBackground } from "../../onnx/background.js";
import { type FoldedModelInfo, foldFolder } from "../../onnx/foldedModel.js";
import type { ModelColumn, ModelInfo } from "../../onnx/savedModel.js";
import { splitKey } from "../../split/key.js";
import { foldColumns, foldsOf, partsOfFold, rowsOfPart } from "../../split/parts.js";
import { schemaHash } from "../../table/schemaHash.js";
import type { Table } from "../../table/table.js";
import {
  type Choice,
  chosenColumns,
  chosenParameters,
  type Labelled,
  searchColumns,
} from "../innerChoices.js";
import type { Params } from "../params.js";
import type { Stage, StageIo } from "../stage.js";

/**
 * Train one model on one split: fit on training rows, choose the threshold on validation rows, freeze.
 * Writes artifacts/models/<split>/<model>/: model.onnx, model.json, history.csv for what trains in rounds, and
 * seeds/<seed>.onnx for every further seed, state.json for what can be continued, and background.json, which explanations
 * compare with. Of a k-fold split each fold has such a folder, fold-1, …, and model.json
 * names them. Where an entry says `search` or `select`, its parameters or the columns that it gets are chosen first, inside
 * the training part (cv_results.csv, selection.csv). Test rows decide nothing.
 */
export const train: Stage = {
  name: "train",
  async run(params: Params, io: StageIo) {
    const job = await readJob(params, io);
    await trainParts(job);
    job.checkpoints.clear();
  },
};

/** Every fold of the split, or all of it. */
async function trainParts(job: Job): Promise<void> {
  const { folder, parts, io } = job;
  const folds = foldsOf(parts);
  if (folds.length === 0) {
    const earlier = earlierOf(job);
    const view = earlier?.state.view ?? viewFrom(job, "transform.json");
    const trained = await fitParts(job, parts, view, undefined, earlier);
    // Nothing of an earlier model goes before all of the new one is there.
    io.remove(folder);
    writeModel(io, folder, trained);
    writeCost(job, [trained]);
    return;
  }
  if (earlierOf(job) !== null) {
    throw new ParamsError(
      `train: continue_from cannot be used with folds (split ${job.split}): the earlier model may know the rows that they ` +
        "are tested on. Use another split.",
    );
  }
  const models: Trained[] = [];
  for (const fold of folds) {
    const view = viewFrom(job, `${foldFolder(fold)}/transform.json`);
    models.push(await fitParts(job, partsOfFold(parts, fold), view, fold, null));
  }
  io.remove(folder);
  models.forEach((trained, i) => {
    writeModel(io, `${folder}/${foldFolder(folds[i])}`, trained);
  });
  io.writeJson(`${folder}/model.json`, foldedInfo(models.map(({ info }) => info)));
  writeCost(job, models);
}

/** Everything that fitting needs, whichever rows it is given. */
interface Job {
  readonly params: Params;
  readonly io: StageIo;
  readonly split: string;
  readonly model: string;
  readonly folder: string;
  readonly entry: Params["models"][string];
  readonly columns: ReturnType<typeof columnsOf>;
  readonly columnSet: FeatureSchema["column_set"];
  readonly context: ModelInfo["context"];
  readonly parts: Table;
  readonly flows: Table;
  readonly features: Table;
  readonly flowsSha256: string;
  /** Of models that train in epochs; no output: they are gone when the stage has finished. */
  readonly checkpoints: Checkpoints;
}

async function readJob(params: Params, io: StageIo): Promise<Job> {
  const { split, model } = splitKey(io.key);
  const entry = params.models[model];
  if (entry === undefined) {
    const names = Object.keys(params.models);
    throw new DataError(
      `train: no model "${model}" under models in params.yaml (has: ${names.join(", ")}).${didYouMean(model, names)}`,
    );
  }
  // Before anything is read: whoever lacks it learns so at once.
  const { engine } = definitionOf(entry.type);
  if (engine !== undefined) requireAdded(engineNamed(engine));
  const schema = io.readJson<FeatureSchema>(`artifacts/features/${split}/schema.json`);
  const recipe = params.splits?.[split];
  const base = ["row_id", "dataset", "label", "family"];
  const columns = columnsOf(schema, entry.profile, entry.context);
  return {
    params,
    io,
    split,
    model,
    folder: `artifacts/models/${split}/${model}`,
    entry,
    columns,
    columnSet: schema.column_set,
    context: entry.context ? (schema.context?.params ?? null) : null,
    parts: await io.readTable(`artifacts/splits/${split}.parquet`, ["row_id", "part"], foldColumns),
    flows: await io.readTable(
      "artifacts/flows.parquet",
      base,
      [...new Set([...groupColumns(entry), ...searchColumns(entry.search, recipe)])].filter(
        (name) => !base.includes(name),
      ),
    ),
    features: await io.readTable(
      `artifacts/features/${split}/features.parquet`,
      columns.map((column) => column.name),
    ),
    flowsSha256: await hashFile(io.path("artifacts/flows.parquet")),
    checkpoints: new Checkpoints(io.path(`.nidslab/checkpoints/${split}-${model}`)),
  };
}

function viewFrom({ io, split, entry }: Job, file: string): FittedView {
  const views = io.readJson<FittedViews>(`artifacts/features/${split}/${file}`);
  return viewOf(views, entry.view, entry.profile, entry.context);
}

/** The model that the entry goes on from, if it does. */
function earlierOf({ entry, columns, io, flowsSha256, split }: Job): EarlierModel | null {
  const from = entry.continue_from as ContinueFrom | undefined;
  if (from === undefined || from === null) return null;
  const { type, view, profile } = entry;
  const earlier = earlierModel(from, { type, view, profile, columns }, io.path);
  if (typeof from === "string") {
    io.log(
      `train: continue_from ${from}: state.json has the SHA-256 ${earlier.from.state_sha256}; {folder: ${from}, sha256: …} pins it`,
    );
  }
  if (earlier.from.flows_sha256 === flowsSha256 && earlier.from.split !== split) {
    io.log(
      `train: continue_from ${earlier.from.folder}: it learned from the same flows in another split (${earlier.from.split}): test rows ` +
        `of ${split} may be among its training rows`,
    );
  }
  return earlier;
}

/** A fitted model with those of its further seeds, and its model.json. */
interface Trained {
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

/**
 * @param fold of a k-fold split, whose division of the rows `parts` is
 * @param earlier the model to go on from, whose view `view` is
 */
async function fitParts(
  job: Job,
  parts: Table,
  splitView: FittedView,
  fold: number | undefined,
  earlier: EarlierModel | null,
): Promise<Trained> {
  const { params, io, split, model, entry, columns, flows, features } = job;
  const definition = definitionOf(entry.type);
  const trainRows = rowsOfPart(parts, "train");
  const validationRows = rowsOfPart(parts, "validation");
  const target = restrictTarget(targetOf(flows, params.task.target), trainRows);
  if (earlier !== null) checkContinuedClasses(earlier, target.classes);
  const groupedBy = groupColumns(entry);
  const labelled: Labelled = (rows, { levels }) => ({
    X: encode(features.take(rows), columns, levels),
    y: Int32Array.from(rows, (row) => target.codes[row]),
    ...(groupedBy.length === 0 ? {} : { groups: groupsOf(flows, rows, groupedBy) }),
  });
  const [first, ...further] = entry.seeds ?? [params.seed];
  const where = fold === undefined ? `${split}/${model}` : `${split}/${model}, fold ${fold}`;
  const streamOf = (seed: number, use: string): Rng => {
    const stream = Rng.root(seed).fork(use).fork(split).fork(model);
    return fold === undefined ? stream : stream.fork(fold);
  };
  const trainPart = labelled(trainRows, splitView);
  const validationPart = labelled(validationRows, splitView);
  const choice: Choice = {
    ...{ params, io, split, entry, columns, flows, features, trainRows, validationRows, labelled },
    classes: target.classes,
    isAttack: (row) => target.codes[row] !== 0,
    log: (line) => io.log(`train ${where}: ${line}`),
  };
  const clock = stopwatch();
  const selected = await chosenColumns(choice, splitView, trainPart, streamOf(first, "select"));
  const view = selected?.view ?? splitView;
  const searched = await chosenParameters(choice, view, trainPart, validationPart, streamOf(first, "search"));
  const own = { ...ownParams(entry), ...searched?.chosen };

  const modelColumns: ModelColumn[] = columns.map(({ name, type, unit }) =>
    type === "category" ? { name, type, unit, levels: view.levels[name] } : { name, type, unit },
  );
  const decision = entry.decision ?? params.decision;
  const metadata = {
    classes: canonicalJson(definition.kind === "classifier" ? target.classes : []),
    columns: canonicalJson(modelColumns),
  };
  const fitWith = (seed: number): Promise<TrainedModel> => {
    io.log(`train ${where}: ${definition.title}, ${trainRows.length} rows, seed ${seed}`);
    return trainModel({
      estimator: definition.create(own as never) as Classifier | Detector,
      view,
      classes: target.classes,
      train: trainPart,
      validation: validationPart,
      ...(entry.resample === undefined ? {} : { resample: entry.resample }),
      decision,
      ...(earlier === null ? {} : { state: earlier.state.trainer }),
      rng: streamOf(seed, "train"),
      threads: params.threads,
      metadata,
      log: io.log,
      checkpoints: job.checkpoints,
    });
  };

  const kept = await fitWith(first);
  const elapsed = clock();
  const others: { seed: number; model: TrainedModel }[] = [];
  for (const seed of further) others.push({ seed, model: await fitWith(seed) });
  const state =
    kept.state === undefined || fold !== undefined
      ? undefined
      : stateFile({
          ...{ format: 1, type: entry.type, classes: target.classes, view, profile: entry.profile },
          trainer: kept.state,
        });
  const info: ModelInfo = {
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
    context: job.context,
    classes: definition.kind === "classifier" ? target.classes : [],
    positive: "attack",
    columns: modelColumns,
    schema_hash: schemaHash(columns),
    ...(job.columnSet === undefined ? {} : { column_set: job.columnSet }),
    decision,
    threshold: kept.threshold,
    ...(kept.thresholdNote === undefined ? {} : { threshold_note: kept.thresholdNote }),
    calibration: kept.calibration,
    ...(kept.margin ? { scores: "margin" } : {}),
    onnx_sha256: kept.onnxSha256,
    onnx_bytes: kept.onnx.length,
    operations: kept.operations,
    seed: first,
    seeds: others.map(({ seed, model: other }) => ({
      seed,
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
  const background = makeBackground(
    trainPart.X,
    modelColumns,
    (row) => trainPart.y[row] === 0,
    definition.kind === "detector",
    Rng.root(params.seed).fork("background").fork(split),
  );
  return {
    ...{ info, kept, elapsed, others, background },
    ...(searched === undefined ? {} : { searched }),
    ...(selected === undefined ? {} : { selected }),
    ...(state === undefined ? {} : { state: state.text }),
  };
}

function writeModel(io: StageIo, folder: string, trained: Trained): void {
  const { info, kept, others, background, searched, selected, state } = trained;
  io.writeText(`${folder}/model.onnx`, kept.onnx);
  for (const { seed, model: other } of others) io.writeText(`${folder}/seeds/${seed}.onnx`, other.onnx);
  if (kept.history.length > 0) io.writeText(`${folder}/history.csv`, historyCsv(kept.history));
  for (const [name, content] of Object.entries(kept.files ?? {})) io.writeJson(`${folder}/${name}`, content);
  if (searched !== undefined) io.writeText(`${folder}/cv_results.csv`, searched.results);
  if (selected !== undefined) io.writeText(`${folder}/selection.csv`, selected.table);
  if (state !== undefined) io.writeText(`${folder}/${STATE_FILE}`, state);
  io.writeJson(`${folder}/background.json`, background);
  io.writeJson(`${folder}/model.json`, info);
}

/** Seconds and memory, of all folds together. */
function writeCost({ io, split, model, params }: Job, trained: readonly Trained[]): void {
  const [{ info }] = trained;
  const sum = (of: (each: Trained) => number): number =>
    Number(trained.reduce((total, each) => total + of(each), 0).toFixed(3));
  io.cost({
    ...{ split, model, type: info.type, threads: params.threads },
    onnx_bytes: info.onnx_bytes,
    operations: info.operations ?? null,
    train: {
      seconds: sum(({ elapsed }) => elapsed.seconds),
      cpu_seconds: sum(({ elapsed }) => elapsed.cpuSeconds),
      rows: sum((each) => each.info.data.train),
      fits: trained.length,
      peak_mib: peakMiB(),
    },
  });
}

/** What the models of all folds have in common, and what each of them is. */
function foldedInfo(models: readonly ModelInfo[]): FoldedModelInfo {
  const {
    type,
    kind,
    split,
    name,
    view,
    profile,
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
