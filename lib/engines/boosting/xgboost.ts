import { join } from "node:path";
import { EngineError } from "../../base/errors.js";
import { xgboost, xgboostLibraries } from "../catalog/boosting.js";
import { copyOf, type NativeFunction, openLibraries, type Pointer, uint64At, written } from "../native.js";
import { trustedFolder } from "../trust.js";
import type { BoostingLibrary, BoostingTask, LabelledNumbers, NativeBooster, NumberRows } from "./booster.js";

let opened: BoostingLibrary | undefined;

/**
 * XGBoost through its C interface.
 * @throws EngineError when the engine is not added, not what it was, or does not load
 * Source: https://xgboost.readthedocs.io/en/stable/c.html
 */
export async function openXgboost(): Promise<BoostingLibrary> {
  const folder = await trustedFolder(xgboost);
  opened ??= library(xgboostLibraries(folder).map((path) => join(folder, path)));
  return opened;
}

interface Calls {
  readonly matrix: NativeFunction;
  readonly info: NativeFunction;
  readonly freeMatrix: NativeFunction;
  readonly create: NativeFunction;
  readonly set: NativeFunction;
  readonly update: NativeFunction;
  readonly evaluate: NativeFunction;
  readonly predict: NativeFunction;
  readonly save: NativeFunction;
  readonly load: NativeFunction;
  readonly rounds: NativeFunction;
  readonly slice: NativeFunction;
  readonly free: NativeFunction;
  /** @throws EngineError with the library's own words unless 0 */
  ok(code: number): void;
}

function library(paths: readonly string[]): BoostingLibrary {
  const { func, text } = openLibraries("xgboost", paths);
  const lastError = text("const char* XGBGetLastError()");
  const calls: Calls = {
    matrix: func(
      "int XGDMatrixCreateFromMat(const float* data, uint64_t rows, uint64_t columns, float missing, _Out_ void** out)",
    ),
    info: func(
      "int XGDMatrixSetFloatInfo(void* matrix, const char* field, const float* values, uint64_t length)",
    ),
    freeMatrix: func("int XGDMatrixFree(void* matrix)"),
    create: func("int XGBoosterCreate(void** matrices, uint64_t length, _Out_ void** out)"),
    set: func("int XGBoosterSetParam(void* booster, const char* name, const char* value)"),
    update: func("int XGBoosterUpdateOneIter(void* booster, int round, void* matrix)"),
    evaluate: func(
      "int XGBoosterEvalOneIter(void* booster, int round, void** matrices, const char** names, uint64_t length, _Out_ const char** out)",
    ),
    predict: func(
      "int XGBoosterPredictFromDMatrix(void* booster, void* matrix, const char* config, _Out_ uint64_t** shape, _Out_ uint64_t* dimensions, _Out_ float** out)",
    ),
    save: func(
      "int XGBoosterSaveModelToBuffer(void* booster, const char* config, _Out_ uint64_t* length, _Out_ void** out)",
    ),
    load: func("int XGBoosterLoadModelFromBuffer(void* booster, const void* bytes, uint64_t length)"),
    rounds: func("int XGBoosterBoostedRounds(void* booster, _Out_ int* out)"),
    slice: func("int XGBoosterSlice(void* booster, int begin, int end, int step, _Out_ void** out)"),
    free: func("int XGBoosterFree(void* booster)"),
    ok(code) {
      if (code === 0) return;
      const said =
        lastError()
          .split("\n")
          .find((line) => line.trim() !== "") ?? "no reason given";
      throw new EngineError(`xgboost: ${said.replace(/^\[[\d:]+\] \S+?: /, "").trim()}`);
    },
  };
  return { start: (task) => start(calls, task) };
}

function matrixOf(calls: Calls, { rows, columns, data }: NumberRows): Pointer {
  return written((out) => calls.ok(calls.matrix(data, rows, columns, Number.NaN, out)));
}

function labelledMatrix(calls: Calls, numbers: LabelledNumbers): Pointer {
  const matrix = matrixOf(calls, numbers);
  calls.ok(calls.info(matrix, "label", numbers.labels, numbers.rows));
  if (numbers.weights !== undefined) calls.ok(calls.info(matrix, "weight", numbers.weights, numbers.rows));
  return matrix;
}

function start(
  calls: Calls,
  { train, validation, params, outputs, continueFrom }: BoostingTask,
): NativeBooster {
  const matrix = labelledMatrix(calls, train);
  const watched = validation === undefined ? undefined : labelledMatrix(calls, validation);
  const matrices = watched === undefined ? [matrix] : [matrix, watched];
  const booster = written<Pointer>((out) => calls.ok(calls.create(matrices, matrices.length, out)));
  if (continueFrom !== undefined) {
    const bytes = Buffer.from(continueFrom);
    calls.ok(calls.load(booster, bytes, bytes.length));
  }
  const settings = { verbosity: 0, ...params };
  for (const [name, value] of Object.entries(settings)) calls.ok(calls.set(booster, name, String(value)));
  let round = continueFrom === undefined ? 0 : roundsOf(calls, booster);
  const predicted = (rows: NumberRows, type: "margin" | "contributions", end: number): Float64Array => {
    const scored = matrixOf(calls, rows);
    try {
      return predict(calls, booster, scored, type === "margin" ? 1 : 2, end);
    } finally {
      calls.freeMatrix(scored);
    }
  };
  return {
    update() {
      calls.ok(calls.update(booster, round++, matrix));
      return true;
    },
    validationLoss() {
      if (watched === undefined) return undefined;
      const text = written<string>((out) =>
        calls.ok(calls.evaluate(booster, round - 1, [watched], ["v"], 1, out)),
      );
      return Number(/v-m?logloss:(\S+)/.exec(text)?.[1]);
    },
    rounds: () => roundsOf(calls, booster),
    dump: () => saved(calls, booster),
    state(rounds) {
      if (rounds === roundsOf(calls, booster)) return saved(calls, booster);
      const cut = written<Pointer>((out) => calls.ok(calls.slice(booster, 0, rounds, 1, out)));
      try {
        return saved(calls, cut);
      } finally {
        calls.free(cut);
      }
    },
    margins: (rows, rounds) => predicted(rows, "margin", rounds),
    contributions: (rows, rounds) => {
      const values = predicted(rows, "contributions", rounds);
      if (values.length !== rows.rows * outputs * (rows.columns + 1))
        throw new EngineError("xgboost: contributions of another shape");
      return values;
    },
    free() {
      calls.free(booster);
      for (const each of matrices) calls.freeMatrix(each);
    },
  };
}

const roundsOf = (calls: Calls, booster: Pointer): number =>
  written<number>((out) => calls.ok(calls.rounds(booster, out)));

function saved(calls: Calls, booster: Pointer): string {
  const length: [bigint | number] = [0n];
  const bytes = written<Pointer>((out) => calls.ok(calls.save(booster, '{"format":"json"}', length, out)));
  return Buffer.from(copyOf(bytes, Number(length[0]))).toString("utf8");
}

function predict(calls: Calls, booster: Pointer, matrix: Pointer, type: number, end: number): Float64Array {
  const config = { type, training: false, iteration_begin: 0, iteration_end: end, strict_shape: true };
  const shape: [Pointer] = [null];
  const dimensions: [bigint | number] = [0n];
  const values = written<Pointer>((out) =>
    calls.ok(calls.predict(booster, matrix, JSON.stringify(config), shape, dimensions, out)),
  );
  const size = uint64At(shape[0], Number(dimensions[0])).reduce((product, each) => product * each, 1);
  return Float64Array.from(new Float32Array(copyOf(values, size * 4)));
}
