import { describe, expect, it } from "vitest";
import { Graph, type Tensor } from "#lib/nn/graph.js";
import { gru } from "#lib/nn/layers/gru.js";
import { lstm } from "#lib/nn/layers/lstm.js";
import { Evaluator, randomFor } from "../evaluate.js";
import { expectGradients } from "../gradients.js";

const layers = { lstm, gru };
const kinds = (["lstm", "gru"] as const).flatMap((kind) =>
  [false, true].flatMap((bidirectional) =>
    [false, true].map((masked) => [kind, bidirectional, masked] as const),
  ),
);
/** Three rows of four steps: nothing, one or two steps in front only fill up. */
const mask = [1, 1, 1, 1, 0, 1, 1, 1, 0, 0, 1, 1];

async function states(
  kind: "lstm" | "gru",
  { training, bidirectional, masked }: Readonly<Record<"training" | "bidirectional" | "masked", boolean>>,
  change: (values: Record<string, Float32Array>) => void = () => undefined,
): Promise<readonly Float32Array[]> {
  const graph = new Graph(training);
  const x = graph.input("x", ["n", 4, 2]);
  const options = { width: 3, bidirectional, ...(masked ? { mask: graph.input("mask", ["n", 4]) } : {}) };
  const made = layers[kind]("layer", x, options);
  const evaluator = await Evaluator.of(graph, [made.all(), made.last()]);
  const values = Object.fromEntries(evaluator.given.map((tensor) => [tensor.name, randomFor(tensor)]));
  if (masked) values.mask = Float32Array.from(mask);
  change(values);
  return evaluator.outputs(values);
}

describe("recurrent layers", () => {
  it.each(kinds)(
    "%s, bidirectional %s, masked %s: the served operator says what training says",
    async (kind, bidirectional, masked) => {
      const [trained, served] = await Promise.all(
        [true, false].map((training) => states(kind, { training, bidirectional, masked })),
      );
      trained.forEach((values, i) => {
        values.forEach((value, j) => {
          expect(served[i][j]).toBeCloseTo(value, 5);
        });
      });
    },
  );

  it.each(kinds.filter(([, , masked]) => masked))(
    "%s, bidirectional %s: steps that fill up change nothing and leave 0",
    async (kind, bidirectional) => {
      const options = { training: true, bidirectional, masked: true };
      const before = await states(kind, options);
      const after = await states(kind, options, ({ x }) => {
        mask.forEach((there, step) => {
          if (there === 0) x.fill(9, 2 * step, 2 * step + 2);
        });
      });
      expect(after).toEqual(before);
      const width = bidirectional ? 6 : 3;
      mask.forEach((there, step) => {
        if (there === 0)
          expect([...after[0].subarray(step * width, (step + 1) * width)].every((value) => value === 0)).toBe(
            true,
          );
      });
    },
  );

  it.each(kinds)(
    "%s, bidirectional %s, masked %s: gradients of the parameters",
    async (kind, bidirectional, masked) => {
      const graph = new Graph();
      const x = graph.input("x", ["n", 4, 2]);
      const options = { width: 2, bidirectional, ...(masked ? { mask: graph.input("mask", ["n", 4]) } : {}) };
      const made = layers[kind]("layer", x, options);
      const wanted: Tensor[] = [x, ...graph.parameters.map(({ tensor }) => tensor)];
      await expectGradients([made.all(), made.last()], wanted, masked ? { mask } : {});
    },
  );

  it("refuses a mask of another length by name", () => {
    const graph = new Graph();
    const x = graph.input("x", ["n", 4, 2]);
    const other = graph.input("mask", ["n", 3]);
    expect(() => lstm("first", x, { width: 2, mask: other })).toThrow(
      /first: a mask of shape n × 3 for n × 4 × 2/,
    );
  });
});
