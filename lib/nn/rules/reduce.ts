import type { Tensor } from "../graph.js";
import { div, mul } from "../ops/elementwise.js";
import { expandLike, reshape } from "../ops/layout.js";
import { reducedShape, sum } from "../ops/reduce.js";
import { type Rules, single } from "./rule.js";

function axesOf(ints: ArrayLike<number>): number[] {
  return Array.from(ints);
}

/** The upstream gradient with the reduced axes back, as 1. */
function kept(gradient: Tensor, of: Tensor, axes: readonly number[]): Tensor {
  return reshape(gradient, reducedShape(of.shape, axes, true));
}

export const reduceRules: Rules = {
  ReduceSum: single(({ inputs: [x, axes] }, g) => [
    () => expandLike(kept(g, x, axesOf(g.graph.constants.get(axes.name)!.values)), x),
    null,
  ]),
  ReduceMean: single(({ inputs: [x], output, attributes }, g) => {
    const axes = "ints" in attributes.axes ? axesOf(attributes.axes.ints) : [];
    const known = axes.map((axis) => x.shape[axis]).every((dim) => typeof dim === "number");
    return [
      () => {
        const share = known
          ? 1 / axes.reduce((count, axis) => count * (x.shape[axis] as number), 1)
          : shareOf(x, output);
        return expandLike(kept(mul(g, share), x, axes), x);
      },
    ];
  }),
  ReduceMax: single(({ inputs: [x], output, attributes }, g) => [
    () => {
      const axes = "ints" in attributes.axes ? axesOf(attributes.axes.ints) : [];
      const largest = x.graph.nodeOf(
        "Equal",
        [x, kept(output, x, axes)],
        [{ shape: x.shape, type: "bool" }],
      )[0];
      const ones = x.graph.nodeOf("Cast", [largest], [{ shape: x.shape, type: "float" }], {
        to: { int: 1 },
      })[0];
      const share = div(ones, sum(ones, axes, true));
      return mul(share, kept(g, x, axes));
    },
  ]),
};

/** Elements of `output` for each element of `x`, as a scalar that the run computes: 1 over the number of values in a mean. */
function shareOf(x: Tensor, output: Tensor): Tensor {
  const { graph } = x;
  const count = (of: Tensor): Tensor => {
    const [elements] = graph.nodeOf("Size", [of], [{ shape: [], type: "int64" }]);
    return graph.nodeOf("Cast", [elements], [{ shape: [], type: "float" }], { to: { int: 1 } })[0];
  };
  return div(count(output), count(x));
}
