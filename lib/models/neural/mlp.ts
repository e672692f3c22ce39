import { z } from "zod";
import { macroF1 } from "../../eval/confusion.js";
import { Graph, type Tensor } from "../../nn/graph.js";
import { dense } from "../../nn/layers/dense.js";
import { crossEntropy } from "../../nn/losses.js";
import { softmax } from "../../nn/ops/softmax.js";
import type { NetworkOutputs } from "../../nn/training/network.js";
import { trainNetwork } from "../../nn/training/train.js";
import { classWeightParam, classWeights } from "../classWeights.js";
import { continueFromParam } from "../continueFrom.js";
import type { Classifier, FitContext, FittedClassifier, ModelDefinition, Rows } from "../contract.js";
import { confusion } from "../search/score.js";
import { checkClasses, classCounts } from "../trees/rows.js";
import { type NetworkColumns, networkColumns, networkRows } from "./columns.js";
import { activationParam, dropoutParam, hiddenLayers, rowVector, weightInput } from "./layers.js";
import { hiddenParam, networkParams, settingsOf } from "./networkParams.js";
import { rowBatches, TARGET } from "./rowBatches.js";
import { servedClassifier } from "./served.js";
import { networkState, valuesOfState } from "./state.js";

const params = z.strictObject({
  hidden: hiddenParam.default([256, 128]).describe("widths of the hidden layers"),
  activation: activationParam("relu"),
  dropout: dropoutParam,
  embedding: z
    .int()
    .min(1)
    .max(1024)
    .nullable()
    .default(null)
    .describe(
      "numbers that stand for a category where its view leaves one; null: 1.6 times its levels to the power .56",
    ),
  ...networkParams,
  class_weight: classWeightParam,
  label_smoothing: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe("share of the target that is spread over all classes"),
  focal_gamma: z
    .number()
    .min(0)
    .max(10)
    .default(0)
    .describe("above 0: focal loss, where rows that are told well count less"),
  continue_from: continueFromParam,
});
export type MlpParams = z.infer<typeof params>;

/** A perceptron of several layers. */
export const definition: ModelDefinition<MlpParams> = {
  type: "mlp",
  kind: "classifier",
  family: "neural",
  title: "Multi-layer perceptron",
  source:
    "Rumelhart, Hinton and Williams 1986, doi:10.1038/323533a0; categories as embeddings: Guo and Berkhahn 2016, " +
    "arXiv:1604.06737; trained by ONNX Runtime (lib/nn)",
  limits:
    "Needs scaled numbers. Confident where it saw nothing alike; without validation rows the last epoch is kept. The same " +
    "bytes come from the same kind of processor only.",
  view: "scaled",
  anyColumn: true,
  params,
  create: (chosen): Classifier => ({
    kind: "classifier",
    fit: (train, context) => fitMlp(chosen, train, context),
  }),
};

async function fitMlp(chosen: MlpParams, train: Rows, context: FitContext): Promise<FittedClassifier> {
  checkClasses(train, "mlp");
  const { classes } = train;
  const columns = networkColumns(train);
  const weights = classWeights(classCounts(train), chosen.class_weight);
  const batches = ({ X, y }: Rows) =>
    rowBatches(networkRows(columns, X), { classes: classes.length, y, weights });
  const { validation, rng, log, checkpoints } = context;
  const network = (graph: Graph): NetworkOutputs => {
    const output = logits(graph, columns, chosen, classes.length);
    const target = graph.input(TARGET, ["n", classes.length]);
    const { label_smoothing: smoothing, focal_gamma: gamma } = chosen;
    return { output, loss: crossEntropy(output, target, weightInput(graph), { smoothing, gamma }) };
  };
  const { values, history, summary } = await trainNetwork({
    ...{ model: "mlp", network, settings: settingsOf(chosen), rng, log },
    threads: context.workers,
    train: await batches(train),
    ...(validation === undefined
      ? {}
      : {
          validation: {
            source: await batches(validation),
            score: {
              name: "validation_macro_f1",
              of: (output: Float32Array) => macroF1(confusion(output, classes.length, validation.y)),
            },
          },
        }),
    ...(context.state === undefined
      ? {}
      : { initial: valuesOfState("mlp", context.state, network(new Graph(false)).output.graph, columns) }),
    ...(checkpoints === undefined ? {} : { checkpoints }),
  });
  const output = softmax(logits(new Graph(false), columns, chosen, classes.length));
  return {
    ...servedClassifier({ model: "mlp", columns, output, values }, classes),
    summary,
    history,
    state: networkState(output.graph, columns, values),
  };
}

/** [n, k]. */
function logits(graph: Graph, columns: NetworkColumns, chosen: MlpParams, classes: number): Tensor {
  const x = rowVector(graph, columns, chosen.embedding);
  return dense("output", hiddenLayers("hidden", x, chosen.hidden, chosen), classes);
}
