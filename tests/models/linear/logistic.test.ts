import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import type { FitContext, Matrix, Rows } from "#lib/models/contract.js";
import { definition, type FittedLogistic } from "#lib/models/linear/logistic.js";
import { OnnxBuilder } from "#lib/onnx/builder.js";
import { OnnxSession } from "#lib/onnx/session.js";
import { checkClassifier } from "../../checks/estimator.js";

describe("keeps the contract", () => checkClassifier(definition, {}, { rows: 1000, native: false }));

const X: Matrix = {
  rows: 10,
  columns: 3,
  // biome-ignore format: a row a line
  data: Float32Array.of(
    0, 1, 2.5,
    0, 0, 1,
    1, 0, -0.5,
    0, 1, 0,
    1, 1, 3,
    0, 0, -2,
    1, 0, 0.5,
    0, 1, -1,
    1, 1, 1.5,
    0, 0, 2,
  ),
};
const two = [1, 0, 0, 0, 1, 0, 1, 0, 1, 1];
const three = [0, 1, 2, 0, 1, 2, 2, 0, 1, 0];

function rows(y: readonly number[], classes = ["benign", "dos", "probe"], matrix: Matrix = X): Rows {
  const features = Array.from({ length: matrix.columns }, (_, j) => ({
    name: `x${j}`,
    kind: "number" as const,
  }));
  return { X: matrix, features, y: Int32Array.from(y), classes };
}

async function fitted(train: Rows, params: object = {}, lines: string[] = []): Promise<FittedLogistic> {
  const context: FitContext = { rng: Rng.root(42), workers: 1, log: (line) => lines.push(line) };
  const model = definition.create(definition.params.parse(params));
  if (model.kind !== "classifier") throw new Error("logistic is a classifier");
  return (await model.fit(train, context)) as FittedLogistic;
}

/** Weights by class, as scikit-learn's coef_. */
function coefficients(model: FittedLogistic): number[][] {
  const k = model.classes.length;
  return model.classes.map((_, c) =>
    Array.from({ length: model.columns }, (_, j) => model.weights[j * k + c]),
  );
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  found.forEach((x, i) => {
    expect(x).toBeCloseTo(expected[i], 5);
  });
}

// Expected values: scikit-learn 1.9.1, LogisticRegression(tol=1e-12, max_iter=100000) on the same rows.
describe("coefficients agree with scikit-learn", () => {
  it("two classes", async () => {
    const model = await fitted(rows(two, ["benign", "attack"]));
    expectClose(coefficients(model)[1], [0.538268, 0.051515, 1.21188]);
    expectClose([...model.intercepts], [0, -1.149449]);
    expect(model.summary.converged).toBe(true);
  });

  it("two classes, a stronger penalty, balanced", async () => {
    const model = await fitted(rows(two, ["benign", "attack"]), { l2: 10, class_weight: "balanced" });
    expectClose(coefficients(model)[1], [0.080629, 0.026288, 0.38531]);
    expectClose([...model.intercepts], [0, -0.318022]);
  });

  it("three classes", async () => {
    const model = await fitted(rows(three));
    expectClose(
      coefficients(model).flat(),
      [-0.927319, 0.543126, 0.124043, 0.333755, 0.126116, 0.549725, 0.593564, -0.669241, -0.673768],
    );
    expectClose([...model.intercepts], [0.411745, -0.661079, 0.249333]);
  });

  it("three classes, balanced", async () => {
    const model = await fitted(rows(three), { class_weight: "balanced" });
    expectClose(
      coefficients(model).flat(),
      [-0.888304, 0.533979, 0.120666, 0.280274, 0.130803, 0.571929, 0.60803, -0.664783, -0.692595],
    );
    expectClose([...model.intercepts], [0.263882, -0.571814, 0.307932]);
  });
});

it("does not depend on a constant added to a column, beyond the intercept", async () => {
  const moved = { ...X, data: X.data.map((x, i) => (i % 3 === 1 ? x + 4 : x)) };
  const [a, b] = [await fitted(rows(three)), await fitted(rows(three, undefined, moved))];
  expectClose(coefficients(b).flat(), coefficients(a).flat());
  expectClose([...b.predictProba(moved).data], [...a.predictProba(X).data]);
});

