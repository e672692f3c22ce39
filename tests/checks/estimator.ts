import { expect, it } from "vitest";
import { hashBytes } from "#lib/base/hash.js";
import { Rng } from "#lib/base/rng.js";
import type {
  Classifier,
  Detector,
  FeatureInfo,
  FitContext,
  FittedClassifier,
  FittedDetector,
  Matrix,
  ModelDefinition,
  Rows,
} from "#lib/models/contract.js";
import { OnnxBuilder } from "#lib/onnx/builder.js";
import { OnnxSession, type Output } from "#lib/onnx/session.js";

/** What `madeRows` makes. */
export interface MadeOptions {
  readonly rows: number;
  readonly classes?: number;
  /** Share of missing values in the second column. */
  readonly missing?: number;
  /** false: numbers only, for models that take no categories. */
  readonly category?: boolean;
  readonly seed?: number;
}

const levels = ["dns", "ftp", "http", "smtp", "ssh"];

/**
 * Rows whose class follows from the columns, with some noise: three numbers (one mostly zero, one with missing values)
 * and a category.
 */
export function madeRows({ rows, classes = 2, missing = 0, category = true, seed = 1 }: MadeOptions): Rows {
  const rng = Rng.root(seed).fork("made");
  const columns = category ? 4 : 3;
  const data = new Float32Array(rows * columns);
  const y = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const a = rng.uniform();
    const b = rng.uniform() * 1000;
    const c = rng.uniform() < 0.8 ? 0 : rng.integer(50);
    const level = rng.integer(levels.length);
    const signal = a + (b > 600 ? 0.5 : 0) + (c > 20 ? 0.4 : 0) + (category && level % 2 === 1 ? 0.6 : 0);
    y[i] = Math.min(classes - 1, Math.floor((signal + 0.2 * rng.uniform()) * (classes / 2.2)));
    data.set([a, rng.uniform() < missing ? Number.NaN : b, c], i * columns);
    if (category) data[i * columns + 3] = level;
  }
  const numbers: FeatureInfo[] = ["a", "b", "c"].map((name) => ({ name, kind: "number" }));
  return {
    X: { rows, columns, data },
    features: category ? [...numbers, { name: "service", kind: "category", levels }] : numbers,
    y,
    classes: Array.from({ length: classes }, (_, c) => (c === 0 ? "benign" : `attack-${c}`)),
  };
}

/** A context without validation rows. */
export function fitContext(workers = 1, seed = 7): FitContext {
  return { rng: Rng.root(seed), workers, log: () => undefined };
}

/** The output of a fitted model's ONNX form. */
export async function runOnnx(model: FittedClassifier | FittedDetector, X: Matrix): Promise<Output> {
  const builder = new OnnxBuilder();
  const out = model.emit(builder, builder.input("X", "float", ["n", X.columns]));
  builder.output("out", out, "float", ["n", model.kind === "classifier" ? model.classes.length : 1]);
  const session = await OnnxSession.fromBytes(builder.finish(), 2);
  try {
    return await session.run(X.data, X.rows, X.columns);
  } finally {
    await session.release();
  }
}

/** The first rows get the same scores to the last bit in a call of their own: a stream scores as a batch does. */
async function expectAloneAsAmongOthers(
  model: FittedClassifier | FittedDetector,
  X: Matrix,
  scored: Output,
): Promise<void> {
  for (const rows of [1, 60]) {
    const few = { ...X, rows, data: X.data.slice(0, rows * X.columns) };
    expect((await runOnnx(model, few)).data).toEqual(scored.data.slice(0, rows * scored.columns));
  }
}

/** SHA-256 of a fitted model's ONNX form: what must not depend on the number of workers. */
export function onnxHash(model: FittedClassifier | FittedDetector, columns: number): string {
  const builder = new OnnxBuilder();
  builder.output("out", model.emit(builder, builder.input("X", "float", ["n", columns])), "float", [
    "n",
    "k",
  ]);
  return hashBytes(builder.finish());
}

