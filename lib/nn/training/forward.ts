import type { InferenceSession } from "onnxruntime-node";
import { OnnxBuilder, type Value } from "../../onnx/builder.js";
import { emitGraph } from "../emit.js";
import { Graph } from "../graph.js";
import { LOSS, layoutOf, PARAMETERS, type Place, spreadParameters } from "../trainingGraph.js";
import { type BatchSource, type Feeds, type Network, type NetworkOutputs, WEIGHT } from "./network.js";
import { openSession } from "./openSession.js";
import type { Kept } from "./stepper.js";

const OUTPUT = "output";
/** Rows of one run: few enough for small buffers, many enough to keep the processor busy. */
const CHUNK = 2048;

/** What a network says of all rows of a source. */
export interface Said {
  readonly loss: number;
  /** n × k, row by row. */
  readonly output: Float32Array;
}

/** A network that runs on parameters that are still changing. */
export class Forward {
  private constructor(private readonly session: InferenceSession) {}

  static async start({ loss, output }: NetworkOutputs, threads: number): Promise<Forward> {
    const { graph } = output;
    const onnx = new OnnxBuilder();
    const given = new Map<string, Value>();
    const layout = layoutOf(graph);
    const total = layout.reduce((sum, { size }) => sum + size, 0);
    for (const { name, type, shape } of [...graph.inputs, ...graph.carried.map(({ tensor }) => tensor)])
      given.set(name, onnx.input(name, type, shape));
    onnx.input(PARAMETERS, "float", [total]);
    spreadParameters(onnx, given, layout);
    const [lossAt, outputAt] = emitGraph(graph, onnx, given, [loss, output]);
    onnx.output(LOSS, lossAt, "float", []);
    onnx.output(OUTPUT, outputAt, "float", output.shape);
    return new Forward(await openSession(onnx.finish(), threads));
  }

  /** @param kept parameters and what else steps carry over */
  async run(kept: Feeds, source: BatchSource): Promise<Said> {
    let output = new Float32Array(0);
    let at = 0;
    const loss = await this.each(kept, source, (part, rows) => {
      if (at === 0) output = new Float32Array((part.length / rows) * source.rows);
      output.set(part, at);
      at += part.length;
    });
    return { loss, output };
  }

  /**
   * The same without holding what it says of all rows.
   * @param use told what it says of some rows, one after another
   * @returns the loss
   */
  async each(
    kept: Feeds,
    source: BatchSource,
    use: (part: Float32Array, rows: number) => void,
  ): Promise<number> {
    let [total, mass] = [0, 0];
    for (let start = 0; start < source.rows; start += CHUNK) {
      const count = Math.min(CHUNK, source.rows - start);
      const feeds = source.feeds(new Int32Array(count).map((_, i) => start + i));
      const said = await this.session.run({ ...kept, ...feeds });
      use(said[OUTPUT].data as Float32Array, count);
      const weight = (feeds[WEIGHT].data as Float32Array).reduce((sum, each) => sum + each, 0);
      total += (said[LOSS].data as Float32Array)[0] * weight;
      mass += weight;
    }
    return total / mass;
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

/** The parameters as one vector. @param values of each by name */
export function joinParameters(layout: readonly Place[], values: Kept): Float32Array {
  const joined = new Float32Array(layout.reduce((sum, { size }) => sum + size, 0));
  for (const { name, at } of layout) joined.set(values.get(name)!, at);
  return joined;
}

/**
 * What a network says of all rows, part by part.
 * @param values of its parameters and of what it carries, by name
 */
export async function eachOutput(
  network: Network,
  values: Kept,
  source: BatchSource,
  threads: number,
  use: (part: Float32Array) => void,
): Promise<void> {
  const { Tensor } = await import("onnxruntime-node");
  const graph = new Graph(false);
  const forward = await Forward.start(network(graph), threads);
  const parameters = joinParameters(layoutOf(graph), values);
  const kept = {
    [PARAMETERS]: new Tensor("float32", parameters, [parameters.length]),
    ...Object.fromEntries(
      graph.carried.map(({ tensor: { name, shape } }) => [
        name,
        new Tensor("float32", values.get(name)!, shape as number[]),
      ]),
    ),
  };
  try {
    await forward.each(kept, source, use);
  } finally {
    await forward.release();
  }
}
