import { z } from "zod";
import type { Tensor } from "../../../nn/graph.js";
import { normal } from "../../../nn/initial.js";
import { attention } from "../../../nn/layers/attention.js";
import { dense } from "../../../nn/layers/dense.js";
import { dropout } from "../../../nn/layers/dropout.js";
import { layerNorm } from "../../../nn/layers/layerNorm.js";
import { positional } from "../../../nn/layers/positional.js";
import { residual } from "../../../nn/layers/residual.js";
import { add, mul, relu } from "../../../nn/ops/elementwise.js";
import { concat, reshape, slice } from "../../../nn/ops/layout.js";
import { product } from "../../../nn/shape.js";
import type { ModelDefinition } from "../../contract.js";
import { classifierParams } from "../classifierNetwork.js";
import { type SequenceModel, sequenceClassifier } from "./define.js";
import { pretrainParam, withMaskToken } from "./pretrain.js";
import { lastStep, type Sequence } from "./steps.js";

const params = z.strictObject({
  width: z.int().min(1).max(4096).default(64).describe("numbers of a row inside, a multiple of heads"),
  heads: z.int().min(1).max(64).default(4).describe("heads of an attention"),
  layers: z.int().min(1).max(24).default(2).describe("encoder blocks"),
  feed_forward: z.int().min(1).max(16_384).default(128).describe("width of the dense layer inside a block"),
  positions: z
    .enum(["learned", "sinusoidal"])
    .default("learned")
    .describe("how a row knows its place in the window"),
  norm: z
    .enum(["first", "last"])
    .default("first")
    .describe("where a block has its norms: in front of what it adds, and one more at the end; or behind"),
  head: z
    .enum(["last", "token"])
    .default("last")
    .describe("what is read at the end: the last row's place, or a class token's in front of the window"),
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .default(0.1)
    .describe("share that a training step goes without, in attention and behind each layer"),
  ...classifierParams,
  pretrain: pretrainParam,
});
export type TransformerParams = z.infer<typeof params>;

/** Attention over the rows of a window. */
export const transformer: SequenceModel<TransformerParams> = {
  type: "transformer",
  title: "Transformer encoder over windows",
  source:
    "Vaswani et al. 2017, arXiv:1706.03762 (norm: last); norm: first: Xiong et al. 2020, arXiv:2002.04745",
  limits: "Learns slowly from few rows; its cost grows with the square of the window.",
  params,
  problems: ({ width, heads }) =>
    width % heads === 0
      ? []
      : [{ path: ["heads"], message: `width ${width} is no multiple of ${heads} heads` }],
  vector(sequence, chosen) {
    const h = encoded(embedded(sequence, chosen), chosen);
    const [n, , width] = h.shape;
    const read = chosen.head === "token" ? reshape(slice(h, 1, 0, 1), [n, width]) : lastStep(h);
    return chosen.norm === "first" ? layerNorm("norm", read) : read;
  },
  perStep(sequence, masked, chosen) {
    const { x, mask } = embedded(sequence, chosen);
    const h = encoded({ x: withMaskToken(x, masked), mask }, chosen);
    const places = h.shape[1] as number;
    const read = chosen.head === "token" ? slice(h, 1, 1, places) : h;
    return chosen.norm === "first" ? layerNorm("norm", read) : read;
  },
};
export const definition: ModelDefinition<TransformerParams> = sequenceClassifier(transformer);

/** n × T × width through the blocks, with a token in front where there is one. */
function encoded(rows: Sequence, chosen: TransformerParams): Tensor {
  const { x, mask } = chosen.head === "token" ? withToken(rows, chosen.width) : rows;
  let h = positional("positions", x, chosen.positions);
  for (let i = 0; i < chosen.layers; i++) h = block(`block${i}`, { x: h, mask }, chosen);
  return h;
}

function embedded({ x, mask }: Sequence, { width }: TransformerParams): Sequence {
  return { x: onRows(x, width, (rows) => dense("input", rows, width)), mask };
}

/** A token in front that is always there, and the same in every window before attention. */
function withToken({ x, mask }: Sequence, width: number): Sequence {
  const token = x.graph.parameter("token", [1, 1, width], normal(0.02));
  const place = add(mul(slice(x, 1, 0, 1), 0), token);
  const there = add(mul(slice(mask, 1, 0, 1), 0), 1);
  return { x: concat([place, x], 1), mask: concat([there, mask], 1) };
}

/** An encoder block: attention, then two dense layers, each added to what it reads. */
function block(name: string, { x, mask }: Sequence, chosen: TransformerParams): Tensor {
  const { heads, width, feed_forward: wide, dropout: rate, norm } = chosen;
  const added = (i: number, from: Tensor, change: (x: Tensor) => Tensor): Tensor => {
    const norms = (of: Tensor): Tensor => layerNorm(`${name}.norm${i}`, of);
    return norm === "first" ? residual(from, (inner) => change(norms(inner))) : norms(residual(from, change));
  };
  const attended = added(1, x, (inner) =>
    dropout(`${name}.dropout1`, attention(`${name}.attention`, inner, { heads, mask, dropout: rate }), rate),
  );
  return added(2, attended, (inner) =>
    dropout(
      `${name}.dropout3`,
      onRows(inner, width, (rows) =>
        dense(
          `${name}.narrow`,
          dropout(`${name}.dropout2`, relu(dense(`${name}.wide`, rows, wide)), rate),
          width,
        ),
      ),
      rate,
    ),
  );
}

/** Something done to each row of n × T × d by itself: -> n × T × width. */
function onRows(x: Tensor, width: number, change: (rows: Tensor) => Tensor): Tensor {
  const [n, steps, d] = x.shape;
  return reshape(change(reshape(x, [product([n, steps]), d])), [n, steps, width]);
}
