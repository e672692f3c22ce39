import { z } from "zod";
import { DataError } from "../base/errors.js";
import type { OnnxBuilder, Value } from "../onnx/builder.js";
import type { Classifier, FittedClassifier, ModelDefinition, Rows } from "./contract.js";
import { checkWidth } from "./width.js";

const params = z.strictObject({
  strategy: z
    .enum(["prior", "majority"])
    .default("prior")
    .describe(
      "prior: the share of each class; majority: 1 for the class with most rows (of equal ones the first), 0 for the others",
    ),
});
type MajorityParams = z.infer<typeof params>;

/** The share of each class among the training rows, whatever the row, or the largest class: what a model must beat. */
export const definition: ModelDefinition<MajorityParams> = {
  type: "majority",
  kind: "classifier",
  family: "baseline",
  title: "Class shares of the training rows, or the largest class",
  source:
    "the baseline of every comparison (scikit-learn: DummyClassifier, strategies prior and most_frequent)",
  limits: "looks at no feature: every row gets the same probabilities",
  view: "raw",
  params,
  create: (chosen): Classifier => ({ kind: "classifier", fit: async (train) => fitMajority(chosen, train) }),
};

function fitMajority({ strategy }: MajorityParams, { X: { columns }, y, classes }: Rows): FittedClassifier {
  if (y.length === 0) {
    throw new DataError("majority: the training part has no rows. Choose another split in params.yaml.");
  }
  const shares = new Float32Array(classes.length);
  classes.forEach((_, c) => {
    shares[c] = y.reduce((count, label) => count + (label === c ? 1 : 0), 0) / y.length;
  });
  const most = shares.indexOf(Math.max(...shares));
  if (strategy === "majority") shares.fill(0).fill(1, most, most + 1);
  const k = classes.length;
  return {
    kind: "classifier",
    classes,
    summary: { rows: y.length, most_frequent: classes[most] },
    predictProba(X) {
      checkWidth(X, columns, "majority");
      const data = new Float32Array(X.rows * k);
      for (let i = 0; i < X.rows; i++) data.set(shares, i * k);
      return { rows: X.rows, columns: k, data };
    },
    emit(onnx: OnnxBuilder, input: Value): Value {
      // Only the number of rows is taken from the input, so that missing values in it do no harm.
      const first = onnx.tensor("int64", [1], [0]);
      const rows = onnx.node("Slice", [
        onnx.node("Shape", [input]),
        first,
        onnx.tensor("int64", [1], [1]),
        first,
      ]);
      const shape = onnx.node("Concat", [rows, onnx.tensor("int64", [1], [k])], { axis: { int: 0 } });
      return onnx.node("Expand", [onnx.tensor("float", [1, k], shares), shape]);
    },
  };
}
