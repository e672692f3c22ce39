import type { Tensor } from "../graph.js";
import { add } from "../ops/elementwise.js";
import { concat } from "../ops/layout.js";
import { lstmSteps } from "../ops/lstmSteps.js";
import { type Cell, type RecurrentOptions, recurrent, type States } from "./recurrent.js";

/** Gates: input, output, forget, cell. A step that is shut out leaves a cell and a state of 0. */
const cell: Cell = {
  op: "LSTM",
  shut: [-1, -1, -1, 0],
  attributes: {},
  steps: lstmSteps,
  joined: (input, state, inputBias, stateBias) => concat([input, state, add(inputBias, stateBias)], 1),
};

/** Long short-term memory on n × T × d. Hochreiter and Schmidhuber 1997. */
export function lstm(name: string, x: Tensor, options: RecurrentOptions): States {
  return recurrent(cell, name, x, options);
}
