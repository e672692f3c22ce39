import { z } from "zod";
import { Graph } from "../../nn/graph.js";
import { dense } from "../../nn/layers/dense.js";
import { continueFromParam } from "../continueFrom.js";
import type { Classifier, FitContext, FittedClassifier, ModelDefinition, Rows } from "../contract.js";
import { classifierParams, fitClassifierNetwork, type Told } from "./classifierNetwork.js";
import { type NetworkColumns, networkColumns, networkRows, rowInput } from "./columns.js";
import { activationParam, dropoutParam, hiddenLayers, rowVector } from "./layers.js";
import { hiddenParam } from "./networkParams.js";
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
  ...classifierParams,
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
  streams: true,
  anyColumn: true,
  params,
  create: (chosen): Classifier => ({
    kind: "classifier",
    fit: (train, context) => fitMlp(chosen, train, context),
  }),
};

async function fitMlp(chosen: MlpParams, train: Rows, context: FitContext): Promise<FittedClassifier> {
  const columns = networkColumns(train);
  const toldOf = (graph: Graph, classes: number): Told => told(graph, columns, chosen, classes);
  const { fitted, values, graph } = await fitClassifierNetwork(
    {
      model: "mlp",
      input: rowInput(columns),
      rows: (X) => networkRows(columns, X),
      told: toldOf,
      ...(context.state === undefined
        ? {}
        : {
            initial: valuesOfState(
              "mlp",
              context.state,
              toldOf(new Graph(false), train.classes.length).logits.graph,
              columns,
            ),
          }),
    },
    chosen,
    train,
    context,
  );
  return { ...fitted, state: networkState(graph, columns, values) };
}

function told(graph: Graph, columns: NetworkColumns, chosen: MlpParams, classes: number): Told {
  const x = rowVector(graph, columns, chosen.embedding);
  const vector = hiddenLayers("hidden", x, chosen.hidden, chosen);
  return { logits: dense("output", vector, classes), vector };
}
