import { z } from "zod";
import type { Tensor } from "../../../nn/graph.js";
import { dropout } from "../../../nn/layers/dropout.js";
import { gru } from "../../../nn/layers/gru.js";
import { lstm } from "../../../nn/layers/lstm.js";
import type { ModelDefinition } from "../../contract.js";
import { classifierParams } from "../classifierNetwork.js";
import { dropoutParam } from "../layers.js";
import { sequenceClassifier } from "./define.js";
import type { Sequence } from "./steps.js";

const params = z.strictObject({
  width: z.int().min(1).max(4096).default(64).describe("numbers of the state"),
  layers: z.int().min(1).max(8).default(1).describe("one on top of the other"),
  bidirectional: z
    .boolean()
    .default(false)
    .describe("a second one that reads from the last row to the first, its state behind the other's"),
  dropout: dropoutParam,
  ...classifierParams,
});
export type RecurrentParams = z.infer<typeof params>;

/** The state after the last row of a window. */
function lastState(layer: typeof gru, { x, mask }: Sequence, chosen: RecurrentParams): Tensor {
  const { width, layers, bidirectional, dropout: rate } = chosen;
  let below = x;
  for (let i = 0; i < layers - 1; i++) {
    const states = layer(`layer${i}`, below, { width, bidirectional, mask }).all();
    below = dropout(`layer${i}.dropout`, states, rate);
  }
  const last = layer(`layer${layers - 1}`, below, { width, bidirectional, mask }).last();
  return dropout("dropout", last, rate);
}

/** Gated recurrent units over the rows of a window. */
export const gruDefinition: ModelDefinition<RecurrentParams> = sequenceClassifier({
  type: "gru",
  title: "Gated recurrent unit over windows",
  source: "Cho et al. 2014, arXiv:1406.1078",
  limits: "Forgets what is far back. Rows are read one after the other: training takes its time.",
  params,
  vector: (sequence, chosen) => lastState(gru, sequence, chosen),
});

/** Long short-term memory over the rows of a window. */
export const lstmDefinition: ModelDefinition<RecurrentParams> = sequenceClassifier({
  type: "lstm",
  title: "Long short-term memory over windows",
  source: "Hochreiter and Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735",
  limits: "Forgets what is far back. Rows are read one after the other: training takes its time.",
  params,
  vector: (sequence, chosen) => lastState(lstm, sequence, chosen),
});
