import { z } from "zod";
import { FormatError } from "../../base/errors.js";
import { Graph, type Tensor } from "../../nn/graph.js";
import { dense } from "../../nn/layers/dense.js";
import { hypersphere } from "../../nn/losses.js";
import { mul, sub } from "../../nn/ops/elementwise.js";
import { sum } from "../../nn/ops/reduce.js";
import { eachOutput } from "../../nn/training/forward.js";
import type { NetworkOutputs } from "../../nn/training/network.js";
import type { Kept } from "../../nn/training/stepper.js";
import { drawInitial } from "../../nn/training/train.js";
import { continueFromParam } from "../continueFrom.js";
import type { Detector, FitContext, FittedDetector, ModelDefinition, Rows } from "../contract.js";
import { type NetworkColumns, networkColumns, rowInput } from "./columns.js";
import { heldOut } from "./heldOut.js";
import { activationParam, hiddenLayers, numbersInput, weightInput } from "./layers.js";
import {
  embeddingOutputParam,
  heldOutParam,
  hiddenParam,
  networkParams,
  weightDecayParam,
} from "./networkParams.js";
import { rowBatches } from "./rowBatches.js";
import { servedDetector } from "./served.js";
import { networkState, valuesOfState } from "./state.js";
import { trainOnBenign } from "./trainDetector.js";

const params = z.strictObject({
  hidden: hiddenParam
    .min(1)
    .default([64, 32])
    .describe("widths of the layers, the last of them the space of the sphere"),
  activation: activationParam("leaky-relu"),
  ...networkParams,
  weight_decay: weightDecayParam(1e-6),
  validation: heldOutParam,
  embedding_output: embeddingOutputParam,
  continue_from: continueFromParam,
});
export type DeepSvddParams = z.infer<typeof params>;

/** Rows that a network puts far from where it puts the benign ones are anomalous. */
export const definition: ModelDefinition<DeepSvddParams> = {
  type: "deep-svdd",
  kind: "detector",
  family: "neural",
  title: "Deep SVDD",
  source:
    "Ruff et al. 2018, Deep one-class classification, ICML (one-class, no bias); squared distance from the centre; " +
    "trained by ONNX Runtime (lib/nn)",
  limits:
    "The centre comes from a network that has learned nothing yet, so seeds differ. Long training can put everything at the " +
    "centre. The same bytes come from the same kind of processor only.",
  view: "scaled",
  streams: true,
  params,
  create: (chosen): Detector => ({
    kind: "detector",
    fit: (benign, context) => fitDeepSvdd(chosen, benign, context),
  }),
};

async function fitDeepSvdd(
  chosen: DeepSvddParams,
  benign: Rows,
  context: FitContext,
): Promise<FittedDetector> {
  const columns = networkColumns(benign);
  const width = benign.X.columns;
  const space = chosen.hidden.at(-1)!;
  const { rng, workers, state } = context;
  const parts = heldOut(benign.X, chosen.validation, rng.fork("held-out"));
  const around =
    (centre: Float32Array) =>
    (graph: Graph): NetworkOutputs => {
      const output = mapped(numbersInput(graph, width), chosen);
      return { output, loss: hypersphere(output, graph.constant(centre, [space]), weightInput(graph)) };
    };
  const served = mapped(numbersInput(new Graph(false), width), chosen);
  const drawn = async (): Promise<Start> => {
    const untrained = around(new Float32Array(space));
    const initial = drawInitial(served.graph, rng.fork("initial"));
    const source = await rowBatches({ numbers: parts.train, places: [] }, "none");
    const sums = new Float64Array(space);
    await eachOutput(untrained, initial, source, workers, (part) => {
      for (let at = 0; at < part.length; at++) sums[at % space] += part[at];
    });
    return { initial, centre: centreOf(sums, source.rows) };
  };
  const { initial, centre } =
    state === undefined ? await drawn() : startOfState(state, served.graph, columns);
  const { values, history, summary } = await trainOnBenign(
    { model: "deep-svdd", network: around(centre), ...parts, params: chosen, initial },
    context,
  );
  const away = sub(served, served.graph.constant(centre, [space]));
  const output = sum(mul(away, away), [1], true);
  const embedding = chosen.embedding_output ? { embedding: served } : {};
  return {
    ...servedDetector({ model: "deep-svdd", input: rowInput(columns), output, values, ...embedding }),
    summary,
    history,
    state: { centre: [...centre], network: networkState(served.graph, columns, values) },
  };
}

/** What training begins with. */
interface Start {
  readonly initial: Kept;
  readonly centre: Float32Array;
}

const stateSchema = z.strictObject({ centre: z.array(z.number()), network: z.unknown() });

/** A model that goes on keeps its centre: its weights have learned to put rows there. */
function startOfState(state: unknown, graph: Graph, columns: NetworkColumns): Start {
  const parsed = stateSchema.safeParse(state);
  if (!parsed.success) {
    throw new FormatError(
      `deep-svdd: continue_from: the state cannot be read: ${z.prettifyError(parsed.error).slice(0, 200)}. ` +
        "Train the model to go on from again.",
    );
  }
  const { centre, network } = parsed.data;
  return { initial: valuesOfState("deep-svdd", network, graph, columns), centre: Float32Array.from(centre) };
}

/** [n, d] into the space of the sphere. Without biases, which could put everything at the centre. */
function mapped(x: Tensor, { hidden, activation }: DeepSvddParams): Tensor {
  const h = hiddenLayers("hidden", x, hidden.slice(0, -1), { activation, bias: false });
  return dense("output", h, hidden.at(-1)!, { bias: false });
}

/** A centre with a number next to 0 would be reached by weights of 0. */
const NEAREST = 0.1;

/** The mean of so many rows, none of its numbers nearer to 0 than .1. */
function centreOf(sums: Float64Array, rows: number): Float32Array {
  return Float32Array.from(sums, (total) => {
    const mean = total / rows;
    return Math.abs(mean) >= NEAREST ? mean : mean < 0 ? -NEAREST : NEAREST;
  });
}
