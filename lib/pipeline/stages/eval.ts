import { SchemaError } from "../../base/errors.js";
import { Rng } from "../../base/rng.js";
import { attackFlags, type Target, targetOf } from "../../dataset/target.js";
import { evaluatePart, type PartInput } from "../../eval/evaluate.js";
import type { Details, Metrics, PartMetrics } from "../../eval/result.js";
import { encode } from "../../features/encode.js";
import { columnsOf, type FeatureSchema, schemaHash } from "../../features/schema.js";
import { type ModelInfo, SavedModel, type Scores } from "../../onnx/savedModel.js";
import { splitKey } from "../../split/key.js";
import { rowsOfPart } from "../../split/parts.js";
import { type Column, float32, float64, int64, Table, takeColumn, text } from "../../table/table.js";
import type { Params } from "../params.js";
import type { Stage, StageIo } from "../stage.js";

/**
 * Measure one frozen model on validation and test: load model.onnx, score, count. It chooses nothing, and is the only
 * stage that reads test labels. Writes artifacts/eval/<split>/<model>/predictions.parquet,
 * reports/metrics/<split>/<model>.json and reports/details/<split>/<model>.json.
 */
export const evaluate: Stage = {
  name: "eval",
  async run(params: Params, io: StageIo) {
    const { split, model: name } = splitKey(io.key);
    const saved = await SavedModel.open(io.path(`artifacts/models/${split}/${name}`), params.threads);
    const { info } = saved;
    const schema = io.readJson<FeatureSchema>(`artifacts/features/${split}/schema.json`);
    checkSchema(schema, info, io.key);
    const parts = await io.readTable(`artifacts/splits/${split}.parquet`, ["row_id", "part"]);
    const flows = await io.readTable("artifacts/flows.parquet", ["row_id", "label", "family"], ["subset"]);
    const features = await io.readTable(
      `artifacts/features/${split}/features.parquet`,
      info.columns.map((column) => column.name),
    );
    const truth: Truth = {
      flows,
      isAttack: attackFlags(flows),
      target: targetOf(flows, params.task.target),
    };
    const matrixOf = (rows: Int32Array) => encode(features.take(rows), info.columns, saved.levels);
    const inputOf = (
      part: string,
      rows: Int32Array,
      scores: Scores,
      threshold: number,
      seed: number,
    ): PartInput =>
      partInput(truth, info, rows, scores, threshold, {
        resamples: params.eval.bootstrap.resamples,
        rng: Rng.root(seed).fork("bootstrap").fork(split).fork(part),
      });

    const rows = { validation: rowsOfPart(parts, "validation"), test: rowsOfPart(parts, "test") };
    const testX = matrixOf(rows.test);
    const validationScores = await saved.score(matrixOf(rows.validation));
    const testScores = await saved.score(testX);
    await saved.close();
    const validation = evaluatePart(
      inputOf("validation", rows.validation, validationScores, info.threshold, params.seed),
    );
    const test = evaluatePart(inputOf("test", rows.test, testScores, info.threshold, params.seed));

    const seeds: { seed: number; test: PartMetrics }[] = [];
    for (const { seed, threshold } of info.seeds) {
      const other = await SavedModel.open(io.path(`artifacts/models/${split}/${name}`), params.threads, seed);
      const input = inputOf("test", rows.test, await other.score(testX), threshold, params.seed);
      seeds.push({
        seed,
        test: evaluatePart({ ...input, bootstrap: { ...input.bootstrap, resamples: 0 } }).metrics,
      });
      await other.close();
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
      test: test.details,
      seeds: seeds.length > 0 ? seeds : null,
    };
    await io.writeTable(
      `artifacts/eval/${split}/${name}/predictions.parquet`,
      predictions(truth, info, [
        { part: "validation", rows: rows.validation, scores: validationScores },
        { part: "test", rows: rows.test, scores: testScores },
      ]),
    );
    io.writeJson(`reports/metrics/${split}/${name}.json`, metrics);
    io.writeJson(`reports/details/${split}/${name}.json`, details);
    const { macro_f1, roc_auc } = test.metrics;
    io.log(
      `eval ${split}/${name}: test macro-F1 ${shown(macro_f1)}, ROC-AUC ${shown(roc_auc)} on ${rows.test.length} rows`,
    );
  },
};

