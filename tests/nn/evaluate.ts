import { Rng } from "#lib/base/rng.js";
import { emitGraph } from "#lib/nn/emit.js";
import type { Graph, Tensor } from "#lib/nn/graph.js";
import { size } from "#lib/nn/shape.js";
import { OnnxBuilder, type Value } from "#lib/onnx/builder.js";

/** Rows of the batches of these tests. */
export const ROWS = 3;

/** A shape with the batch in it. */
export function concrete({ shape }: Tensor, rows = ROWS): number[] {
  return shape.map((dim) => (typeof dim === "number" ? dim : rows * size([dim])));
}

/** A graph whose inputs, parameters and carried tensors are all given at each run. */
export class Evaluator {
  private constructor(
    readonly given: readonly Tensor[],
    private readonly run: (feeds: Readonly<Record<string, Numbers>>) => Promise<Float32Array[]>,
  ) {}

  static async of(graph: Graph, outputs: readonly Tensor[], rows = ROWS): Promise<Evaluator> {
    const ort = await import("onnxruntime-node");
    const given = [...graph.inputs, ...[...graph.parameters, ...graph.carried].map(({ tensor }) => tensor)];
    const onnx = new OnnxBuilder();
    const values = new Map<string, Value>();
    for (const { name, type, shape } of given) values.set(name, onnx.input(name, type, shape));
    emitGraph(graph, onnx, values, outputs).forEach((value, i) => {
      onnx.output(`output.${i}`, value, outputs[i].type, outputs[i].shape);
    });
    const session = await ort.InferenceSession.create(onnx.finish(), {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
    return new Evaluator(given, async (feeds) => {
      const tensors = given.map((tensor) => {
        const { name, type } = tensor;
        const values = feeds[name];
        if (values === undefined) throw new Error(`no value for "${name}"`);
        const data =
          type === "int64" ? BigInt64Array.from(Array.from(values, BigInt)) : Float32Array.from(values);
        return [
          name,
          new ort.Tensor(type === "int64" ? "int64" : "float32", data as never, concrete(tensor, rows)),
        ];
      });
      const said = await session.run(Object.fromEntries(tensors));
      return outputs.map((_, i) => Float32Array.from(said[`output.${i}`].data as Float32Array, Number));
    });
  }

  outputs(feeds: Readonly<Record<string, Numbers>>): Promise<Float32Array[]> {
    return this.run(feeds);
  }
}

export type Numbers = ArrayLike<number>;

/** Numbers in ±1 for a tensor, by its name. */
export function randomFor(tensor: Tensor): Float32Array {
  const rng = Rng.root(7).fork(tensor.name);
  return Float32Array.from({ length: size(concrete(tensor)) }, () => 2 * rng.uniform() - 1);
}
