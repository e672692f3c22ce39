import { type Elapsed, peakMiB, stopwatch } from "../../base/cost.js";
import { SchemaError } from "../../base/errors.js";
import { Rng } from "../../base/rng.js";
import { attackFlags, targetOf } from "../../dataset/target.js";
import { breakdownColumns, breakdownsOf } from "../../eval/breakdowns.js";
import { evaluatePart, type PartInput } from "../../eval/evaluate.js";
import { hourColumns } from "../../eval/hours.js";
import { inRowOrder, predictionTable, type ScoredPart } from "../../eval/predictions.js";
import type { CvDetails, CvMetrics, Details, Metrics, PartMetrics } from "../../eval/result.js";
import { type ModelFacts, partInput, pooledInput, type Truth } from "../../eval/scored.js";
import { spreads } from "../../eval/spread.js";
import { attackNames, attacksOfFolds, type Source, surroundingsOf } from "../../eval/surroundings.js";
import { unitColumns, unitsOf } from "../../eval/units.js";
import type { ContextChoice } from "../../features/context/params.js";
import { modelMatrix, windowsFor } from "../../features/modelMatrix.js";
import { columnsOf, type FeatureSchema } from "../../features/schema.js";
import { windowSources } from "../../features/windows/build.js";
import { foldFolder } from "../../onnx/foldedModel.js";
import {
  type ModelInfo,
  mostProbable,
  readModelInfo,
  SavedModel,
  type Scores,
} from "../../onnx/savedModel.js";
import { splitKey } from "../../split/key.js";
import { foldColumns, foldsOf, partsOfFold, rowsOfPart } from "../../split/parts.js";
import { schemaHash } from "../../table/schemaHash.js";
import type { Table } from "../../table/table.js";
import type { Params } from "../params.js";
import type { Stage, StageIo } from "../stage.js";

/**
 * Measure one frozen model on validation and test: load model.onnx, score, count. It chooses nothing.
 * (paired, explain, cross and leaks read test labels too, and choose nothing that a model depends on.) Writes artifacts/eval/<split>/<model>/predictions.parquet,
 * reports/metrics/<split>/<model>.json and reports/details/<split>/<model>.json.
 *
 * Of a k-fold split every row is scored by the model of the fold that it was kept out of (part `cv`), and there is no
 * validation or test part.
 */
export const evaluate: Stage = {
  name: "eval",
  async run(params: Params, io: StageIo) {
    const { split, model: name } = splitKey(io.key);
    const parts = await io.readTable(`artifacts/splits/${split}.parquet`, ["row_id", "part"], foldColumns);
    const { window } = io.readJson<Pick<ModelInfo, "window">>(`artifacts/models/${split}/${name}/model.json`);
    const base = ["row_id", "label", "family"];
    const further = [
      ...["subset", ...breakdownColumns, ...hourColumns, ...unitColumns(params.eval.bootstrap.unit)],
      ...(window === undefined ? [] : windowSources),
    ];
    const flows = await io.readTable(
      "artifacts/flows.parquet",
      base,
      [...new Set(further)].filter((column) => !base.includes(column)),
    );
    const job: Job = {
      ...{ params, io, split, name, parts, flows },
      folder: `artifacts/models/${split}/${name}`,
      isAttack: attackFlags(flows),
      target: targetOf(flows, params.task.target),
    };
    if (foldsOf(parts).length === 0) await evaluateParts(job);
    else await evaluateFolds(job);
  },
};

/** What is measured, and the truth about it. */
interface Job extends Truth {
  readonly params: Params;
  readonly io: StageIo;
  readonly split: string;
  readonly name: string;
  readonly folder: string;
  readonly parts: Table;
}

