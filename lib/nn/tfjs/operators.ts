import type { OnnxNode } from "../../onnx/reader.js";
import type { Tensorflow, TfTensor } from "./tensorflow.js";

/** A value of a run: a tensor, or whole numbers that say a shape, axes or lengths. */
export type TfValue = TfTensor | readonly number[];

/** An operator of ONNX, by those of TensorFlow.js. */
export type TfOperator = (
  tf: Tensorflow,
  inputs: readonly TfValue[],
  node: OnnxNode,
) => TfValue | readonly TfTensor[];

const tensors = (of: (tf: Tensorflow, inputs: readonly TfTensor[], node: OnnxNode) => TfTensor): TfOperator =>
  of as TfOperator;

const integer = ({ attributes }: OnnxNode, name: string, usual: number): number =>
  attributes.get(name)?.int ?? usual;

function reduced(
  tf: Tensorflow,
  op: "max" | "mean" | "sum",
  x: TfValue,
  axes: readonly number[],
  node: OnnxNode,
): TfTensor {
  const along = axes.length === 0 ? undefined : axes;
  return tf[op](x as TfTensor, along, integer(node, "keepdims", 1) === 1);
}

/** Every operator that a training graph can hold. */
export const tfOperators: Readonly<Record<string, TfOperator>> = {
  Identity: (_, [x]) => x,
  Exp: tensors((tf, [x]) => tf.exp(x)),
  Erf: tensors((tf, [x]) => tf.erf(x)),
  Log: tensors((tf, [x]) => tf.log(x)),
  Neg: tensors((tf, [x]) => tf.neg(x)),
  Relu: tensors((tf, [x]) => tf.relu(x)),
  Sigmoid: tensors((tf, [x]) => tf.sigmoid(x)),
  Sqrt: tensors((tf, [x]) => tf.sqrt(x)),
  Tanh: tensors((tf, [x]) => tf.tanh(x)),
  // Both along the last axis, as the graphs have them.
  Softmax: tensors((tf, [x]) => tf.softmax(x)),
  LogSoftmax: tensors((tf, [x]) => tf.logSoftmax(x)),
  LeakyRelu: tensors((tf, [x], { attributes }) => tf.leakyRelu(x, attributes.get("alpha")?.float ?? 0.01)),
  Add: tensors((tf, [a, b]) => tf.add(a, b)),
  Sub: tensors((tf, [a, b]) => tf.sub(a, b)),
  Mul: tensors((tf, [a, b]) => tf.mul(a, b)),
  Div: tensors((tf, [a, b]) => tf.div(a, b)),
  Pow: tensors((tf, [a, b]) => tf.pow(a, b)),
  Min: tensors((tf, [a, b]) => tf.minimum(a, b)),
  Max: tensors((tf, [a, b]) => tf.maximum(a, b)),
  Equal: tensors((tf, [a, b]) => tf.equal(a, b)),
  Greater: tensors((tf, [a, b]) => tf.greater(a, b)),
  Where: tensors((tf, [condition, yes, no]) => tf.where(condition, yes, no)),
  Cast: tensors((tf, [x]) => tf.cast(x, "float32")),
  Size: tensors((tf, [x]) => tf.scalar(x.size)),
  Shape: (_, [x]) => (x as TfTensor).shape,
  Reshape: (tf, [x, shape]) => tf.reshape(x as TfTensor, shape as readonly number[]),
  // Both ways: what is 1 in the shape stays as long as it is in x.
  Expand: (tf, [x, shape]) => {
    const { shape: own } = x as TfTensor;
    const longer = (shape as readonly number[]).map((dim, i, { length }) =>
      Math.max(dim, own[i - length + own.length] ?? 1),
    );
    return tf.broadcastTo(x as TfTensor, longer);
  },
  Transpose: tensors((tf, [x], { attributes }) => tf.transpose(x, attributes.get("perm")!.ints!)),
  Concat: tensors((tf, parts, node) => tf.concat(parts, integer(node, "axis", 0))),
  Split: (tf, [x, lengths], node) =>
    tf.split(
      x as TfTensor,
      (lengths as readonly number[] | undefined) ?? node.outputs.length,
      integer(node, "axis", 0),
    ),
  Slice: (tf, inputs) => {
    const { shape } = inputs[0] as TfTensor;
    const [starts, ends, axes] = inputs.slice(1) as readonly (readonly number[])[];
    const [begin, size] = [shape.map(() => 0), [...shape]];
    axes.forEach((axis, i) => {
      begin[axis] = starts[i];
      size[axis] = ends[i] - starts[i];
    });
    return tf.slice(inputs[0] as TfTensor, begin, size);
  },
  Pad: (tf, [x, pads]) => {
    const { shape } = x as TfTensor;
    const [before, behind] = [pads as readonly number[], (pads as readonly number[]).slice(shape.length)];
    return tf.pad(
      x as TfTensor,
      shape.map((_, i) => [before[i], behind[i]]),
    );
  },
  Gather: tensors((tf, [table, places], node) => tf.gather(table, places, integer(node, "axis", 0))),
  ScatterND: tensors((tf, [onto, places, updates]) =>
    tf.add(onto, tf.scatterND(places, updates, onto.shape)),
  ),
  Gemm: tensors((tf, [a, b, c], node) => {
    const product = tf.matMul(a, b, integer(node, "transA", 0) === 1, integer(node, "transB", 0) === 1);
    return c === undefined ? product : tf.add(product, c);
  }),
  MatMul: tensors((tf, [a, b]) => tf.matMul(a, b)),
  ReduceSum: (tf, [x, axes], node) => reduced(tf, "sum", x, axes as readonly number[], node),
  ReduceMean: (tf, [x], node) => reduced(tf, "mean", x, node.attributes.get("axes")!.ints!, node),
  ReduceMax: (tf, [x], node) => reduced(tf, "max", x, node.attributes.get("axes")!.ints!, node),
  LayerNormalization: (tf, inputs, { attributes }) => {
    const [x, scale, shift] = inputs as readonly TfTensor[];
    const average = tf.mean(x, [-1], true);
    const centred = tf.sub(x, average);
    const variance = tf.mean(tf.mul(centred, centred), [-1], true);
    const epsilon = tf.scalar(attributes.get("epsilon")!.float!);
    const inverse = tf.div(tf.scalar(1), tf.sqrt(tf.add(variance, epsilon)));
    return [tf.add(tf.mul(tf.mul(centred, inverse), scale), shift), average, inverse];
  },
};
