import { peakMiB, stopwatch } from "../../base/cost.js";
import { ParamsError } from "../../base/errors.js";
import { canonicalJson } from "../../base/json.js";
import { Rng } from "../../base/rng.js";
import { restrictTarget, targetOf } from "../../dataset/target.js";
import { windowsFor } from "../../features/modelMatrix.js";
import type { FittedView } from "../../features/view.js";
import { checkHistory } from "../../features/windows/build.js";
import { majorityLabels } from "../../features/windows/labels.js";
import { checkContinuedClasses, type EarlierModel, stateFile } from "../../models/continueFrom.js";
import type { Classifier, Detector } from "../../models/contract.js";
import { definitionOf, ownParams } from "../../models/registry.js";
import { type TrainedModel, trainModel } from "../../models/train.js";
import { makeBackground } from "../../onnx/background.js";
import { foldFolder } from "../../onnx/foldedModel.js";
import type { ModelColumn } from "../../onnx/savedModel.js";
import { foldsOf, partsOfFold, rowsOfPart } from "../../split/parts.js";
import { IN_MEMORY, Scratch } from "../../table/storedMatrix.js";
import type { Table } from "../../table/table.js";
import { type Choice, chosenColumns, chosenParameters, entryAround } from "../innerChoices.js";
import { foldedInfo, type Trained, writeModel } from "../modelFolder.js";
import { modelInfo } from "../modelInfo.js";
import type { Params } from "../params.js";
import type { Stage, StageIo } from "../stage.js";
import { earlierOf, type Job, readJob, viewsFrom } from "../trainJob.js";
import { isStored, labelledRows } from "../trainRows.js";

/**
 * Train one model on one split: fit on training rows, choose the threshold on validation rows, freeze.
 * Writes artifacts/models/<split>/<model>/: model.onnx, model.json, history.csv for what trains in rounds, and
 * seeds/<seed>.onnx for every further seed, state.json for what can be continued, and background.json, which explanations
 * compare with. Of a k-fold split each fold has such a folder, fold-1, …, and model.json
 * names them. Where an entry says `search` or `select`, its parameters or the columns that it gets are chosen first, inside
 * the training part (cv_results.csv, selection.csv). Test rows decide nothing.
 */
export const train: Stage = trainStage(IN_MEMORY);

/** @param memory bytes of training rows above which a network reads them from files (`.nidslab/rows`); the same model */
export function trainStage(memory: number): Stage {
  return {
    name: "train",
    async run(params: Params, io: StageIo) {
      const job = await readJob(params, io);
      const scratch = new Scratch(io.path(".nidslab/rows"));
      try {
        await trainParts(job, { memory, scratch });
      } finally {
        scratch.close();
      }
      job.checkpoints.clear();
    },
  };
}

/** Where training rows may lie: so many bytes of them in memory, more in files. */
interface Room {
  readonly memory: number;
  readonly scratch: Scratch;
}

/** Every fold of the split, or all of it. */
async function trainParts(job: Job, room: Room): Promise<void> {
  const { folder, parts, io } = job;
  const folds = foldsOf(parts);
  if (folds.length === 0) {
    const earlier = earlierOf(job);
    const views = earlier === null ? viewsFrom(job, "transform.json", parts) : async () => earlier.state.view;
    const trained = await fitParts(job, parts, views, undefined, earlier, room);
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
    const own = partsOfFold(parts, fold);
    const views = viewsFrom(job, `${foldFolder(fold)}/transform.json`, own);
    models.push(await fitParts(job, own, views, fold, null, room));
  }
  io.remove(folder);
  models.forEach((trained, i) => {
    writeModel(io, `${folder}/${foldFolder(folds[i])}`, trained);
  });
  io.writeJson(`${folder}/model.json`, foldedInfo(models.map(({ info }) => info)));
  writeCost(job, models);
}

