import { z } from "zod";
import { DataError } from "../../base/errors.js";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type {
  Classifier,
  FitContext,
  FittedClassifier,
  Groups,
  Matrix,
  ModelDefinition,
  Rows,
} from "../contract.js";
import { definition as logistic } from "../linear/logistic.js";
import { groupedFolds } from "./groupedFolds.js";
import { createMember, type MemberParams, memberParams } from "./members.js";
import { fitMembers } from "./voting.js";

interface StackingParams {
  readonly models: readonly MemberParams[];
  readonly folds: number;
  readonly groups?: readonly string[];
  readonly final: z.infer<typeof logistic.params>;
}

/**
 * Stacking: a logistic regression on what several classifiers say of rows that they were not fitted on.
 * @param models the classifiers that it may be made of
 */
export function stacking(models: readonly ModelDefinition[]): ModelDefinition<StackingParams> {
  const params = z.strictObject({
    models: memberParams(models, false),
    folds: z
      .int()
      .min(2)
      .max(20)
      .default(5)
      .describe(
        "parts of the training rows, each with its share of every class and predicted by models fitted on the others",
      ),
    groups: z
      .array(z.string())
      .optional()
      .describe(
        "columns whose groups stay in one of these parts; default: those of the split; without any, or with fewer groups " +
          "than parts: rows of equal content together",
      ),
    final: (logistic.params as unknown as z.ZodObject)
      .prefault({})
      .describe("the logistic regression on the models' probabilities: its own parameters"),
  });
  return {
    type: "stacking",
    kind: "classifier",
    family: "ensemble",
    title: "Stacking with a final logistic regression",
    source:
      "Wolpert 1992, Stacked generalization, Neural Networks, doi:10.1016/S0893-6080(05)80023-1; probabilities as inputs: " +
      "Ting and Witten 1999, Issues in stacked generalization, JAIR, doi:10.1613/jair.594",
    limits:
      "all its models share one view: with the raw one only models that take categories and missing values. Parts never go " +
      "by time: in a split by time the final model has seen its models predict the past from the future. Models that stop early do so on the validation rows in every fold. Fits each model folds + 1 times.",
    view: "scaled",
    params: params as unknown as z.ZodType<StackingParams>,
    create: ({ models: entries, folds, groups, final }): Classifier => {
      const estimators = entries.map((entry) => createMember(models, entry) as Classifier);
      const last = logistic.create(final) as Classifier;
      return {
        kind: "classifier",
        async fit(train, context) {
          const out = await outOfFold(estimators, { folds, groups }, train, context);
          const { X, features } = inputsOf(out, train.classes, entries);
          const fitted = await last.fit(
            { X, features, y: train.y, classes: train.classes },
            { rng: context.rng.fork("final"), workers: context.workers, log: context.log },
          );
          return stacked(await fitMembers(estimators, train, context), fitted, entries, folds);
        },
      };
    },
  };
}

/**
 * What each model says of every training row, fitted on the other folds.
 * @returns n × k of each model
 * @throws DataError when a class has one row only: the fold that it is in would be predicted without it
 */
async function outOfFold(
  estimators: readonly Classifier[],
  { folds, groups = [] }: Pick<StackingParams, "folds" | "groups">,
  train: Rows,
  context: FitContext,
): Promise<Matrix[]> {
  const { X, y, classes } = train;
  classes.forEach((name, c) => {
    const count = y.reduce((sum, each) => sum + (each === c ? 1 : 0), 0);
    if (count < 2) {
      throw new DataError(
        `stacking: class "${name}" has ${count} training rows, at least 2 are needed to predict each by models fitted on ` +
          "others. Choose another split or target, or the voting model.",
      );
    }
  });
  const fold = groupedFolds(train, folds, groups, context);
  const out = estimators.map(() => new Float32Array(X.rows * classes.length));
  for (let f = 0; f < folds; f++) {
    const held = Int32Array.from(fold.keys()).filter((row) => fold[row] === f);
    if (held.length === 0) continue;
    const rest = rowsAt(
      train,
      Int32Array.from(fold.keys()).filter((row) => fold[row] !== f),
    );
    const scored = rowsAt(train, held).X;
    for (const [m, estimator] of estimators.entries()) {
      const rng = context.rng.fork("fold").fork(f).fork(m);
      const { data } = (await estimator.fit(rest, { ...context, rng })).predictProba(scored);
      held.forEach((row, i) => {
        out[m].set(data.subarray(i * classes.length, (i + 1) * classes.length), row * classes.length);
      });
    }
  }
  return out.map((data) => ({ rows: X.rows, columns: classes.length, data }));
}

function rowsAt({ X, y, groups, ...rest }: Rows, rows: Int32Array): Rows {
  const data = new Float32Array(rows.length * X.columns);
  rows.forEach((row, i) => {
    data.set(X.data.subarray(row * X.columns, (row + 1) * X.columns), i * X.columns);
  });
  const pick = (codes: Int32Array): Int32Array => Int32Array.from(rows, (row) => codes[row]);
  const picked: Record<string, Groups> = {};
  for (const [name, { names, codes }] of Object.entries(groups ?? {}))
    picked[name] = { names, codes: pick(codes) };
  return {
    ...rest,
    X: { rows: rows.length, columns: X.columns, data },
    y: pick(y),
    ...(groups === undefined ? {} : { groups: picked }),
  };
}

/** Of two classes the second one's probability says all; of more, all of them. */
const firstUsed = (classes: number): number => (classes === 2 ? 1 : 0);

/** What the final model sees: the models' probabilities side by side. */
function inputsOf(
  outputs: readonly Matrix[],
  classes: readonly string[],
  entries: readonly MemberParams[],
): Pick<Rows, "X" | "features"> {
  const k = classes.length;
  const first = firstUsed(k);
  const width = (k - first) * outputs.length;
  const { rows } = outputs[0];
  const data = new Float32Array(rows * width);
  outputs.forEach((output, m) => {
    for (let i = 0; i < rows; i++)
      data.set(output.data.subarray(i * k + first, (i + 1) * k), i * width + m * (k - first));
  });
  const features = entries.flatMap(({ type }, m) =>
    classes.slice(first).map((name) => ({ name: `${m + 1} ${type}: ${name}`, kind: "number" as const })),
  );
  return { X: { rows, columns: width, data }, features };
}

function stacked(
  members: readonly FittedClassifier[],
  last: FittedClassifier,
  entries: readonly MemberParams[],
  folds: number,
): FittedClassifier {
  const { classes } = last;
  const first = firstUsed(classes.length);
  return {
    kind: "classifier",
    classes,
    summary: { models: members.length, types: entries.map(({ type }) => type).join(", "), folds },
    predictProba: (X) =>
      last.predictProba(
        inputsOf(
          members.map((member) => member.predictProba(X)),
          classes,
          entries,
        ).X,
      ),
    emit(onnx: OnnxBuilder, input: Value): Value {
      const used = Array.from({ length: classes.length - first }, (_, c) => first + c);
      const inputs = members.map((member) => {
        const own = member.emit(onnx, input);
        if (first === 0) return own;
        return onnx.node("Gather", [own, onnx.tensor("int64", [used.length], used)], { axis: { int: 1 } });
      });
      return last.emit(onnx, onnx.node("Concat", inputs, { axis: { int: 1 } }));
    },
  };
}
