import type { InferenceSession } from "onnxruntime-node";
import { OnnxBuilder, type Value } from "../../onnx/builder.js";
import { emitGraph } from "../emit.js";
import { LOSS, layoutOf, PARAMETERS, spreadParameters } from "../trainingGraph.js";
import { type BatchSource, type Feeds, type NetworkOutputs, WEIGHT } from "./network.js";
import { openSession } from "./openSession.js";

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
    let [total, mass] = [0, 0];
    for (let start = 0; start < source.rows; start += CHUNK) {
      const count = Math.min(CHUNK, source.rows - start);
      const feeds = source.feeds(Int32Array.from({ length: count }, (_, i) => start + i));
      const said = await this.session.run({ ...kept, ...feeds });
      const part = said[OUTPUT].data as Float32Array;
      if (start === 0) output = new Float32Array((part.length / count) * source.rows);
      output.set(part, (part.length / count) * start);
      const weight = (feeds[WEIGHT].data as Float32Array).reduce((sum, each) => sum + each, 0);
      total += (said[LOSS].data as Float32Array)[0] * weight;
      mass += weight;
    }
    return { loss: total / mass, output };
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}