/**
 * @param fold of a k-fold split, whose division of the rows `parts` is
 * @param viewNamed a view as it was fitted on the training rows
 * @param earlier the model to go on from, whose view that is
 */
async function fitParts(
  job: Job,
  parts: Table,
  viewNamed: (name: string) => Promise<FittedView>,
  fold: number | undefined,
  earlier: EarlierModel | null,
  { memory, scratch }: Room,
): Promise<Trained> {
  const { params, io, split, model, columns, flows, features } = job;
  const definition = definitionOf(job.entry.type);
  const trainRows = rowsOfPart(parts, "train");
  const validationRows = rowsOfPart(parts, "validation");
  const target = restrictTarget(targetOf(flows, params.task.target), trainRows);
  if (earlier !== null && definition.kind === "classifier") checkContinuedClasses(earlier, target.classes);
  const windows = windowsFor(flows, job.entry.window);
  if (windows !== null) checkHistory(windows);
  const stored = isStored(job, trainRows.length, memory);
  const labelled = labelledRows(job, target, windows, stored ? scratch : null);
  const [first, ...further] = job.entry.seeds ?? [params.seed];
  const where = fold === undefined ? `${split}/${model}` : `${split}/${model}, fold ${fold}`;
  const streamOf = (seed: number, use: string): Rng => {
    const stream = Rng.root(seed).fork(use).fork(split).fork(model);
    return fold === undefined ? stream : stream.fork(fold);
  };
  const choice: Choice = {
    ...{ params, io, split, entry: job.entry, columns, flows, features, trainRows, validationRows, labelled },
    classes: target.classes,
    isAttack: (row) => target.codes[row] !== 0,
    log: (line) => io.log(`train ${where}: ${line}`),
    ...{ viewNamed, selectRng: streamOf(first, "select") },
  };
  const clock = stopwatch();
  const searched = await chosenParameters(choice, streamOf(first, "search"));
  const entry = entryAround(job.entry, searched?.around ?? {});
  const own = { ...ownParams(entry), ...searched?.own };
  const splitView = await viewNamed(entry.view);
  const trainPart = {
    ...(await labelled(trainRows, splitView)),
    ...(windows !== null && entry.window?.label === "majority"
      ? { y: majorityLabels(windows, target.codes, trainRows) }
      : {}),
  };
  const validationPart = await labelled(validationRows, splitView);
  const selected = await chosenColumns({ ...choice, entry }, splitView, trainPart, choice.selectRng);
  const view = selected?.view ?? splitView;

  const modelColumns: ModelColumn[] = columns.map(({ name, type, unit }) =>
    type === "category" ? { name, type, unit, levels: view.levels[name] } : { name, type, unit },
  );
  const decision = entry.decision ?? params.decision;
  const metadata = {
    classes: canonicalJson(definition.kind === "classifier" ? target.classes : []),
    columns: canonicalJson(modelColumns),
  };
  const fitWith = async (seed: number): Promise<TrainedModel> => {
    io.log(`train ${where}: ${definition.title}, ${trainRows.length} rows, seed ${seed}`);
    const { open } = scratch;
    const model = await trainModel({
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
      path: io.path,
    });
    scratch.close(open);
    return model;
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
  const info = modelInfo(job, {
    ...{
      entry,
      own,
      fold,
      target,
      trainRows,
      validationRows,
      columns: modelColumns,
      decision,
      kept,
      others,
      seed: first,
    },
    ...{ searched, selected, state, earlier },
  });
  const background = makeBackground(
    trainPart.X,
    modelColumns,
    (row) => trainPart.y[row] === 0,
    definition.kind === "detector",
    Rng.root(params.seed).fork("background").fork(split),
  );
  scratch.close();
  return {
    ...{ info, kept, elapsed, others, background },
    ...(searched === undefined ? {} : { searched }),
    ...(selected === undefined ? {} : { selected }),
    ...(state === undefined ? {} : { state: state.text }),
  };
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