async function evaluateParts(job: Job): Promise<void> {
  const { params, io, split, name, parts } = job;
  const saved = await SavedModel.open(io.path(job.folder), params.threads);
  const { info } = saved;
  const features = await readFeatures(job, info);
  const matrixOf = modelMatrix(features, info.columns, saved.levels, windowsFor(job.flows, info.window));
  const rows = { validation: rowsOfPart(parts, "validation"), test: rowsOfPart(parts, "test") };
  const testX = matrixOf(rows.test);
  const validationScored = scoredPart(
    "validation",
    info,
    rows.validation,
    await saved.score(matrixOf(rows.validation)),
  );
  const { scores: testScores, elapsed } = await timed(() => saved.score(testX));
  const testScored = scoredPart("test", info, rows.test, testScores);
  await saved.close();
  const inputOf = (scored: ScoredPart): PartInput =>
    partInput(job, factsOf(info), scored, bootstrapOf(job, scored.part, scored.rows));
  const validation = evaluatePart(inputOf(validationScored));
  const testInput = inputOf(testScored);
  const test = evaluatePart(testInput);
  const trained = attackNames(job.flows, job.isAttack, rowsOfPart(parts, "train"));
  const breakdowns = breakdownsOf(testInput, surroundingsOf(sourceOf(job, features), rows.test, trained));

  const seeds: { seed: number; test: PartMetrics }[] = [];
  for (const { seed, threshold } of info.seeds) {
    const other = await SavedModel.open(io.path(job.folder), params.threads, seed);
    const scored = { ...scoredPart("test", info, rows.test, await other.score(testX)), threshold };
    await other.close();
    seeds.push({ seed, test: evaluatePart(partInput(job, factsOf(info), scored, noBootstrap(job))).metrics });
  }

  const metrics: Metrics = { validation: validation.metrics, test: test.metrics };
  const details: Details = {
    split,
    model: name,
    type: info.type,
    kind: info.kind,
    classes: info.classes,
    decision: { ...info.decision, threshold: info.threshold },
    bootstrap: params.eval.bootstrap,
    validation: validation.details,
    test: { ...test.details, breakdowns },
    seeds: seeds.length > 0 ? seeds : null,
  };
  await write(
    job,
    predictionTable(job.flows, info.classes, [validationScored, testScored]),
    metrics,
    details,
  );
  writeCost(job, info, elapsed, rows.test.length);
  const { macro_f1, roc_auc } = test.metrics;
  io.log(
    `eval ${split}/${name}: test macro-F1 ${shown(macro_f1)}, ROC-AUC ${shown(roc_auc)} on ${rows.test.length} rows`,
  );
}

async function evaluateFolds(job: Job): Promise<void> {
  const { params, io, split, name, parts } = job;
  const folds = foldsOf(parts);
  const infos = folds.map((fold) => readModelInfo(io.path(`${job.folder}/${foldFolder(fold)}`)));
  const features = await readFeatures(job, infos[0]);
  const windows = windowsFor(job.flows, infos[0].window);
  const spent = { seconds: 0, cpuSeconds: 0 };
  const scoredBy = async (seed?: number): Promise<ScoredPart[]> => {
    const scored: ScoredPart[] = [];
    for (const [i, fold] of folds.entries()) {
      const saved = await SavedModel.open(io.path(`${job.folder}/${foldFolder(fold)}`), params.threads, seed);
      const rows = rowsOfPart(partsOfFold(parts, fold), "test");
      const X = modelMatrix(features, infos[i].columns, saved.levels, windows)(rows);
      const { scores, elapsed } = await timed(() => saved.score(X));
      if (seed === undefined) {
        spent.seconds += elapsed.seconds;
        spent.cpuSeconds += elapsed.cpuSeconds;
      }
      await saved.close();
      const other = infos[i].seeds.find((entry) => entry.seed === seed);
      const part = scoredPart("cv", infos[i], rows, scores);
      scored.push({ ...part, fold, threshold: other?.threshold ?? infos[i].threshold });
    }
    return scored;
  };
  const scored = await scoredBy();
  const { rows: allRows } = inRowOrder(job.flows.rows, scored);
  const each = scored.map(
    (part, i) => evaluatePart(partInput(job, factsOf(infos[i]), part, noBootstrap(job))).metrics,
  );
  const input = pooledInput(job, infos.map(factsOf), scored, bootstrapOf(job, "cv", allRows));
  const pooled = evaluatePart(input);
  const divided = folds.map((fold) => partsOfFold(parts, fold));
  const trained = attacksOfFolds(
    job.flows,
    job.isAttack,
    divided.map((own) => ({ train: rowsOfPart(own, "train"), test: rowsOfPart(own, "test") })),
  );
  const breakdowns = breakdownsOf(input, surroundingsOf(sourceOf(job, features), allRows, trained));
  const seeds: { seed: number; cv: PartMetrics }[] = [];
  for (const { seed } of infos[0].seeds) {
    const input = pooledInput(job, infos.map(factsOf), await scoredBy(seed), noBootstrap(job));
    seeds.push({ seed, cv: evaluatePart(input).metrics });
  }
  const classes = classesOf(job, infos);
  const metrics: CvMetrics = { cv: { ...pooled.metrics, spread: spreads(each) } };
  const details: CvDetails = {
    split,
    model: name,
    type: infos[0].type,
    kind: infos[0].kind,
    classes,
    decision: { ...infos[0].decision, threshold: null },
    bootstrap: params.eval.bootstrap,
    cv: { ...pooled.details, breakdowns },
    folds: each.map((foldMetrics, i) => ({ fold: folds[i], metrics: foldMetrics })),
    seeds: seeds.length > 0 ? seeds : null,
  };
  await write(job, predictionTable(job.flows, classes, scored), metrics, details);
  writeCost(
    job,
    infos[0],
    spent,
    scored.reduce((sum, { rows }) => sum + rows.length, 0),
  );
  const { macro_f1 } = metrics.cv.spread;
  io.log(
    `eval ${split}/${name}: macro-F1 ${shown(metrics.cv.macro_f1)} over all folds, ` +
      `${shown(macro_f1.mean)} ± ${shown(macro_f1.std)} from fold to fold`,
  );
}

