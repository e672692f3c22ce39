import { createRequire } from "node:module";
import type { Tensor } from "onnxruntime-node";

/** What onnxruntime-node's binding offers; its public `run` is this one, put off to the next turn of the event loop. */
interface Native {
  loadModel(buffer: ArrayBufferLike, offset: number, length: number, options: object): void;
  run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: Readonly<Record<string, null>>,
    options: object,
  ): Record<string, Tensor>;
}

/** Rows of one call. */
const CHUNK = 4096;

/** A model of this kit in memory that answers at once, for where a promise cannot be waited for. */
export class SyncSession {
  private constructor(
    private readonly native: Native,
    private readonly tensor: typeof Tensor,
    private readonly width: number,
  ) {}

  /** @param onnx with an input X, float [n, d], and an output `out`, float [n, width] */
  static of(onnx: Uint8Array, width: number): SyncSession {
    // Only now: whoever reads params.yaml knows the models, and would load the library too.
    const load = createRequire(import.meta.url);
    const { Tensor } = load("onnxruntime-node") as typeof import("onnxruntime-node");
    const { binding, initOrt } = load("onnxruntime-node/dist/binding.js") as {
      readonly binding: { readonly InferenceSession: new () => Native };
      readonly initOrt: () => void;
    };
    initOrt();
    const native = new binding.InferenceSession();
    native.loadModel(onnx.buffer, onnx.byteOffset, onnx.byteLength, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
    return new SyncSession(native, Tensor, width);
  }

  /** n × width numbers. */
  run(data: Float32Array, rows: number, columns: number): Float32Array {
    const out = new Float32Array(rows * this.width);
    for (let start = 0; start < rows; start += CHUNK) {
      const count = Math.min(CHUNK, rows - start);
      const part = data.subarray(start * columns, (start + count) * columns);
      const X = new this.tensor("float32", part, [count, columns]);
      out.set(this.native.run({ X }, { out: null }, {}).out.data as Float32Array, start * this.width);
    }
    return out;
  }
}
