import { join } from "node:path";
import { EngineError } from "../../base/errors.js";
import { lightgbm, lightgbmLibraries } from "../catalog/boosting.js";
import { type NativeFunction, openLibraries, type Pointer, written } from "../native.js";
import { trustedFolder } from "../trust.js";
import type { BoostingLibrary, BoostingTask, LabelledNumbers, NativeBooster, NumberRows } from "./booster.js";

let opened: BoostingLibrary | undefined;

/**
 * LightGBM through its C interface.
 * @throws EngineError when the engine is not added, not what it was, or does not load
 * Source: https://lightgbm.readthedocs.io/en/stable/C-API.html
 */
export async function openLightgbm(): Promise<BoostingLibrary> {
  const folder = await trustedFolder(lightgbm);
  opened ??= library(lightgbmLibraries(folder).map((path) => join(folder, path)));
  return opened;
}

interface Calls {
  readonly dataset: NativeFunction;
  readonly field: NativeFunction;
  readonly create: NativeFunction;
  readonly addValidation: NativeFunction;
  readonly update: NativeFunction;
  readonly evaluate: NativeFunction;
  readonly predictedLength: NativeFunction;
  readonly predict: NativeFunction;
  readonly save: NativeFunction;
  readonly dump: NativeFunction;
  readonly load: NativeFunction;
  readonly merge: NativeFunction;
  readonly rounds: NativeFunction;
  readonly free: NativeFunction;
  readonly freeDataset: NativeFunction;
  /** @throws EngineError with the library's own words unless 0 */
  ok(code: number): void;
}

/** Numbers that the C interface has for types and predictions. */
const FLOAT32 = 0;
const FLOAT64 = 1;
const RAW = 1;
const CONTRIBUTIONS = 3;

function library(paths: readonly string[]): BoostingLibrary {
  const { func, text } = openLibraries("lightgbm", paths);
  const lastError = text("const char* LGBM_GetLastError()");
  const asText =
    "(void* booster, int first, int rounds, int importance, int64_t size, _Out_ int64_t* length, _Out_ uint8_t* out)";
  const calls: Calls = {
    dataset: func(
      "int LGBM_DatasetCreateFromMat(const void* data, int type, int32_t rows, int32_t columns, int row_major, const char* params, void* reference, _Out_ void** out)",
    ),
    field: func(
      "int LGBM_DatasetSetField(void* dataset, const char* name, const void* values, int length, int type)",
    ),
    create: func("int LGBM_BoosterCreate(void* dataset, const char* params, _Out_ void** out)"),
    addValidation: func("int LGBM_BoosterAddValidData(void* booster, void* dataset)"),
    update: func("int LGBM_BoosterUpdateOneIter(void* booster, _Out_ int* finished)"),
    evaluate: func("int LGBM_BoosterGetEval(void* booster, int part, _Out_ int* length, _Out_ double* out)"),
    predictedLength: func(
      "int LGBM_BoosterCalcNumPredict(void* booster, int rows, int type, int first, int rounds, _Out_ int64_t* length)",
    ),
    predict: func(
      "int LGBM_BoosterPredictForMat(void* booster, const void* data, int type, int32_t rows, int32_t columns, int row_major, int kind, int first, int rounds, const char* params, _Out_ int64_t* length, _Out_ double* out)",
    ),
    save: func(`int LGBM_BoosterSaveModelToString${asText}`),
    dump: func(`int LGBM_BoosterDumpModel${asText}`),
    load: func("int LGBM_BoosterLoadModelFromString(const char* text, _Out_ int* rounds, _Out_ void** out)"),
    merge: func("int LGBM_BoosterMerge(void* booster, void* other)"),
    rounds: func("int LGBM_BoosterGetCurrentIteration(void* booster, _Out_ int* out)"),
    free: func("int LGBM_BoosterFree(void* booster)"),
    freeDataset: func("int LGBM_DatasetFree(void* dataset)"),
    ok(code) {
      if (code !== 0) throw new EngineError(`lightgbm: ${lastError().split("\n")[0].trim()}`);
    },
  };
  return { start: (task) => start(calls, task) };
}

