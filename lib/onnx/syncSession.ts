import { createRequire } from "node:module";
import { Tensor } from "onnxruntime-node";

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
    private readonly width: number,
  ) {}

  /** @param onnx with an input X, float [n, d], and an output `out`, float [n, width] */
  static of(onnx: Uint8Array, width: number): SyncSession {
    const { binding, initOrt } = createRequire(import.meta.url)("onnxruntime-node/dist/binding.js") as {
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
    return new SyncSession(native, width);
  }

  /** n × width numbers. */
  run(data: Float32Array, rows: number, columns: number): Float32Array {
    const out = new Float32Array(rows * this.width);
    for (let start = 0; start < rows; start += CHUNK) {
      const count = Math.min(CHUNK, rows - start);
      const part = data.subarray(start * columns, (start + count) * columns);
      const X = new Tensor("float32", part, [count, columns]);
      out.set(this.native.run({ X }, { out: null }, {}).out.data as Float32Array, start * this.width);
    }
    return out;
  }
}