async function write(
  { io, split, name }: Job,
  predictions: Table,
  metrics: Metrics | CvMetrics,
  details: Details | CvDetails,
): Promise<void> {
  await io.writeTable(`artifacts/eval/${split}/${name}/predictions.parquet`, predictions);
  io.writeJson(`reports/metrics/${split}/${name}.json`, metrics);
  io.writeJson(`reports/details/${split}/${name}.json`, details);
}

/** Scores, and the time of the fastest of up to three passes (one where it takes long). */
async function timed(score: () => Promise<Scores>): Promise<{ scores: Scores; elapsed: Elapsed }> {
  let total = 0;
  let fastest: Elapsed | undefined;
  for (let pass = 1; ; pass++) {
    const clock = stopwatch();
    const scores = await score();
    const elapsed = clock();
    total += elapsed.seconds;
    if (fastest === undefined || elapsed.seconds < fastest.seconds) fastest = elapsed;
    if (pass === 3 || total > 0.2) return { scores, elapsed: fastest };
  }
}

function writeCost(
  { io, split, name, params }: Job,
  { type, onnx_bytes, operations }: ModelInfo,
  { seconds, cpuSeconds }: Elapsed,
  flows: number,
): void {
  const each = (total: number): number => Number(((1e6 * total) / flows).toPrecision(3));
  io.cost({
    ...{ split, model: name, type, onnx_bytes, threads: params.threads },
    operations: operations ?? null,
    ...(flows === 0
      ? {}
      : {
          eval: {
            us_per_flow: each(seconds),
            cpu_us_per_flow: each(cpuSeconds),
            flows,
            peak_mib: peakMiB(),
          },
        }),
  });
}

/** The columns that a model takes, of every row. @throws SchemaError when it was trained on others */
async function readFeatures({ io, split }: Job, info: ModelInfo): Promise<Table> {
  const schema = io.readJson<FeatureSchema>(`artifacts/features/${split}/schema.json`);
  checkSchema(schema, info, io.key);
  return io.readTable(
    `artifacts/features/${split}/features.parquet`,
    info.columns.map((column) => column.name),
  );
}

/** Where the breakdowns find what they need. */
function sourceOf({ params, io, split, flows }: Job, features: Table): Source {
  const { columns } = io.readJson<FeatureSchema>(`artifacts/features/${split}/schema.json`);
  const own = columns.filter(({ name, origin }) => origin === "raw" && features.has(name));
  return { flows, features, ownColumns: own.map(({ name }) => name), windows: params.eval.windows };
}

/** @param rows of flows.parquet that the part consists of, in its order */
function bootstrapOf({ params, split, flows }: Job, part: string, rows: Int32Array): PartInput["bootstrap"] {
  const { resamples, unit, interval } = params.eval.bootstrap;
  const rng = Rng.root(params.seed).fork("bootstrap").fork(split).fork(part);
  return { resamples, interval, rng, units: unitsOf(flows, unit, rows), workers: params.threads };
}

function noBootstrap({ params }: Job): PartInput["bootstrap"] {
  return { resamples: 0, rng: Rng.root(params.seed) };
}

function shown(value: number | null): string {
  return value === null ? "undefined" : value.toFixed(3);
}

function checkSchema(schema: FeatureSchema, info: ModelInfo, key: string): void {
  const { context, profile } = info;
  const chosen = context === null ? false : ((context?.groups as ContextChoice | undefined) ?? true);
  const found = schemaHash(columnsOf(schema, profile, chosen));
  if (found === info.schema_hash) return;
  throw new SchemaError(
    `eval: ${key} was trained on the schema ${info.schema_hash.slice(0, 12)}…, the features have ${found.slice(0, 12)}…. ` +
      `Train it again: nidslab repro.`,
  );
}

function scoredPart(part: string, info: ModelInfo, rows: Int32Array, scores: Scores): ScoredPart {
  const { score, probabilities } = scores;
  const { classes, threshold } = info;
  return { part, rows, score, threshold, classes, predicted: mostProbable(scores), probabilities };
}

/** All classes of the folds' models, in the order of the target's; none for a detector. */
function classesOf({ target }: Job, infos: readonly ModelInfo[]): string[] {
  return target.classes.filter((name) => infos.some(({ classes }) => classes.includes(name)));
}

/** What an evaluation needs to know of a model. */
function factsOf({ kind, classes, scores, data }: ModelInfo): ModelFacts {
  return { kind, isMargin: scores === "margin", classes, trainingFamilies: data.train_families };
}
