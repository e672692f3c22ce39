import type { Tensor } from "../graph.js";
import { gruSteps } from "../ops/gruSteps.js";
import { concat } from "../ops/layout.js";
import { type Cell, type RecurrentOptions, recurrent, type States } from "./recurrent.js";

/** Gates: update, reset, candidate. A step that is shut out leaves the state as it was. */
const cell: Cell = {
  op: "GRU",
  shut: [1, 0, 0],
  attributes: { linear_before_reset: { int: 1 } },
  steps: gruSteps,
  joined: (input, state, inputBias, stateBias) => concat([input, inputBias, state, stateBias], 1),
};

/** Gated recurrent unit on n × T × d, PyTorch's and cuDNN's variant. Cho et al. 2014, arXiv:1406.1078. */
export function gru(name: string, x: Tensor, options: RecurrentOptions): States {
  return recurrent(cell, name, x, options);
}
