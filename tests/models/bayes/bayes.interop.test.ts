import { expect, it } from "vitest";
import { definition as bernoulliNb } from "#lib/models/bayes/bernoulliNb.js";
import { definition as gaussianNb } from "#lib/models/bayes/gaussianNb.js";
import type { Classifier, Matrix, ModelDefinition } from "#lib/models/contract.js";
import { fitContext, largestDifference, madeRows } from "../../checks/estimator.js";
import { describeBesidePython, runPython } from "../../python.js";

const cases: [ModelDefinition, number, Record<string, number>, boolean][] = [
  [gaussianNb, 2, {}, false],
  [gaussianNb, 2, { var_smoothing: 1e-2 }, true],
  [gaussianNb, 3, { var_smoothing: 1e-5 }, false],
  [bernoulliNb, 2, { binarize: 0.5 }, false],
  [bernoulliNb, 3, { binarize: 0.3, alpha: 0.5 }, true],
];
const listed = ({ rows, columns, data }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)]);

describeBesidePython("naive Bayes beside scikit-learn", () => {
  it("gives the same probabilities to 1e-6", async () => {
    const made = (classes: number, seed: number) => madeRows({ rows: 400, classes, category: false, seed });
    const answers = runPython<number[][][]>(
      "tests/models/bayes/bayes.py",
      cases.map(([{ type }, classes, params, balanced]) => {
        const { X, y } = made(classes, 1);
        const scored = listed(made(classes, 2).X);
        return { model: type, params, balanced, X: listed(X), y: [...y], scored };
      }),
    );
    for (const [i, [definition, classes, params, balanced]] of cases.entries()) {
      const parsed = definition.params.parse({
        score: "probability",
        ...params,
        ...(balanced ? { class_weight: "balanced" } : {}),
      });
      const model = await (definition.create(parsed) as Classifier).fit(made(classes, 1), fitContext());
      const { data } = model.predictProba(made(classes, 2).X);
      expect(largestDifference(data, answers[i].flat())).toBeLessThan(1e-6);
    }
  }, 120_000);
});
