import { ParamsError } from "../../base/errors.js";
import type { Tensor } from "../graph.js";
import { concat, pad, reshape, slice, split, splitEvenly, transpose, zerosLike } from "../ops/layout.js";
import { type Rules, single } from "./rule.js";
import { sumTo } from "./sumTo.js";

function axisAttribute(attributes: Readonly<Record<string, unknown>>): number {
  const { axis } = attributes as { axis: { int: number } };
  return axis.int;
}

export const layoutRules: Rules = {
  Reshape: single(({ inputs: [x] }, g) => [() => reshape(g, x.shape), null]),
  Transpose: single(({ attributes: { perm } }, g) => {
    const order = "ints" in perm ? Array.from(perm.ints) : [];
    return [
      () =>
        transpose(
          g,
          order.map((_, axis) => order.indexOf(axis)),
        ),
    ];
  }),
  Concat: single(({ inputs, attributes }, g) => {
    const axis = axisAttribute(attributes);
    const lengths = inputs.map(({ shape }) => shape[axis]);
    let parts: readonly Tensor[] | undefined;
    if (lengths.some((dim) => typeof dim === "string" && dim !== lengths[0]))
      throw new ParamsError(`nn: a join of ${lengths.join(", ")} rows of the batch has no derivative here.`);
    const taken = (): readonly Tensor[] => {
      parts ??= lengths.every((dim) => typeof dim === "number")
        ? split(g, lengths, axis)
        : splitEvenly(g, inputs.length, axis);
      return parts;
    };
    return inputs.map((_, i) => () => taken()[i]);
  }),
  Split: ({ outputs, attributes }, upstream) => [
    () =>
      concat(
        outputs.map((output, i) => upstream[i] ?? zerosLike(output)),
        axisAttribute(attributes),
      ),
    null,
  ],
  Slice: single(({ inputs: [x, start, end, axes] }, g) => {
    const value = (of: Tensor): number => g.graph.constants.get(of.name)!.values[0];
    const along = value(axes);
    return [() => pad(g, along, value(start), (x!.shape[along] as number) - value(end)), null, null, null];
  }),
  Pad: single(({ inputs: [x, pads] }, g) => [
    () => {
      const { values } = g.graph.constants.get(pads.name)!;
      const along = x.shape.findIndex((_, i) => values[i] !== 0 || values[i + x.shape.length] !== 0);
      return slice(g, along, values[along], values[along] + (x.shape[along] as number));
    },
    null,
  ]),
  Expand: single(({ inputs: [x] }, g) => [() => sumTo(g, x.shape), null]),
  Gather: single(({ inputs: [table, places] }, g) => [
    () => {
      const { graph } = table;
      const zeros = graph.node(
        "Expand",
        [graph.constant([0], [1, 1]), graph.integers(table.shape as number[])],
        table.shape,
      );
      const index = reshape(places, [...places.shape, 1]);
      return graph.node("ScatterND", [zeros, index, g], table.shape, { reduction: { string: "add" } });
    },
    null,
  ]),
};
