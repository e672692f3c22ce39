import { z } from "zod";
import { Graph, type Tensor } from "../../nn/graph.js";
import { dense } from "../../nn/layers/dense.js";
import { meanSquaredError } from "../../nn/losses.js";
import { gemm } from "../../nn/ops/products.js";
import type { Kept } from "../../nn/training/stepper.js";
import { continueFromParam } from "../continueFrom.js";
import type { Detector, FitContext, FittedDetector, ModelDefinition, Rows } from "../contract.js";
import { networkColumns, rowInput } from "./columns.js";
import { heldOut } from "./heldOut.js";
import {
  type Activation,
  activationParam,
  activations,
  dropoutParam,
  hiddenLayers,
  numbersInput,
  squaredError,
  weightInput,
} from "./layers.js";
import { embeddingOutputParam, heldOutParam, hiddenParam, networkParams } from "./networkParams.js";
import { TARGET } from "./rowBatches.js";
import { servedDetector } from "./served.js";
import { networkState, valuesOfState } from "./state.js";
import { trainOnBenign } from "./trainDetector.js";

const params = z.strictObject({
  hidden: hiddenParam
    .min(1)
    .default([64, 16])
    .describe("widths up to the code, the last of them; the way back has the same in reverse"),
  activation: activationParam("relu"),
  dropout: dropoutParam,
  swap_noise: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe(
      "above 0, denoising: share of the numbers of a row that another row's take the place of in training",
    ),
  pretrain: z
    .int()
    .min(0)
    .max(10_000)
    .default(0)
    .describe(
      "above 0, stacked: epochs in which each pair of layers learns to rebuild what reaches it, before all learn together",
    ),
  ...networkParams,
  validation: heldOutParam,
  embedding_output: embeddingOutputParam,
  continue_from: continueFromParam,
});
export type AutoencoderParams = z.infer<typeof params>;

/** Rows that an autoencoder of the benign ones cannot rebuild are anomalous. */
export const definition: ModelDefinition<AutoencoderParams> = {
  type: "autoencoder",
  kind: "detector",
  family: "neural",
  title: "Autoencoder",
  source:
    "Hinton and Salakhutdinov 2006, doi:10.1126/science.1127647; denoising and stacked: Vincent et al. 2010, JMLR 11; " +
    "mean squared error over all columns; trained by ONNX Runtime (lib/nn)",
  limits:
    "Led by the columns of the largest variance: the scaling decides much. Wide codes rebuild attacks, too. The same bytes " +
    "come from the same kind of processor only.",
  view: "scaled",
  streams: true,
  params,
  problems: ({ pretrain, continue_from }) =>
    pretrain > 0 && continue_from !== null
      ? [{ path: ["pretrain"], message: "a model that goes on (continue_from) has its weights: pretrain 0" }]
      : [],
  create: (chosen): Detector => ({
    kind: "detector",
    fit: (benign, context) => fitAutoencoder(chosen, benign, context),
  }),
};

async function fitAutoencoder(
  chosen: AutoencoderParams,
  benign: Rows,
  context: FitContext,
): Promise<FittedDetector> {
  const columns = networkColumns(benign);
  const width = benign.X.columns;
  const parts = heldOut(benign.X, chosen.validation, context.rng.fork("held-out"));
  const noise = chosen.swap_noise === 0 ? null : { share: chosen.swap_noise };
  const x = numbersInput(new Graph(false), width);
  const { code, output } = rebuilt(x, chosen);
  const initial =
    context.state !== undefined
      ? valuesOfState("autoencoder", context.state, x.graph, columns)
      : chosen.pretrain > 0
        ? await pretrained(chosen, parts, context)
        : undefined;
  const { values, history, summary } = await trainOnBenign(
    {
      ...{ model: "autoencoder", ...parts, params: chosen, noise },
      network(graph) {
        const rows = numbersInput(graph, width);
        const own = rebuilt(rows, chosen).output;
        const target = noise === null ? rows : graph.input(TARGET, ["n", width]);
        return { output: own, loss: meanSquaredError(own, target, weightInput(graph)) };
      },
      ...(initial === undefined ? {} : { initial }),
    },
    context,
  );
  const score = squaredError(output, x);
  const embedding = chosen.embedding_output ? { embedding: code } : {};
  return {
    ...servedDetector({
      model: "autoencoder",
      input: rowInput(columns),
      output: score,
      values,
      ...embedding,
    }),
    summary,
    history,
    state: networkState(x.graph, columns, values),
  };
}

/** [n, d] through the code and back. */
function rebuilt(x: Tensor, chosen: AutoencoderParams): { readonly code: Tensor; readonly output: Tensor } {
  const { hidden } = chosen;
  const code = hiddenLayers("encoder", x, hidden, chosen);
  const back = hiddenLayers("decoder", code, hidden.toReversed().slice(1), chosen);
  return { code, output: dense("output", back, x.shape[1] as number) };
}

/** First values of all layers: each pair of them has learned to rebuild what the pairs outside of it hand in. */
async function pretrained(
  chosen: AutoencoderParams,
  parts: ReturnType<typeof heldOut>,
  context: FitContext,
): Promise<Kept> {
  const { hidden, activation } = chosen;
  const found = new Map<string, Float32Array>();
  for (let layer = 0; layer < hidden.length; layer++) {
    const { values } = await trainOnBenign(
      {
        ...{ model: "autoencoder", ...parts, params: { ...chosen, epochs: chosen.pretrain } },
        network(graph) {
          const x = encoded(
            numbersInput(graph, parts.train.columns),
            hidden.slice(0, layer),
            activation,
            found,
          );
          const bend = activations[activation];
          const code = bend(dense(`encoder${layer}`, x, hidden[layer]));
          const outside = x.shape[1] as number;
          const output =
            layer === 0
              ? dense("output", code, outside)
              : bend(dense(`decoder${hidden.length - 1 - layer}`, code, outside));
          return { output, loss: meanSquaredError(output, x, weightInput(graph)) };
        },
      },
      { ...context, rng: context.rng.fork("pretrain").fork(layer) },
    );
    for (const [name, own] of values) found.set(name, own);
  }
  return found;
}

/** Through layers that do not learn any more. */
function encoded(x: Tensor, widths: readonly number[], activation: Activation, values: Kept): Tensor {
  return widths.reduce((h, width, i) => {
    const weight = h.graph.constant(values.get(`encoder${i}.weight`)!, [h.shape[1] as number, width]);
    return activations[activation](
      gemm(h, weight, h.graph.constant(values.get(`encoder${i}.bias`)!, [width])),
    );
  }, x);
}
