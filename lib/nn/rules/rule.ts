import type { GraphNode, Tensor } from "../graph.js";

/**
 * Vector-Jacobian products of an operator: for each input a function that adds the nodes of its gradient, or null where
 * there is none. Only those that are needed are called.
 * @param upstream the gradient of each output; null where nothing depends on it
 */
export type Rule = (
  node: GraphNode,
  upstream: readonly (Tensor | null)[],
) => readonly ((() => Tensor) | null)[];

/** Rules by operator. */
export type Rules = Readonly<Record<string, Rule>>;

/** The rule of an operator with one output. */
export function single(
  rule: (
    node: {
      readonly inputs: readonly Tensor[];
      readonly output: Tensor;
      readonly attributes: GraphNode["attributes"];
    },
    upstream: Tensor,
  ) => readonly ((() => Tensor) | null)[],
): Rule {
  return ({ inputs, outputs: [output], attributes }, [upstream]) =>
    rule({ inputs: inputs as readonly Tensor[], output, attributes }, upstream!);
}
