import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { fitCalibration } from "#lib/eval/calibration/calibration.js";
import { type Calibrator, calibrate, fitCalibrator, keepsOrder } from "#lib/eval/calibration/calibrator.js";
import { emitCalibrator } from "#lib/eval/calibration/emitCalibrator.js";
import { fitIsotonic, slopesOf, stepsAt } from "#lib/eval/calibration/isotonic.js";
import { logitOf, sigmoid } from "#lib/eval/calibration/logits.js";
import { fitPlatt } from "#lib/eval/calibration/platt.js";
import { fitTemperature, TEMPERATURES } from "#lib/eval/calibration/temperature.js";
import { OnnxBuilder } from "#lib/onnx/builder.js";
import { OnnxSession } from "#lib/onnx/session.js";
import type { Matrix } from "#lib/table/matrix.js";

/** Rows whose true log odds are `odds` times what the model says. */
function overconfident(n: number, k: number, odds: number, seed = 1): { P: Matrix; truth: Int32Array } {
  const rng = Rng.root(seed).fork("calibration");
  const data = new Float32Array(n * k);
  const truth = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const logits = Array.from({ length: k }, () => 6 * rng.uniform() - 3);
    const softmax = (scale: number): number[] => {
      const weights = logits.map((logit) => Math.exp(scale * logit));
      const sum = weights.reduce((a, b) => a + b, 0);
      return weights.map((w) => w / sum);
    };
    data.set(softmax(1), i * k);
    let left = rng.uniform();
    const shares = softmax(odds);
    while (truth[i] < k - 1 && left >= shares[truth[i]]) left -= shares[truth[i]++];
  }
  return { P: { rows: n, columns: k, data }, truth };
}

const classesOf = (k: number): string[] =>
  Array.from({ length: k }, (_, c) => (c === 0 ? "benign" : `a${c}`));

describe("Platt", () => {
  it("finds the line that the rows were drawn from", () => {
    const { P, truth } = overconfident(20000, 2, 0.5);
    const logits = Float64Array.from(truth, (_, i) => logitOf(P.data[2 * i]));
    const line = fitPlatt(
      logits,
      Uint8Array.from(truth, (y) => (y === 0 ? 1 : 0)),
    );
    expect(line.slope).toBeCloseTo(0.5, 1);
    expect(line.intercept).toBeCloseTo(0, 1);
  });

  it("stays finite where a line parts the rows, and for a constant gives the smoothed share", () => {
    const parted = fitPlatt(Float64Array.of(-5, -4, 4, 5), Uint8Array.of(0, 0, 1, 1));
    // Both targets lie within the smoothed 3/4 and 1/4.
    expect(sigmoid(parted.slope * 5 + parted.intercept)).toBeLessThan(0.8);
    const constant = fitPlatt(Float64Array.of(2, 2, 2, 2), Uint8Array.of(0, 0, 0, 1));
    expect(constant.slope).toBe(1);
    // (2/3 + 3 · 1/5) / 4
    expect(sigmoid(2 + constant.intercept)).toBeCloseTo((2 / 3 + 3 / 5) / 4, 12);
  });
});

describe("temperature", () => {
  it("finds how much too sure a model is", () => {
    const { P, truth } = overconfident(20000, 4, 0.5);
    const logits = Float64Array.from(P.data, (p) => Math.log(p));
    expect(fitTemperature(logits, truth, 4)).toBeCloseTo(2, 1);
  });

  it("ends at its bounds for a model that is right on every row, or on none", () => {
    const logits = Float64Array.of(1, 0, 0, 1);
    expect(fitTemperature(logits, [0, 1], 2)).toBe(TEMPERATURES.least);
    expect(fitTemperature(logits, [1, 0], 2)).toBe(TEMPERATURES.most);
  });
});

describe("isotonic", () => {
  it("pools what falls, and is linear between", () => {
    const steps = fitIsotonic(Float64Array.of(1, 2, 3, 4, 4, 6), Uint8Array.of(0, 1, 0, 1, 0, 1));
    expect(steps).toEqual({ x: [1, 2, 4, 6], y: [0, 0.5, 0.5, 1] });
    const at = (score: number): number => stepsAt(steps, slopesOf(steps), score);
    expect([0, 1, 1.5, 3, 5, 6, 9].map(at)).toEqual([0, 0, 0.25, 0.5, 0.75, 1, 1]);
  });
});

