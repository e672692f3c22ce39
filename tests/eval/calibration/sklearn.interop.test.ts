import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { fitIsotonic, slopesOf, stepsAt } from "#lib/eval/calibration/isotonic.js";
import { fitPlatt } from "#lib/eval/calibration/platt.js";
import { describeBesidePython, runPython } from "../../python.js";

describeBesidePython("calibrators beside scikit-learn", () => {
  it("are the same functions", () => {
    const rng = Rng.root(42).fork("calibrators");
    const cases = [20, 300, 2000].flatMap((n) =>
      [7, 1000].map((levels) => {
        const scores = Array.from({ length: n }, () => (8 * rng.integer(levels)) / levels - 4);
        const truth = scores.map((score, i) =>
          i < 2 ? i : Number(rng.uniform() < 1 / (1 + Math.exp(1 - score))),
        );
        return { scores, truth, grid: Array.from({ length: 200 }, (_, i) => i / 20 - 5) };
      }),
    );
    const theirs = runPython<{ isotonic: number[]; sigmoid: [number, number] }[]>(
      "tests/eval/calibration/sklearnCalibration.py",
      cases,
    );
    cases.forEach(({ scores, truth, grid }, c) => {
      const positive = Uint8Array.from(truth);
      const steps = fitIsotonic(Float64Array.from(scores), positive);
      const slopes = slopesOf(steps);
      grid.forEach((score, i) => {
        expect(stepsAt(steps, slopes, score)).toBeCloseTo(theirs[c].isotonic[i], 12);
      });
      const { slope, intercept } = fitPlatt(Float64Array.from(scores), positive);
      // scikit-learn stops its search earlier (gtol 1e-6 of the mean gradient).
      expect(slope).toBeCloseTo(theirs[c].sigmoid[0], 3);
      expect(intercept).toBeCloseTo(theirs[c].sigmoid[1], 3);
    });
  });
});