it("gives a class without training rows the probability 0", async () => {
  const model = await fitted(rows(two.map((c) => 2 * c)));
  const reference = await fitted(rows(two, ["benign", "attack"]));
  const { data } = model.predictProba(X);
  for (let i = 0; i < 10; i++) {
    expect(data[i * 3 + 1]).toBe(0);
    expect(data[i * 3 + 2]).toBeCloseTo(reference.predictProba(X).data[i * 2 + 1], 6);
  }
});

it.each([
  ["two classes", two, ["benign", "attack"]],
  ["three classes", three, ["benign", "dos", "probe"]],
  ["a class that training lacks", two, ["benign", "dos", "probe"]],
])("ONNX Runtime gives the same probabilities, huge inputs included: %s", async (_, y, classes) => {
  const model = await fitted(rows(y, classes));
  const huge: Matrix = {
    rows: 3,
    columns: 3,
    data: Float32Array.of(1e30, -1e30, 1, 123456, 7, -99999, 0, 0, 0),
  };
  const onnx = new OnnxBuilder();
  const output = model.emit(onnx, onnx.input("X", "float", ["n", 3]));
  onnx.output("probabilities", output, "float", ["n", classes.length]);
  const session = await OnnxSession.fromBytes(onnx.finish(), 1);
  for (const matrix of [X, huge]) {
    const expected = model.predictProba(matrix);
    const found = await session.run(matrix.data, matrix.rows, 3);
    expect(found.columns).toBe(classes.length);
    found.data.forEach((p, i) => {
      expect(Math.abs(p - expected.data[i])).toBeLessThan(1e-6);
    });
  }
  await session.release();
});

it("says when it has not converged", async () => {
  const lines: string[] = [];
  const model = await fitted(rows(three), { max_iterations: 1 }, lines);
  expect(model.summary).toMatchObject({ converged: false, iterations: 1 });
  expect(Number(model.summary.gradient)).toBeGreaterThan(1e-8);
  expect(lines).toEqual([expect.stringMatching(/not converged after 1 steps .* raise max_iterations or l2/)]);
});

it("leaves its input as it was and gives the same weights again", async () => {
  const before = X.data.slice();
  const first = await fitted(rows(three));
  expect(X.data).toEqual(before);
  expect((await fitted(rows(three))).weights).toEqual(first.weights);
});

describe("refuses", () => {
  it("one class", async () => {
    const one = two.map(() => 0);
    await expect(fitted(rows(one))).rejects.toThrow(/only "benign" \(10 rows\)/);
  });

  it("missing values, by column", async () => {
    const holes = { ...X, data: X.data.map((x, i) => (i === 4 ? Number.NaN : x)) };
    await expect(fitted(rows(two, undefined, holes))).rejects.toThrow(/column "x1".*impute/);
  });

  it("a matrix of another width", async () => {
    const model = await fitted(rows(two));
    expect(() => model.predictProba({ rows: 1, columns: 2, data: new Float32Array(2) })).toThrow(
      /has 2 columns.*fitted on 3/,
    );
  });

  it("parameters out of range", () => {
    for (const params of [{ l2: -1 }, { l1: -1 }, { tolerance: 1 }, { max_iterations: 0.5 }, { C: 1 }]) {
      expect(definition.params.safeParse(params).success).toBe(false);
    }
  });
});

it("drops columns with l1, and says how many weights are left", async () => {
  const model = await fitted(rows(two, ["benign", "attack"]), { l1: 2, l2: 0 });
  const weights = coefficients(model)[1];
  expect(weights.slice(0, 2)).toEqual([0, 0]);
  expect(weights[2]).toBeGreaterThan(0.3);
  expect(model.summary).toMatchObject({ converged: true, weights_not_zero: 1 });
  expect((await fitted(rows(three), { l1: 100 })).summary).toMatchObject({ weights_not_zero: 0 });
});
describe("keeps the contract with l1", () =>
  checkClassifier(definition, { l1: 1, l2: 0 }, { rows: 1000, native: false }));