describe("a calibrator in ONNX", () => {
  const run = async (calibrator: Calibrator, P: Matrix): Promise<Float32Array> => {
    const onnx = new OnnxBuilder();
    const k = calibrator.classes.length;
    const out = emitCalibrator(onnx, onnx.input("P", "float", ["n", k]), calibrator);
    onnx.output("probabilities", out, "float", ["n", k]);
    const session = await OnnxSession.fromBytes(onnx.finish(), 1);
    const { data } = await session.run(P.data, P.rows, k);
    await session.release();
    return data;
  };

  it.each(
    (["platt", "isotonic", "temperature"] as const).flatMap((method) =>
      [2, 4].map((k): [Calibrator["method"], number] => [method, k]),
    ),
  )("%s of %i classes says what the library says, and sums to 1", async (method, k) => {
    const { P, truth } = overconfident(700, k, 0.6);
    // Shares that a forest gives: exactly 0 and 1.
    P.data.set([1, ...Array(k - 1).fill(0), ...Array(k - 1).fill(0), 1]);
    const calibrator = fitCalibrator(method, P, truth, classesOf(k));
    const ours = calibrate(calibrator, P);
    const theirs = await run(calibrator, P);
    let worst = 0;
    ours.forEach((value, i) => {
      worst = Math.max(worst, Math.abs(value - theirs[i]));
    });
    expect(worst).toBeLessThan(1e-6);
    for (let i = 0; i < P.rows; i++) {
      const sum = theirs.subarray(i * k, (i + 1) * k).reduce((a, b) => a + b, 0);
      expect(Math.abs(sum - 1)).toBeLessThan(1e-6);
    }
  });

  it("never turns the order of rows round where there are two classes", async () => {
    const { P, truth } = overconfident(2000, 2, 0.6);
    for (const method of ["platt", "isotonic", "temperature"] as const) {
      const calibrator = fitCalibrator(method, P, truth, classesOf(2));
      const out = await run(calibrator, P);
      const order = Array.from({ length: 2000 }, (_, i) => i).sort((a, b) => P.data[2 * a] - P.data[2 * b]);
      expect(order.every((row, i) => i === 0 || out[2 * row] >= out[2 * order[i - 1]])).toBe(true);
    }
  });

  it("works with a single point", async () => {
    const P = { rows: 3, columns: 2, data: Float32Array.of(0.3, 0.7, 0.3, 0.7, 0.3, 0.7) };
    const calibrator = fitCalibrator("isotonic", P, Int32Array.of(0, 1, 1), classesOf(2));
    expect(Array.from(await run(calibrator, P))).toEqual(
      Array.from(Float32Array.of(1 / 3, 2 / 3, 1 / 3, 2 / 3, 1 / 3, 2 / 3)),
    );
  });
});

describe("what is fitted on validation", () => {
  const fit = (method: Calibrator["method"], n = 3000, k = 2) => {
    const { P, truth } = overconfident(n, k, 0.4);
    return fitCalibration(method, P, truth, classesOf(k), Rng.root(42));
  };

  it.each(["platt", "isotonic", "temperature"] as const)(
    "%s makes the probabilities better out of fold",
    (method) => {
      for (const k of [2, 3]) {
        const { info } = fit(method, 3000, k);
        if (info.method === "none" || info.out_of_fold === null) throw new Error("not cross-fitted");
        expect(info.rows).toBe(3000);
        expect(info.out_of_fold.folds).toBe(5);
        expect(info.out_of_fold.after.log_loss).toBeLessThan(info.out_of_fold.before.log_loss);
        expect(info.out_of_fold.after.ece).toBeLessThan(info.out_of_fold.before.ece);
      }
    },
  );

  it("gives out-of-fold scores where the order of rows was fitted, too", () => {
    expect(fit("platt").outOfFold).toBeNull();
    expect(fit("temperature").outOfFold).toBeNull();
    expect(fit("isotonic").outOfFold).toHaveLength(3000);
    expect(fit("platt", 900, 3).outOfFold).toHaveLength(900);
    expect(keepsOrder({ method: "temperature", classes: classesOf(3) })).toBe(false);
  });

  it("counts rows of a class that training lacks as attacks", () => {
    const { P, truth } = overconfident(1000, 2, 0.4);
    const unknown = truth.map((y, i) => (y === 1 && i % 2 === 0 ? -1 : y));
    for (const method of ["platt", "isotonic", "temperature"] as const) {
      const whole = fitCalibrator(method, P, truth, classesOf(2));
      expect(fitCalibrator(method, P, unknown, classesOf(2))).toEqual(whole);
    }
  });

  it("leaves a class without validation rows as it is, and says so", () => {
    const { P, truth } = overconfident(600, 3, 0.4);
    const without = truth.map((y) => (y === 2 ? 1 : y));
    for (const method of ["platt", "isotonic"] as const) {
      const { maps } = fitCalibrator(method, P, without, classesOf(3));
      expect(maps[2]).toEqual({ unchanged: "the validation part has no rows of it" });
      expect(maps[1]).not.toHaveProperty("unchanged");
    }
  });

  it("refuses a part of one kind, and a model that is the wrong way round", () => {
    const { P, truth } = overconfident(200, 2, 0.4);
    const of = (y: Int32Array) => () => fitCalibration("platt", P, y, classesOf(2), Rng.root(42));
    expect(of(truth.map(() => 0))).toThrow(/calibration platt needs attack rows/);
    expect(of(truth.map(() => 1))).toThrow(/calibration platt needs benign rows/);
    expect(of(truth.map((y) => 1 - y))).toThrow(/attacks do not get higher scores/);
  });
});
