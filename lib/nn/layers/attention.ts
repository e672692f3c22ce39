import { ParamsError } from "../../base/errors.js";
import type { Tensor } from "../graph.js";
import { filled, uniform } from "../initial.js";
import { add, minus, mul } from "../ops/elementwise.js";
import { reshape, split, transpose } from "../ops/layout.js";
import { gemm, matmul } from "../ops/products.js";
import { softmax } from "../ops/softmax.js";
import { product, sameShape, text } from "../shape.js";
import { dropout } from "./dropout.js";

export interface AttentionOptions {
  readonly heads: number;
  /** n × T: 0 in steps that nobody looks at. */
  readonly mask?: Tensor;
  /** Of the attention's shares. */
  readonly dropout?: number;
}

/** Added to a product before softmax, leaves nothing of it; finite, so that a row of nothing else gives no NaN. */
const NEVER = -1e9;

/**
 * Multi-head self-attention on n × T × d. Parameters: `<name>.input` [d, 3 d] (query, key, value), `<name>.input_bias`
 * [3 d], `<name>.output` [d, d], `<name>.output_bias` [d].
 * @throws ParamsError when d is no multiple of the heads
 * Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.2.
 */
export function attention(name: string, x: Tensor, options: AttentionOptions): Tensor {
  const { heads, mask, dropout: rate = 0 } = options;
  const { graph } = x;
  const [n, steps, width] = x.shape;
  if (x.shape.length !== 3 || typeof width !== "number" || width % heads !== 0)
    throw new ParamsError(
      `nn: ${name}: ${heads} heads on ${text(x.shape)}; the columns must be a multiple of the heads.`,
    );
  if (mask !== undefined && !sameShape(mask.shape, [n, steps]))
    throw new ParamsError(`nn: ${name}: a mask of shape ${text(mask.shape)} for ${text(x.shape)}.`);
  const weight = graph.parameter(`${name}.input`, [width, 3 * width], uniform(Math.sqrt(6 / (4 * width))));
  const bias = graph.parameter(`${name}.input_bias`, [3 * width], filled(0));
  const output = graph.parameter(`${name}.output`, [width, width], uniform(1 / Math.sqrt(width)));
  const outputBias = graph.parameter(`${name}.output_bias`, [width], filled(0));
  const rows = product([n, steps]);
  const each = width / heads;
  const parts = split(gemm(reshape(x, [rows, width]), weight, bias), [width, width, width], 1);
  // n T × d -> n × T × heads × d / heads -> n × heads × T × d / heads
  const [query, value] = [parts[0], parts[2]].map((part) =>
    transpose(reshape(part, [n, steps, heads, each]), [0, 2, 1, 3]),
  );
  const key = transpose(reshape(parts[1], [n, steps, heads, each]), [0, 2, 3, 1]);
  // n × heads × T × T
  const products = mul(matmul(query, key), 1 / Math.sqrt(each));
  const open =
    mask === undefined ? products : add(products, reshape(mul(minus(1, mask), NEVER), [n, 1, 1, steps]));
  const shares = dropout(`${name}.dropout`, softmax(open), rate);
  // n × heads × T × d / heads -> n × T × heads × d / heads -> n T × d
  const seen = reshape(transpose(matmul(shares, value), [0, 2, 1, 3]), [rows, width]);
  return reshape(gemm(seen, output, outputBias), [n, steps, width]);
}
