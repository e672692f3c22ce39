import { z } from "zod";
import { Graph, type Tensor } from "../../nn/graph.js";
import { dense } from "../../nn/layers/dense.js";
import { meanSquaredError, weightedMean } from "../../nn/losses.js";
import { div, sigmoid, sqrt, sub } from "../../nn/ops/elementwise.js";
import { concat, split } from "../../nn/ops/layout.js";
import { mean } from "../../nn/ops/reduce.js";
import { eachOutput } from "../../nn/training/forward.js";
import type { NetworkOutputs } from "../../nn/training/network.js";
import type { Detector, FitContext, FittedDetector, Matrix, ModelDefinition, Rows } from "../contract.js";
import { networkColumns, rowInput } from "./columns.js";
import { correlatedColumns } from "./correlatedColumns.js";
import { heldOut } from "./heldOut.js";
import { numbersInput, squaredError, weightInput } from "./layers.js";
import { heldOutParam, learningRateParam, networkParams } from "./networkParams.js";
import { rowBatches } from "./rowBatches.js";
import { servedDetector } from "./served.js";
import { trainOnBenign } from "./trainDetector.js";

const params = z.strictObject({
  columns: z.int().min(1).max(1000).default(10).describe("columns of one small autoencoder at most"),
  ratio: z
    .number()
    .gt(0)
    .lte(1)
    .default(0.75)
    .describe("width of an autoencoder's code, as a share of its inputs"),
  ...networkParams,
  learning_rate: learningRateParam(0.01),
  validation: heldOutParam,
});
export type KitsuneParams = z.infer<typeof params>;

/** Small autoencoders of columns that go together, and one more of what they cannot rebuild. */
export const definition: ModelDefinition<KitsuneParams> = {
  type: "kitsune",
  kind: "detector",
  family: "neural",
  title: "Ensemble of small autoencoders (Kitsune)",
  source:
    "Mirsky et al. 2018, Kitsune, NDSS, arXiv:1802.09089: KitNET, fitted in passes over batches and not row by row, weights not " +
    "tied; columns parted by Ward's tree of one less their correlation; trained by ONNX Runtime (lib/nn)",
  limits:
    "What only shows in columns of different autoencoders is missed. Columns enter by their range in training, which one far " +
    "value can stretch. The same bytes come from the same kind of processor only.",
  view: "scaled",
  params,
  create: (chosen): Detector => ({
    kind: "detector",
    fit: (benign, context) => fitKitsune(chosen, benign, context),
  }),
};

/** Least value and width of each column; a constant one has the width 1. */
interface Ranges {
  readonly low: Float32Array;
  readonly width: Float32Array;
}

async function fitKitsune(chosen: KitsuneParams, benign: Rows, context: FitContext): Promise<FittedDetector> {
  const { rng, workers } = context;
  const columns = networkColumns(benign);
  const groups = correlatedColumns(benign.X, chosen.columns);
  const d = benign.X.columns;
  const parts = heldOut(benign.X, chosen.validation, rng.fork("held-out"));
  const within = rangesOf(parts.train);
  const small = (graph: Graph): NetworkOutputs => {
    const all = concat(smallErrors(numbersInput(graph, d), groups, within, chosen), 1);
    return { output: sqrt(all), loss: weightedMean(mean(all, [1]), weightInput(graph)) };
  };
  const first = await trainOnBenign(
    { model: "kitsune", network: small, ...parts, params: chosen },
    { ...context, rng: rng.fork("small") },
  );
  const errorsOf = async (numbers: Matrix): Promise<Matrix> => {
    const data = new Float32Array(numbers.rows * groups.length);
    let at = 0;
    const source = await rowBatches({ numbers, places: [] }, "none");
    await eachOutput(small, first.values, source, workers, (part) => {
      data.set(part, at);
      at += part.length;
    });
    return { rows: numbers.rows, columns: groups.length, data };
  };
  const errors = { train: await errorsOf(parts.train), held: await errorsOf(parts.held) };
  const between = rangesOf(errors.train);
  const top = (graph: Graph): NetworkOutputs => {
    const x = ranged(numbersInput(graph, groups.length), between);
    const output = rebuilt("top", x, chosen.ratio);
    return { output, loss: meanSquaredError(output, x, weightInput(graph)) };
  };
  const second = await trainOnBenign(
    { model: "kitsune", network: top, ...errors, params: chosen },
    { ...context, rng: rng.fork("top") },
  );
  const x = numbersInput(new Graph(false), d);
  const said = ranged(sqrt(concat(smallErrors(x, groups, within, chosen), 1)), between);
  const output = sqrt(squaredError(rebuilt("top", said, chosen.ratio), said));
  const values = new Map([...first.values, ...second.values]);
  return {
    ...servedDetector({ model: "kitsune", input: rowInput(columns), output, values }),
    summary: {
      autoencoders: groups.length,
      parameters: first.summary.parameters + second.summary.parameters,
      epochs: first.summary.epochs,
      best_epoch: first.summary.best_epoch,
      stopped: first.summary.stopped,
      output_epochs: second.summary.epochs,
      output_best_epoch: second.summary.best_epoch,
    },
    history: first.history,
  };
}

/** What each small autoencoder cannot rebuild of a row: mean squared errors, [n, 1] each. */
function smallErrors(
  x: Tensor,
  groups: readonly (readonly number[])[],
  within: Ranges,
  { ratio }: KitsuneParams,
): readonly Tensor[] {
  const { graph } = x;
  const sorted = graph.node("Gather", [ranged(x, within), graph.integers(groups.flat())], x.shape, {
    axis: { int: 1 },
  });
  const own = split(
    sorted,
    groups.map(({ length }) => length),
    1,
  );
  return own.map((each, i) => squaredError(rebuilt(`small${i}`, each, ratio), each));
}

/** Through a code and back; numbers between 0 and 1. */
function rebuilt(name: string, x: Tensor, ratio: number): Tensor {
  const width = x.shape[1] as number;
  const code = sigmoid(dense(`${name}.code`, x, Math.ceil(ratio * width)));
  return sigmoid(dense(`${name}.output`, code, width));
}

/** Columns by their range in training. */
function ranged(x: Tensor, { low, width }: Ranges): Tensor {
  const { graph } = x;
  return div(sub(x, graph.constant(low, [low.length])), graph.constant(width, [width.length]));
}

function rangesOf({ data, columns }: Matrix): Ranges {
  const low = data.slice(0, columns);
  const high = data.slice(0, columns);
  data.forEach((value, at) => {
    const j = at % columns;
    low[j] = Math.min(low[j], value);
    high[j] = Math.max(high[j], value);
  });
  return { low, width: high.map((most, j) => (most > low[j] ? most - low[j] : 1)) };
}