interface Truth {
  readonly flows: Table;
  readonly isAttack: Uint8Array;
  readonly target: Target;
}

function shown(value: number | null): string {
  return value === null ? "undefined" : value.toFixed(3);
}

function checkSchema(schema: FeatureSchema, info: ModelInfo, key: string): void {
  const found = schemaHash(columnsOf(schema, info.profile, info.context !== null));
  if (found === info.schema_hash) return;
  throw new SchemaError(
    `eval: ${key} was trained on the schema ${info.schema_hash.slice(0, 12)}…, the features have ${found.slice(0, 12)}…. ` +
      `Train it again: nidslab repro.`,
  );
}

function partInput(
  truth: Truth,
  info: ModelInfo,
  rows: Int32Array,
  scores: Scores,
  threshold: number,
  bootstrap: PartInput["bootstrap"],
): PartInput {
  const family = takeColumn(truth.flows.text("family"), rows);
  const subset = truth.flows.has("subset") ? takeColumn(truth.flows.text("subset"), rows) : null;
  if (family.kind !== "text" || subset?.kind === "number")
    throw new SchemaError("eval: family and subset must be text.");
  // Classes of the test part that training did not have stand behind the model's own.
  const names = [...info.classes, ...truth.target.classes.filter((name) => !info.classes.includes(name))];
  const position = truth.target.classes.map((name) => names.indexOf(name));
  return {
    isAttack: Uint8Array.from(rows, (row) => truth.isAttack[row]),
    scores: scores.score,
    isProbability: info.kind === "classifier",
    threshold,
    family,
    trainingFamilies: info.data.train_families,
    classes:
      scores.probabilities === null || names.length <= 2
        ? null
        : {
            names,
            truth: Int32Array.from(rows, (row) => position[truth.target.codes[row]] ?? -1),
            predicted: mostProbable(scores),
          },
    coarse: info.kind === "detector" && truth.target.classes.length > 2,
    subset,
    bootstrap,
  };
}

/** The most probable class of each row; the first of equal ones. */
function mostProbable({ probabilities }: Scores): Int32Array {
  if (probabilities === null) return new Int32Array(0);
  const { rows, columns, data } = probabilities;
  return Int32Array.from({ length: rows }, (_, i) => {
    let best = 0;
    for (let c = 1; c < columns; c++) if (data[i * columns + c] > data[i * columns + best]) best = c;
    return best;
  });
}

interface ScoredPart {
  readonly part: string;
  readonly rows: Int32Array;
  readonly scores: Scores;
}

/** predictions.parquet: one line a row of validation and test, by row_id. */
function predictions(truth: Truth, info: ModelInfo, parts: readonly ScoredPart[]): Table {
  const all = parts.flatMap(({ part, rows, scores }) =>
    Array.from(rows, (row, i) => ({ part, row, scores, i })),
  );
  all.sort((a, b) => a.row - b.row);
  const rows = Int32Array.from(all, ({ row }) => row);
  const score = Float64Array.from(all, ({ scores, i }) => scores.score[i]);
  const columns = new Map<string, Column>([
    ["row_id", int64(rows)],
    ["part", text(all.map(({ part }) => part))],
    ["fold", int64(new Float64Array(rows.length).fill(Number.NaN))],
    ["label", takeColumn(truth.flows.text("label"), rows)],
    ["family", takeColumn(truth.flows.text("family"), rows)],
    ["score", float64(score)],
    ["decision", int64(score.map((value) => (value >= info.threshold ? 1 : 0)))],
  ]);
  if (info.classes.length > 2) {
    const predicted = new Map(parts.map(({ part, scores }) => [part, mostProbable(scores)]));
    columns.set("predicted", text(all.map(({ part, i }) => info.classes[predicted.get(part)?.[i] ?? 0])));
    info.classes.forEach((name, c) => {
      columns.set(
        `p_${name}`,
        float32(
          Float32Array.from(
            all,
            ({ scores, i }) => scores.probabilities?.data[i * info.classes.length + c] ?? Number.NaN,
          ),
        ),
      );
    });
  }
  return Table.of(columns);
}
