import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { fitMixture, likeliestComponents, logDensities, responsibilities } from "#lib/numeric/mixture.js";
import { describeBesidePython, runPython } from "../python.js";

interface Golden {
  readonly log_densities: number[];
  readonly responsibilities: number[][];
  readonly labels: number[];
  readonly means: number[][];
  readonly weights: number[];
  readonly iterations: number;
}

describeBesidePython("the Gaussian mixture beside scikit-learn's", () => {
  // Two dense columns, one mostly zero, one 0/1, in three groups.
  const rng = Rng.root(5);
  const rows = 600;
  const columns = 4;
  const data = new Float64Array(rows * columns);
  const start = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const group = rng.integer(3);
    const spread = (): number => rng.uniform() + rng.uniform() + rng.uniform() - 1.5;
    data.set(
      [
        group * 2 + spread(),
        spread() * (1 + group),
        rng.uniform() < 0.2 ? 5 * rng.uniform() : 0,
        Number(group === 1 || rng.uniform() < 0.1),
      ],
      i * columns,
    );
    start[i] = rng.uniform() < 0.8 ? group : rng.integer(3);
  }
  const X = { rows, columns, data };

  for (const covariance of ["diag", "full"] as const) {
    it(`${covariance}: the same start gives the same mixture, to 1e-6`, () => {
      const fitted = fitMixture(X, start, {
        components: 3,
        covariance,
        ridge: 1e-3,
        tolerance: 1e-3,
        maxIterations: 100,
      });
      const golden = runPython<Golden>("tests/numeric/sklearnMixture.py", {
        rows: Array.from({ length: rows }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)]),
        start: [...start],
        components: 3,
        covariance,
      });
      const near = (ours: ArrayLike<number>, theirs: readonly number[]): void => {
        expect(ours.length).toBe(theirs.length);
        theirs.forEach((value, i) => {
          expect(ours[i]).toBeCloseTo(value, 6);
        });
      };
      expect(fitted.iterations).toBe(golden.iterations);
      near(fitted.weights, golden.weights);
      near(fitted.means, golden.means.flat());
      near(logDensities(fitted, X), golden.log_densities);
      near(responsibilities(fitted, X), golden.responsibilities.flat());
      expect([...likeliestComponents(fitted, X)]).toEqual(golden.labels);
    });
  }
});
