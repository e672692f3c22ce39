import { beforeAll, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import type { Classifier, FittedClassifier, ModelDefinition, Rows } from "#lib/models/contract.js";
import { definition as linearSvm } from "#lib/models/linear/linearSvm.js";
import { type FittedLogistic, definition as logistic } from "#lib/models/linear/logistic.js";
import type { FittedLinear } from "#lib/models/online/fittedLinear.js";
import { fitContext, largestDifference } from "../../checks/estimator.js";
import { describeBesidePython, runPython } from "../../python.js";

const COLUMNS = 7;

/**
 * Columns that depend on one another (fully, where an L2 penalty makes the solution unique all the same), one that says
 * nothing, and labels with noise.
 */
function made({ classes, l2 }: Case): Rows {
  const rng = Rng.root(3).fork("linear");
  const rows = 180;
  /** Nearly normal: the sum of twelve. */
  const normal = (): number =>
    Array.from({ length: 12 }, () => rng.uniform()).reduce((sum, u) => sum + u, -6);
  const data = new Float32Array(rows * COLUMNS);
  const y = Int32Array.from({ length: rows }, (_, i) => {
    const [a, b, c] = [normal(), normal(), normal()];
    const flag = rng.uniform() < 0.2 ? 1 : 0;
    data.set(
      [
        a,
        a + 0.5 * (l2 > 0 ? b : normal()),
        b - 1,
        flag,
        l2 > 0 ? 1 - flag : b * c,
        c,
        0.1 * normal() + a * flag,
      ],
      i * COLUMNS,
    );
    const signal = a - 0.8 * b + 1.5 * flag + 1.2 * normal();
    return classes === 2 ? Number(signal > 0.5) : signal > 1 ? 2 : signal > -0.3 ? 1 : 0;
  });
  return {
    X: { rows, columns: COLUMNS, data },
    features: Array.from({ length: COLUMNS }, (_, j) => ({ name: `x${j}`, kind: "number" as const })),
    y,
    classes: ["benign", "dos", "scan"].slice(0, classes),
  };
}

interface Case {
  readonly model: "logistic" | "svm" | "calibrated";
  readonly classes: 2 | 3;
  readonly l1: number;
  readonly l2: number;
  readonly class_weight?: "balanced";
}
const cases: readonly Case[] = [
  { model: "logistic", classes: 2, l1: 0, l2: 1 },
  { model: "logistic", classes: 2, l1: 2, l2: 0 },
  { model: "logistic", classes: 2, l1: 3, l2: 2, class_weight: "balanced" },
  { model: "logistic", classes: 2, l1: 0, l2: 0 },
  { model: "logistic", classes: 3, l1: 2, l2: 0 },
  { model: "logistic", classes: 3, l1: 1, l2: 3, class_weight: "balanced" },
  { model: "logistic", classes: 3, l1: 0, l2: 0 },
  { model: "svm", classes: 2, l1: 0, l2: 1 },
  { model: "svm", classes: 2, l1: 0, l2: 5, class_weight: "balanced" },
  { model: "svm", classes: 3, l1: 0, l2: 1 },
  { model: "calibrated", classes: 2, l1: 0, l2: 1, class_weight: "balanced" },
  { model: "calibrated", classes: 3, l1: 0, l2: 1 },
];
const nameOf = ({ model, classes, l1, l2, class_weight }: Case): string =>
  `${model}, ${classes} classes, l1 ${l1}, l2 ${l2}, ${class_weight ?? "unweighted"}`;

interface Golden {
  readonly coef?: number[][];
  readonly intercept?: number[];
  readonly p?: number[][];
}

function fit(definition: ModelDefinition, params: object, rows: Rows): Promise<FittedClassifier> {
  const parsed = definition.params.parse({ ...params, tolerance: 1e-11 });
  return (definition.create(parsed) as Classifier).fit(rows, fitContext());
}

describeBesidePython("the linear shelf beside scikit-learn, converged", () => {
  const golden = new Map<string, Golden>();

  beforeAll(() => {
    const asked = cases.map((each) => {
      const { X, y } = made(each);
      const row = (i: number): number[] => [...X.data.subarray(i * COLUMNS, (i + 1) * COLUMNS)];
      return { ...each, X: Array.from(y, (_, i) => row(i)), y: [...y] };
    });
    const answers = runPython<Golden[]>("tests/models/linear/linear.py", asked);
    cases.forEach((each, i) => {
      golden.set(nameOf(each), answers[i]);
    });
  }, 120_000);

  it.each(cases.map((each) => [nameOf(each), each] as const))("%s", async (name, each) => {
    const rows = made(each);
    const { coef = [], intercept = [], p = [] } = golden.get(name)!;
    const { class_weight, l1, l2, model } = each;
    const weighted = class_weight === undefined ? {} : { class_weight };
    if (model === "logistic") {
      const found = (await fit(logistic, { l1, l2, ...weighted }, rows)) as FittedLogistic;
      expect(found.summary.converged).toBe(true);
      const k = rows.classes.length;
      const own = (k === 2 ? [1] : [0, 1, 2]).map((c) =>
        Array.from({ length: COLUMNS }, (_, j) => found.weights[j * k + c]),
      );
      expect(largestDifference(own.flat(), coef.flat())).toBeLessThan(1e-6);
      expect(largestDifference([...found.intercepts].slice(k === 2 ? 1 : 0), intercept)).toBeLessThan(1e-6);
      expect(largestDifference(found.predictProba(rows.X).data, p.flat())).toBeLessThan(1e-6);
      return;
    }
    if (model === "svm") {
      const { layer, summary } = (await fit(linearSvm, { l2, ...weighted }, rows)) as FittedLinear;
      expect(summary.converged).toBe(true);
      expect(
        largestDifference(
          layer.weights.flatMap((each) => [...each]),
          coef.flat(),
        ),
      ).toBeLessThan(1e-6);
      expect(largestDifference(layer.intercepts, intercept)).toBeLessThan(1e-6);
      return;
    }
    const found = await fit(linearSvm, { l2, calibration: "sigmoid", ...weighted }, rows);
    expect(found.margin).toBeUndefined();
    expect(largestDifference(found.predictProba(rows.X).data, p.flat())).toBeLessThan(1e-6);
  });
});
