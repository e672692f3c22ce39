import { expect, it } from "vitest";
import type {
  Classifier,
  Detector,
  FittedClassifier,
  FittedDetector,
  Matrix,
  ModelDefinition,
  Rows,
} from "#lib/models/contract.js";
import { guarded, takesAnyColumn } from "#lib/models/guard.js";
import { allBenign, fitContext, madeRows } from "./made.js";
import { checkOddRows } from "./oddRows.js";
import { expectAloneAsAmongOthers, expectSameScores, onnxHash, runOnnx, scoresOf } from "./onnxForm.js";
import { checkSavedForm } from "./savedForm.js";

export { fitContext, type MadeOptions, madeRows } from "./made.js";
export { largestDifference, onnxHash, runOnnx } from "./onnxForm.js";

/** Settings of the suite. */
export interface CheckOptions {
  /** Training rows of the check of workers: enough that the model really starts its threads. */
  readonly rows?: number;
  /** Training rows of the other checks; default: `rows`. */
  readonly fewRows?: number;
  /** Rows that are scored by model.onnx and by the model itself. */
  readonly scored?: number;
  /** false: the model takes numbers only and no missing values; default: what its view says. */
  readonly native?: boolean;
}

/** An estimator as the checks use it: the same for classifiers and detectors. */
export interface Subject {
  readonly definition: ModelDefinition;
  readonly params: unknown;
  readonly native: boolean;
  /** Training rows of the general kind. @param classes of a detector it is ignored */
  made(rows: number, classes: number): Rows;
  fit(train: Rows, workers?: number, seed?: number): Promise<FittedClassifier | FittedDetector>;
}

/**
 * The promises that every classifier keeps. Call it inside a `describe`.
 * @param params as in params.yaml; defaults are filled in
 */
export function checkClassifier(
  definition: ModelDefinition,
  params: object,
  options: CheckOptions = {},
): void {
  checkEstimator(definition, params, options, [2, 3]);
}

/** The promises that every detector keeps. Call it inside a `describe`. */
export function checkDetector(definition: ModelDefinition, params: object, options: CheckOptions = {}): void {
  checkEstimator(definition, params, { rows: 2000, ...options }, [1]);
}

function checkEstimator(
  definition: ModelDefinition,
  params: object,
  options: CheckOptions,
  classCounts: readonly number[],
): void {
  const { rows = 6000, native = takesAnyColumn(definition) } = options;
  const { fewRows = rows, scored = 10_000 } = options;
  const subject = subjectOf(definition, params, native);
  const most = classCounts[classCounts.length - 1];
  // Of the general kind, trained once for the checks that only look at it.
  const trained = new Map<number, Promise<FittedClassifier | FittedDetector>>();
  const general = (classes: number): Promise<FittedClassifier | FittedDetector> => {
    const known = trained.get(classes) ?? subject.fit(subject.made(fewRows, classes));
    trained.set(classes, known);
    return known;
  };

  for (const classes of classCounts) {
    const name = definition.kind === "classifier" ? `, and its rows sum to 1 (${classes} classes)` : "";
    const count = classes === most ? scored : 500;
    it(`agrees with its ONNX form to 1e-5 on ${count} rows${name}`, async () => {
      const model = await general(classes);
      const X = toScore(count, native);
      const own = scoresOf(model, X);
      if (model.kind === "classifier") {
        expect(model.classes).toEqual(subject.made(10, classes).classes);
        expectProbabilities(model.predictProba(X), count, classes);
      } else expect(own.length).toBe(count);
      expectFinite(own);
      const output = await runOnnx(model, X);
      expectSameScores(output.data, own);
      await expectAloneAsAmongOthers(model, X, output);
    });
  }

  it("gives the same bytes again, for any number of workers, and leaves its inputs as they were", async () => {
    const train = subject.made(rows, most);
    const before = structuredClone({ ...train, X: train.X.data });
    const one = onnxHash(await subject.fit(train, 1), train.X.columns);
    expect(onnxHash(await subject.fit(train, 1), train.X.columns)).toEqual(one);
    expect(onnxHash(await subject.fit(train, 2), train.X.columns)).toEqual(one);
    const model = await subject.fit(train, 3);
    expect(onnxHash(model, train.X.columns)).toEqual(one);
    scoresOf(model, train.X);
    expect({ ...train, X: train.X.data }).toEqual(before);
  });

  it("refuses a matrix of another width, and scores no rows as none", async () => {
    const model = await general(most);
    expect(() => scoresOf(model, { rows: 1, columns: 9, data: new Float32Array(9) })).toThrow(
      /9 columns.*fitted on [34]/,
    );
    const columns = native ? 4 : 3;
    expect(scoresOf(model, { rows: 0, columns, data: new Float32Array(0) }).length).toBe(0);
  });

  checkSavedForm(subject, Math.min(fewRows, 600));
  checkOddRows(subject);
}

function subjectOf(definition: ModelDefinition, params: object, native: boolean): Subject {
  const parsed = definition.params.parse(params);
  const estimator = guarded(definition).create(parsed) as Classifier | Detector;
  return {
    definition,
    params: parsed,
    native,
    made(rows, classes) {
      const made = madeRows({ rows, classes, category: native, missing: native ? 0.1 : 0 });
      return definition.kind === "detector" ? allBenign(made) : made;
    },
    fit: async (train, workers = 1, seed = 7) => estimator.fit(train, fitContext(workers, seed)),
  };
}

/** Rows that training did not have; where the model takes them, with a level and a missing value that are new. */
function toScore(rows: number, native: boolean): Matrix {
  const { X } = madeRows({ rows, category: native, missing: native ? 0.2 : 0, seed: 2 });
  if (native) {
    X.data[3] = -1;
    X.data[7] = Number.NaN;
  }
  return X;
}

/** n × k, each row between 0 and 1 and of sum 1. */
function expectProbabilities({ rows, columns, data }: Matrix, count: number, classes: number): void {
  expect([rows, columns]).toEqual([count, classes]);
  let [off, low, high] = [0, 0, 1];
  for (let i = 0; i < data.length; i += columns) {
    let sum = 0;
    for (let c = 0; c < columns; c++) {
      sum += data[i + c];
      low = Math.min(low, data[i + c]);
      high = Math.max(high, data[i + c]);
    }
    off = Math.max(off, Math.abs(sum - 1));
  }
  expect(off).toBeLessThan(1e-5);
  expect([low, high]).toEqual([0, 1]);
}

/** No score is NaN or infinite. */
export function expectFinite(scores: ArrayLike<number>): void {
  expect(Array.from(scores).filter((score) => !Number.isFinite(score))).toEqual([]);
}