function datasetOf(calls: Calls, numbers: LabelledNumbers, params: string, reference: Pointer): Pointer {
  const { data, rows, columns, labels, weights } = numbers;
  const dataset = written<Pointer>((out) =>
    calls.ok(calls.dataset(data, FLOAT32, rows, columns, 1, params, reference, out)),
  );
  calls.ok(calls.field(dataset, "label", labels, rows, FLOAT32));
  if (weights !== undefined) calls.ok(calls.field(dataset, "weight", weights, rows, FLOAT32));
  return dataset;
}

function start(calls: Calls, { train, validation, params, continueFrom }: BoostingTask): NativeBooster {
  const settings = Object.entries({ verbosity: -1, ...params })
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
  const dataset = datasetOf(calls, train, settings, null);
  const watched = validation === undefined ? undefined : datasetOf(calls, validation, settings, dataset);
  const before = continueFrom === undefined ? undefined : loaded(calls, continueFrom);
  const predicted = (booster: Pointer, rows: NumberRows, kind: number, rounds: number): Float64Array =>
    predict(calls, booster, rows, kind, rounds, settings);
  if (before !== undefined) {
    // The earlier trees stand before the new ones, and what they say of the rows is where these start.
    const starts: readonly (readonly [Pointer, NumberRows | undefined])[] = [
      [dataset, train],
      [watched, validation],
    ];
    for (const [each, rows] of starts) {
      if (rows === undefined) continue;
      // n × k here, k × n there.
      const margins = byOutput(predicted(before, rows, RAW, -1), rows.rows);
      calls.ok(calls.field(each, "init_score", margins, margins.length, FLOAT64));
    }
  }
  const booster = written<Pointer>((out) => calls.ok(calls.create(dataset, settings, out)));
  if (watched !== undefined) calls.ok(calls.addValidation(booster, watched));
  if (before !== undefined) calls.ok(calls.merge(booster, before));
  return {
    update: () => written<number>((out) => calls.ok(calls.update(booster, out))) === 0,
    validationLoss() {
      if (watched === undefined) return undefined;
      const loss = new Float64Array(1);
      calls.ok(calls.evaluate(booster, 1, [0], loss));
      return loss[0];
    },
    rounds: () => written<number>((out) => calls.ok(calls.rounds(booster, out))),
    dump: () => textOf(calls, calls.dump, booster, -1),
    // The text holds its settings, too; how many threads there were makes no other model.
    state: (rounds) =>
      textOf(calls, calls.save, booster, rounds).replace(/\[num_threads: \d+\]/, "[num_threads: 0]"),
    margins: (rows, rounds) => predicted(booster, rows, RAW, rounds),
    contributions: (rows, rounds) => predicted(booster, rows, CONTRIBUTIONS, rounds),
    free() {
      for (const each of before === undefined ? [booster] : [booster, before]) calls.free(each);
      for (const each of watched === undefined ? [dataset] : [watched, dataset]) calls.freeDataset(each);
    },
  };
}

function byOutput(margins: Float64Array, rows: number): Float64Array {
  const outputs = margins.length / rows;
  return margins.map((_, i) => margins[(i % rows) * outputs + Math.floor(i / rows)]);
}

function loaded(calls: Calls, state: string): Pointer {
  return written((out) => calls.ok(calls.load(state, [0], out)));
}

/** The first call says how long the text is. */
function textOf(calls: Calls, write: NativeFunction, booster: Pointer, rounds: number): string {
  const length: [bigint | number] = [0n];
  calls.ok(write(booster, 0, rounds, 0, 1, length, new Uint8Array(1)));
  const bytes = new Uint8Array(Number(length[0]));
  calls.ok(write(booster, 0, rounds, 0, bytes.length, length, bytes));
  // It ends with a zero.
  return Buffer.from(bytes.subarray(0, bytes.length - 1)).toString("utf8");
}

function predict(
  calls: Calls,
  booster: Pointer,
  { data, rows, columns }: NumberRows,
  kind: number,
  rounds: number,
  settings: string,
): Float64Array {
  const length: [bigint | number] = [0n];
  calls.ok(calls.predictedLength(booster, rows, kind, 0, rounds, length));
  const out = new Float64Array(Number(length[0]));
  calls.ok(calls.predict(booster, data, FLOAT32, rows, columns, 1, kind, 0, rounds, settings, length, out));
  return out;
}