/** Largest difference of two lists of numbers. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}

/** Settings of `checkClassifier`. */
export interface CheckOptions {
  /** Training rows; enough that the model really starts its threads. */
  readonly rows?: number;
  /** false: the model takes numbers only and no missing values (its view has encoded and imputed them). */
  readonly native?: boolean;
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
  const { rows = 6000, native = true } = options;
  const made = (classes: number): Rows =>
    madeRows({ rows, classes, category: native, missing: native ? 0.1 : 0 });
  const trained = (train: Rows, workers = 1, seed = 7): Promise<FittedClassifier> =>
    (definition.create(definition.params.parse(params)) as Classifier).fit(train, fitContext(workers, seed));

  for (const classes of [2, 3]) {
    it(`agrees with its ONNX form to 1e-5, and its rows sum to 1 (${classes} classes)`, async () => {
      const model = await trained(made(classes));
      const X = madeRows({ rows: 500, classes, category: native, missing: native ? 0.2 : 0, seed: 2 }).X;
      if (native) X.data[3] = -1; // a level that training did not see
      if (native) X.data[7] = Number.NaN;
      const proba = model.predictProba(X);
      expect([proba.rows, proba.columns]).toEqual([500, classes]);
      expect(model.classes).toEqual(made(classes).classes);
      for (let i = 0; i < proba.rows; i++) {
        const row = proba.data.subarray(i * classes, (i + 1) * classes);
        expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
        expect(row.every((p) => p >= 0 && p <= 1)).toBe(true);
      }
      const scored = await runOnnx(model, X);
      expect(largestDifference(scored.data, proba.data)).toBeLessThan(1e-5);
      await expectAloneAsAmongOthers(model, X, scored);
    });
  }

  it("gives the same bytes again, for any number of workers", async () => {
    const train = made(3);
    const one = onnxHash(await trained(train, 1), train.X.columns);
    expect(onnxHash(await trained(train, 1), train.X.columns)).toEqual(one);
    expect(onnxHash(await trained(train, 2), train.X.columns)).toEqual(one);
    expect(onnxHash(await trained(train, 3), train.X.columns)).toEqual(one);
  });

  it("leaves its inputs as they were", async () => {
    const train = made(2);
    const before = { X: train.X.data.slice(), y: train.y.slice() };
    const model = await trained(train);
    model.predictProba(train.X);
    expect(train.X.data).toEqual(before.X);
    expect(train.y).toEqual(before.y);
  });

  it("refuses a matrix of another width", async () => {
    const model = await trained(made(2));
    expect(() => model.predictProba({ rows: 1, columns: 9, data: new Float32Array(9) })).toThrow(
      /9 columns.*fitted on [34]/,
    );
  });
}

/** The promises that every detector keeps. */
export function checkDetector(definition: ModelDefinition, params: object): void {
  const made = madeRows({ rows: 2000, missing: 0.1 });
  const benign: Rows = { ...made, y: new Int32Array(made.X.rows), classes: ["benign"] };
  const trained = (workers = 1): Promise<FittedDetector> =>
    (definition.create(definition.params.parse(params)) as Detector).fit(benign, fitContext(workers));

  it("agrees with its ONNX form to 1e-5, missing and unseen values included", async () => {
    const model = await trained();
    const { X } = madeRows({ rows: 500, missing: 0.2, seed: 2 });
    X.data[3] = -1;
    X.data[7] = Number.NaN;
    const scored = await runOnnx(model, X);
    expect(largestDifference(scored.data, model.score(X))).toBeLessThan(1e-5);
    await expectAloneAsAmongOthers(model, X, scored);
  });

  it("gives the same bytes again, for any number of workers, and leaves its inputs as they were", async () => {
    const before = benign.X.data.slice();
    expect(onnxHash(await trained(2), 4)).toEqual(onnxHash(await trained(1), 4));
    expect(benign.X.data).toEqual(before);
  });

  it("refuses a matrix of another width", async () => {
    const model = await trained();
    expect(() => model.score({ rows: 1, columns: 9, data: new Float32Array(9) })).toThrow(/9 columns/);
  });
}
