import { z } from "zod";
import type { LabelledNumbers } from "../../engines/boosting/booster.js";
import type { FittedClassifier, Matrix, Rows } from "../contract.js";
import { emitBothClasses, emitEnsemble } from "../trees/emitEnsemble.js";
import { type Ensemble, sumLeaves } from "../trees/ensemble.js";
import { checkWidth } from "../width.js";
import { probabilities } from "./gradients.js";

/** Parameters that the boosting engines have in common, under the kit's names. */
export const engineParams = {
  trees: z
    .int()
    .min(1)
    .max(10000)
    .default(200)
    .describe("rounds; with k > 2 classes each round grows k trees"),
  learning_rate: z.number().gt(0).lte(1).default(0.1).describe("share of each step that is taken"),
  early_stopping: z
    .int()
    .min(1)
    .nullable()
    .default(20)
    .describe("stop after so many rounds without a lower validation loss and keep the best; null: never"),
};

export const shareParam = z.number().gt(0).lte(1).default(1);

/** A fitted ensemble of an engine's trees, which needs the engine no more. */
export function fittedTrees(
  model: string,
  ensemble: Ensemble,
  classes: readonly string[],
  columns: number,
  summary: FittedClassifier["summary"],
  history: readonly Readonly<Record<string, number>>[],
): FittedClassifier {
  const k = classes.length;
  return {
    kind: "classifier",
    classes,
    predictProba(X: Matrix): Matrix {
      checkWidth(X, columns, model);
      const margins = sumLeaves(ensemble, X.data, columns);
      const data = new Float32Array(X.rows * k);
      const p = new Float64Array(k);
      for (let i = 0; i < X.rows; i++) {
        probabilities(margins, i, ensemble.targets, p);
        data.set(p, i * k);
      }
      return { rows: X.rows, columns: k, data };
    },
    emit(onnx, input) {
      const margins = emitEnsemble(onnx, input, ensemble, (column) => column);
      if (k > 2) return onnx.node("Softmax", [margins], { axis: { int: 1 } });
      return emitBothClasses(onnx, onnx.node("Sigmoid", [margins]));
    },
    summary: {
      trees: ensemble.trees.length,
      nodes: ensemble.trees.reduce((sum, tree) => sum + tree.feature.length, 0),
      ...summary,
    },
    history,
  };
}

/** Rows as an engine takes them. @param weights one a class; undefined: all weigh the same */
export function labelledNumbers({ X, y }: Rows, weights: Float64Array | undefined): LabelledNumbers {
  return {
    ...X,
    labels: Float32Array.from(y),
    ...(weights === undefined ? {} : { weights: Float32Array.from(y, (c) => weights[c]) }),
  };
}
