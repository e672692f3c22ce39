import { ParamsError } from "../../base/errors.js";
import type { Tensor } from "../graph.js";
import { text } from "../shape.js";
import { concat, filledRows, splitEvenly } from "./layout.js";

/** A recurrence over the steps of a series. Rows of a batch lie along the last axis: steps are cut without moving numbers. */
export interface Recurrence<Saved> {
  /** Of its rule. */
  readonly op: string;
  /** In messages. */
  readonly called: string;
  /** Blocks of `width` rows of the weights, and columns that are multiplied with ones. */
  readonly gates: number;
  readonly biases: number;
  /**
   * @param zeros [width, n]: what is before the first step
   * @param ones [1, n]
   * @returns what takes the steps one after another: from [d, n] to the state [width, n], and what the gradient needs of it
   */
  readonly start: (
    zeros: Tensor,
    ones: Tensor,
  ) => (own: Tensor) => { readonly state: Tensor; readonly saved: Saved };
}

/** Steps in the order in which a direction takes them. */
export function inOrder<T>(steps: readonly T[], reverse: boolean): readonly T[] {
  return reverse ? steps.toReversed() : steps;
}

/**
 * One node that takes all steps, with what they saved.
 * @param x [T d, n]
 * @param weights [gates width, d + width + biases]
 * @returns the states of all steps in order of time [T width, n], and that after the last one taken [width, n]
 * @throws ParamsError for weights of another shape
 */
export function recurrentSteps<Saved>(
  { op, called, gates, biases, start }: Recurrence<Saved>,
  { x, weights }: { readonly x: Tensor; readonly weights: Tensor },
  steps: number,
  reverse: boolean,
): { readonly all: Tensor; readonly last: Tensor } {
  const width = (weights.shape[0] as number) / gates;
  const d = (x.shape[0] as number) / steps;
  if (weights.shape[1] !== d + width + biases)
    throw new ParamsError(`nn: ${called} on ${d} numbers a step with weights ${text(weights.shape)}.`);
  const build = () => {
    const xs = inOrder(splitEvenly(x, steps, 0), reverse);
    const ones = filledRows(1, 1, xs[0]);
    const made = xs.map(start(filledRows(0, width, xs[0]), ones));
    const states = made.map(({ state }) => state);
    return {
      outputs: [concat(inOrder(states, reverse), 0), states[steps - 1]],
      saved: made.map(({ saved }) => saved),
    };
  };
  // Nodes of `all` that nobody asks for are left out when the graph is written.
  const [all, last] = x.graph.fused(op, [x, weights], build, { reverse: { int: reverse ? 1 : 0 } });
  return { all, last };
}
