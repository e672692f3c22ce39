import { describe, expect, it } from "vitest";
import type { Classifier, FittedClassifier, Rows } from "#lib/models/contract.js";
import { definition } from "#lib/models/linear/linearSvm.js";
import type { FittedLinear } from "#lib/models/online/fittedLinear.js";
import { checkClassifier, fitContext } from "../../checks/estimator.js";

describe("keeps the contract, calibrated", () =>
  checkClassifier(
    definition,
    { calibration: "sigmoid", class_weight: "balanced" },
    { rows: 1000, native: false },
  ));

/** A number a row. */
function line(x: readonly number[], y: readonly number[], classes: readonly string[]): Rows {
  return {
    X: { rows: x.length, columns: 1, data: Float32Array.from(x) },
    features: [{ name: "x", kind: "number" }],
    y: Int32Array.from(y),
    classes,
  };
}
const two = ["benign", "attack"];
const rows = line([-2, -1, -1, 1, 1, 2], [0, 0, 0, 1, 1, 1], two);

const fitted = (train: Rows, params: object = {}): Promise<FittedClassifier> =>
  (definition.create(definition.params.parse(params)) as Classifier).fit(train, fitContext());

it("finds the least of the squared hinges", async () => {
  // w²/2 + 4 (1 - w)² where the rows at ±2 have their margin: w = 8/9.
  const { layer, margin, summary } = (await fitted(rows)) as FittedLinear;
  expect(layer.weights[0][0]).toBeCloseTo(8 / 9, 12);
  expect(layer.intercepts[0]).toBeCloseTo(0, 12);
  expect([margin, summary.converged]).toEqual([true, true]);
});

it("leaves the intercept alone when told so", async () => {
  const moved = line([98, 99, 99, 101, 101, 102], [0, 0, 0, 1, 1, 1], two);
  const free = (await fitted(moved, { intercept: "free" })) as FittedLinear;
  expect(free.layer.weights[0][0]).toBeCloseTo(8 / 9, 9);
  expect(free.layer.intercepts[0]).toBeCloseTo((-100 * 8) / 9, 6);
  const penalised = (await fitted(moved)) as FittedLinear;
  expect(Math.abs(penalised.layer.intercepts[0])).toBeLessThan(10);
});

it("puts the margin between 0 and 1, .5 at the plane; calibrated it gives probabilities", async () => {
  const at = line([0, 9 / 8], [0, 1], two).X;
  const margins = await fitted(rows);
  expect(margins.predictProba(at).data[1]).toBeCloseTo(0.5, 6);
  expect(margins.predictProba(at).data[3]).toBeCloseTo(0.75, 6);
  const many = line(
    Array.from({ length: 30 }, (_, i) => i % 10),
    Array.from({ length: 30 }, (_, i) => Number(i % 10 > 4)),
    two,
  );
  const sure = await fitted(many, { calibration: "sigmoid" });
  expect(sure.margin).toBeUndefined();
  expect(sure.summary).toMatchObject({ converged: true, members: 3 });
  expect(sure.predictProba(line([0, 9], [0, 1], two).X).data[3]).toBeGreaterThan(0.9);
});

it.each(["none", "sigmoid"])(
  "gives a class without training rows 0 (calibration %s)",
  async (calibration) => {
    const x = Array.from({ length: 12 }, (_, i) => i);
    const train = line(
      x,
      x.map((i) => (i > 5 ? 2 : 0)),
      ["benign", "dos", "scan"],
    );
    const { data } = (await fitted(train, { calibration })).predictProba(train.X);
    for (const i of x) {
      expect(data[i * 3 + 1]).toBeLessThan(1e-20);
      expect(data[i * 3 + 2] > data[i * 3]).toBe(i > 5);
    }
  },
);

describe("refuses", () => {
  it("one class, and a class with too few rows to calibrate", async () => {
    await expect(fitted(line([1, 2], [0, 0], two))).rejects.toThrow(
      /^linear-svm: two classes.*only "benign"/,
    );
    await expect(
      fitted(line([1, 2, 3, 4, 5], [0, 0, 0, 1, 1], two), { calibration: "sigmoid" }),
    ).rejects.toThrow(/needs 3 training rows of every class, and "attack" has 2/);
  });

  it("missing values, by column", async () => {
    await expect(fitted(line([Number.NaN, 2], [0, 1], two))).rejects.toThrow(/^linear-svm: column "x"/);
  });
});
