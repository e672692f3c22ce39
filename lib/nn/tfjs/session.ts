import type { Tensor as OrtTensor } from "onnxruntime-node";
import { openTfjs, type TfjsEngine } from "../../engines/javascript.js";
import { type OnnxModel, readOnnx } from "../../onnx/reader.js";
import type { Feeds } from "../training/network.js";
import type { GraphSession } from "../training/openSession.js";
import { type TfValue, tfOperators } from "./operators.js";
import type { Tensorflow, TfTensor } from "./tensorflow.js";

/** Types of onnx.proto whose constants are numbers to compute with; whole ones say shapes. */
const FLOAT = 1;

/**
 * A graph of this kit, run by TensorFlow.js: node by node, with nothing of it written twice. Made for training graphs;
 * those that are served hold operators that it has not.
 */
export class TfjsSession implements GraphSession {
  private constructor(
    private readonly tf: Tensorflow,
    private readonly model: OnnxModel,
  ) {}

  /**
   * @param threads of TensorFlow's library; the plain engine has one
   * @throws EngineError when the engine is not added
   */
  static async open(onnx: Uint8Array, engine: TfjsEngine, threads: number): Promise<TfjsSession> {
    const tf = (await openTfjs(engine, threads)) as Tensorflow;
    tf.enableProdMode();
    await tf.ready();
    const model = readOnnx(onnx);
    const unknown = model.nodes.find(({ op }) => tfOperators[op] === undefined);
    if (unknown !== undefined) throw new TypeError(`nn: operator ${unknown.op} is not known to engine: tfjs`);
    return new TfjsSession(tf, model);
  }

  async run(feeds: Feeds, fetches: Feeds): Promise<void> {
    const { tf, model } = this;
    tf.tidy(() => {
      const values = new Map<string, TfValue>();
      for (const { name, shape, elementType, values: own } of model.constants.values())
        values.set(
          name,
          elementType === FLOAT ? tf.tensor(Float32Array.from(own), shape, "float32") : Array.from(own),
        );
      for (const name of model.inputs) values.set(name, tensorOf(tf, feeds[name]));
      for (const node of model.nodes) {
        const inputs = node.inputs.map((input) => values.get(input)!);
        const made = tfOperators[node.op](tf, inputs, node);
        if (node.outputs.length === 1 && !isList(made)) values.set(node.outputs[0], made);
        else
          node.outputs.forEach((output, i) => {
            values.set(output, (made as readonly TfTensor[])[i]);
          });
      }
      for (const [name, { data }] of Object.entries(fetches))
        (data as Float32Array).set((values.get(name) as TfTensor).dataSync());
    });
  }

  async release(): Promise<void> {}
}

/** Several tensors, and not one value. */
function isList(made: TfValue | readonly TfTensor[]): made is readonly TfTensor[] {
  return Array.isArray(made) && typeof made[0] === "object";
}

function tensorOf(tf: Tensorflow, { data, dims }: OrtTensor): TfTensor {
  if (data instanceof BigInt64Array) return tf.tensor(Int32Array.from(data, Number), dims, "int32");
  return tf.tensor(data as Float32Array, dims, "float32");
}
