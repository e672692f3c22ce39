import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { FeatureInfo, LabelledBatch } from "#lib/models/contract.js";
import type { FittedLinear } from "#lib/models/online/fittedLinear.js";
import type { UpdateRule } from "#lib/models/online/linearPredictor.js";
import { LinearSession, type LinearSetting } from "#lib/models/online/linearSession.js";
import { passiveAggressiveRule } from "#lib/models/online/passiveAggressive.js";
import { perceptronRule } from "#lib/models/online/perceptron.js";
import { sgdRule } from "#lib/models/online/sgd.js";
import { largestDifference } from "../../checks/estimator.js";

interface Stopped {
  readonly epochs: number;
  readonly coef: number[][];
  readonly intercept: number[];
}
interface Golden {
  readonly coef: number[][];
  readonly intercept: number[];
  readonly decision: (number | number[])[];
}
const golden: Record<string, Golden> & Record<`stops-${string}`, Stopped> = JSON.parse(
  readFileSync("tests/models/online/golden.json", "utf8"),
);

const ROWS = 240;
const COLUMNS = 4;
const BATCH = 60;
const features: FeatureInfo[] = ["a", "b", "c", "constant"].map((name) => ({ name, kind: "number" }));

/** The rows of golden.py. */
function made(classes: number): LabelledBatch {
  let state = 12345;
  const uniform = (): number => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  const data = new Float32Array(ROWS * COLUMNS);
  const y = new Int32Array(ROWS);
  for (let i = 0; i < ROWS; i++) {
    const [a, b, c, d] = [uniform(), uniform(), uniform(), uniform()];
    data.set([a * 10, b * 1000, c < 0.7 ? 0 : c, 3], i * COLUMNS);
    const signal = a + 0.5 * b + 0.2 * d;
    y[i] = classes === 2 ? Number(signal > 0.9) : Number(signal > 0.6) + Number(signal > 1);
  }
  return { X: { rows: ROWS, columns: COLUMNS, data }, y };
}

function part({ X, y }: LabelledBatch, from: number, to: number): LabelledBatch {
  const data = X.data.slice(from * COLUMNS, to * COLUMNS);
  return { X: { rows: to - from, columns: COLUMNS, data }, y: y.slice(from, to) };
}

function session(rule: UpdateRule, change: Partial<LinearSetting> = {}): LinearSession {
  const classes = change.classes ?? ["benign", "attack"];
  return new LinearSession({
    model: "sgd",
    classes,
    features,
    rule,
    link: "margin",
    classWeights: new Float64Array(classes.length).fill(1),
    scaled: true,
    stopping: { tol: null, n_iter_no_change: 5 },
    ...change,
  });
}

function trained(rule: UpdateRule, change: Partial<LinearSetting> = {}): FittedLinear {
  const taught = session(rule, change);
  const rows = made(change.classes?.length ?? 2);
  for (let from = 0; from < ROWS; from += BATCH) taught.partialFit(part(rows, from, from + BATCH));
  return taught.freeze();
}

const three = ["benign", "dos", "scan"];
const cases: [string, UpdateRule, Partial<LinearSetting>?][] = [
  ["log-l2", sgdRule({ loss: "log", penalty: "l2", alpha: 0.001, l1_ratio: 0.15 })],
  ["hinge-l1", sgdRule({ loss: "hinge", penalty: "l1", alpha: 0.001, l1_ratio: 0.15 })],
  ["log-elastic-net", sgdRule({ loss: "log", penalty: "elastic-net", alpha: 0.01, l1_ratio: 0.4 })],
  ["hinge-none", sgdRule({ loss: "hinge", penalty: "none", alpha: 0.001, l1_ratio: 0.15 })],
  [
    "hinge-l2-weighted",
    sgdRule({ loss: "hinge", penalty: "l2", alpha: 0.001, l1_ratio: 0.15 }),
    { classWeights: Float64Array.of(0.5, 2) },
  ],
  ["log-l2-three", sgdRule({ loss: "log", penalty: "l2", alpha: 0.001, l1_ratio: 0.15 }), { classes: three }],
  ["perceptron", perceptronRule],
  ["passive-aggressive", passiveAggressiveRule(0.1)],
];

