import { describe, expect, it } from "vitest";
import { ParamsError } from "#lib/base/errors.js";
import type { FittedClassifier, FittedDetector } from "#lib/models/contract.js";
import { scoreOf } from "#lib/models/search/score.js";

const X = { rows: 4, columns: 1, data: Float32Array.of(0, 0, 0, 0) };
const classifier = (k: number, probabilities: number[], margin?: true): FittedClassifier => ({
  kind: "classifier",
  classes: [],
  predictProba: () => ({ rows: 4, columns: k, data: Float32Array.from(probabilities) }),
  emit: () => "",
  summary: {},
  ...(margin ? { margin } : {}),
});
const detector = (scores: number[]): FittedDetector => ({
  kind: "detector",
  score: () => Float64Array.from(scores),
  emit: () => "",
  summary: {},
});
const y = Int32Array.of(0, 1, 0, 1);

describe("scoreOf", () => {
  const model = classifier(2, [0.75, 0.25, 0.5, 0.5, 0.25, 0.75, 0.25, 0.75]);
  it("ranks attacks against benign rows", () => {
    expect(scoreOf("roc_auc", model, X, y)).toBe(0.625); // pairs: 1 + 0 + 1 + ½ of 4
    expect(scoreOf("average_precision", model, X, y)).toBeCloseTo((0.5 + 2 / 3) / 2, 12);
    expect(scoreOf("roc_auc", detector([1, 2, 3, 4]), X, y)).toBe(0.75);
  });
  it("is the log of the truth's probability", () => {
    const losses = [0.75, 0.5, 0.25, 0.75].map((p) => -Math.log(p));
    expect(scoreOf("log_loss", model, X, y)).toBeCloseTo(losses.reduce((a, b) => a + b) / 4, 6);
    expect(() => scoreOf("log_loss", classifier(2, [1, 0, 1, 0, 1, 0, 1, 0], true), X, y)).toThrow(
      ParamsError,
    );
  });
  it("counts a class that training lacks as one that is never found", () => {
    const many = classifier(3, [1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1]);
    expect(scoreOf("macro_f1", many, X, Int32Array.of(0, 1, 0, 2))).toBe(1);
    expect(scoreOf("macro_f1", many, X, Int32Array.of(0, 1, 0, -1))).toBe((1 + 1 + 0 + 0) / 4);
  });
  it("is undefined for rows of one kind, and for scores that are no numbers", () => {
    expect(scoreOf("roc_auc", model, X, Int32Array.of(0, 0, 0, 0))).toBeNull();
    expect(scoreOf("roc_auc", detector([1, Number.NaN, 3, 4]), X, y)).toBeNull();
  });
});