describe("a linear model that learns batch by batch", () => {
  it.each(cases)("agrees with scikit-learn's partial_fit on the same batches: %s", (name, rule, change) => {
    const { layer } = trained(rule, change);
    const { coef, intercept, decision } = golden[name];
    expect(
      largestDifference(
        layer.weights.flatMap((each) => [...each]),
        coef.flat(),
      ),
    ).toBeLessThan(1e-6);
    expect(largestDifference(layer.intercepts, intercept)).toBeLessThan(1e-6);
    const { X } = made(2);
    const margins = decision.map((_, i) =>
      layer.weights.map((weights, p) =>
        weights.reduce(
          (sum, w, j) => sum + (w * (X.data[i * COLUMNS + j] - layer.mean[j])) / layer.scale[j],
          layer.intercepts[p],
        ),
      ),
    );
    expect(largestDifference(margins.flat(), decision.flat())).toBeLessThan(1e-5);
  });

  const usual = { tol: 1e-3, n_iter_no_change: 5 };
  const stopping: [`stops-${string}`, UpdateRule, Partial<LinearSetting>][] = [
    [
      "stops-hinge",
      sgdRule({ loss: "hinge", penalty: "l2", alpha: 0.01, l1_ratio: 0.15 }),
      { stopping: usual },
    ],
    [
      "stops-log-three",
      sgdRule({ loss: "log", penalty: "l2", alpha: 0.01, l1_ratio: 0.15 }),
      { classes: three, stopping: { tol: 1e-4, n_iter_no_change: 2 } },
    ],
    ["stops-perceptron", perceptronRule, { stopping: usual }],
    ["stops-passive-aggressive", passiveAggressiveRule(0.01), { stopping: usual }],
  ];
  it.each(stopping)("stops where scikit-learn's fit stops: %s", (name, rule, change) => {
    const taught = session(rule, change);
    const rows = made(change.classes?.length ?? 2);
    do taught.partialFit(rows);
    while (taught.endEpoch() && taught.epochs < 1000);
    const { epochs, coef, intercept } = golden[name];
    expect(taught.epochs).toBe(epochs);
    const { layer } = taught.freeze();
    expect(
      largestDifference(
        layer.weights.flatMap((each) => [...each]),
        coef.flat(),
      ),
    ).toBeLessThan(1e-5);
    expect(largestDifference(layer.intercepts, intercept)).toBeLessThan(1e-5);
  });

  it("keeps the order and the sign of margins, and is no probability, with the margin link", () => {
    const model = trained(perceptronRule);
    expect(model.margin).toBe(true);
    const p = model.predictProba(part(made(2), 0, 12).X);
    golden.perceptron.decision.forEach((margin, i) => {
      const m = Number(margin);
      expect(p.data[i * 2 + 1]).toBeCloseTo(0.5 * (1 + m / (1 + Math.abs(m))), 6);
    });
    expect(trained(cases[0][1], { link: "logistic" }).margin).toBeUndefined();
  });

  it("does not change a model that was frozen before further batches", () => {
    const taught = session(perceptronRule);
    const rows = made(2);
    taught.partialFit(part(rows, 0, 60));
    const before = taught.freeze();
    const scores = before.predictProba(rows.X).data.slice();
    taught.partialFit(part(rows, 60, 240));
    expect(before.predictProba(rows.X).data).toEqual(scores);
    expect(taught.freeze().predictProba(rows.X).data).not.toEqual(scores);
    expect([before.summary.rows_learned, taught.freeze().summary.rows_learned]).toEqual([60, 240]);
  });

  it.each([true, false])("learns rows of a matrix as if they were copied (scaled: %s)", (scaled) => {
    const { X, y } = made(3);
    const rule = sgdRule({ loss: "log", penalty: "l2", alpha: 0.001, l1_ratio: 0.15 });
    const [named, copied] = [1, 2].map(() => session(rule, { classes: three, scaled }));
    for (const first of [0, 30, 60]) {
      const rows = Int32Array.from({ length: 80 }, (_, i) => (first + 7 * i) % ROWS);
      const data = new Float32Array(80 * COLUMNS);
      rows.forEach((row, i) => {
        data.set(X.data.subarray(row * COLUMNS, (row + 1) * COLUMNS), i * COLUMNS);
      });
      const copy = { X: { rows: 80, columns: COLUMNS, data }, y: Int32Array.from(rows, (row) => y[row]) };
      expect(named.wrong({ X, y, rows })).toBe(copied.wrong(copy));
      expect(named.partialFit({ X, y, rows })).toBe(copied.partialFit(copy));
    }
    expect(named.state()).toEqual(copied.state());
  });

  it("does not scale where the view does", () => {
    const { layer } = trained(perceptronRule, { scaled: false });
    expect([[...layer.mean], [...layer.scale]]).toEqual([
      [0, 0, 0, 0],
      [1, 1, 1, 1],
    ]);
  });

  it("refuses a missing value by its column", () => {
    const rows = part(made(2), 0, 2);
    rows.X.data[5] = Number.NaN;
    expect(() => session(perceptronRule).partialFit(rows)).toThrow(
      /column "b" holds a missing or infinite value.*view: scaled/,
    );
  });
});
