import { existsSync, readFileSync } from "node:fs";
import type { InferenceSession } from "onnxruntime-node";
import { DataError, FormatError, messageOf } from "../base/errors.js";
import { hashBytes } from "../base/hash.js";
import type { Matrix } from "../table/matrix.js";
import { rowsBetween } from "../table/matrixRows.js";
import { MOST_ROWS } from "./builder.js";
import { inspectOnnx, type OnnxFacts } from "./inspect.js";

/** n × k numbers, row by row. */
export interface Output {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** Rows scored in one call unless the model wants fewer: large enough to keep every thread busy, small enough for the cache. */
const BATCH = 65536;

/** A loaded model.onnx: float [n, d] in, the first output out. */
export class OnnxSession {
  private constructor(
    private readonly session: InferenceSession,
    readonly outputName: string,
    private readonly batch: number,
    /** What the file says of itself. */
    readonly facts: OnnxFacts,
  ) {}

  /**
   * Load a model's bytes. `threads` comes from params.yaml, never from the machine.
   * @throws FormatError when they need another file or custom operators, or ONNX Runtime refuses them
   */
  static async fromBytes(bytes: Uint8Array, threads: number, name = "model.onnx"): Promise<OnnxSession> {
    const facts = inspectOnnx(bytes, name);
    const ort = await import("onnxruntime-node");
    try {
      const session = await ort.InferenceSession.create(bytes, {
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        logSeverityLevel: 3,
      });
      return new OnnxSession(session, session.outputNames[0], batchOf(facts), facts);
    } catch (cause) {
      throw new FormatError(
        `onnx: ${name} cannot be loaded (${messageOf(cause).split("\n")[0]}). Train it again: nidslab repro.`,
        { cause },
      );
    }
  }

  /**
   * Load a model file after checking that its SHA-256 is the recorded one.
   * @throws DataError when the file is missing, FormatError when its content is not the recorded one
   */
  static async fromFile(path: string, sha256: string, threads: number): Promise<OnnxSession> {
    return OnnxSession.fromBytes(readModelFile(path, sha256), threads, path);
  }

  /** Score `rows` × `columns` numbers, in batches. @param output which one, the first left out */
  async run(data: Float32Array, rows: number, columns: number, output = this.outputName): Promise<Output> {
    return this.runMatrix({ data, rows, columns }, output);
  }

  /** The same of a matrix, which need not be in memory. */
  async runMatrix(X: Matrix, output = this.outputName): Promise<Output> {
    const make = (length: number): Float32Array => new Float32Array(length);
    return { rows: X.rows, ...(await this.collect(X, make, output)) };
  }

  /** The same for a model whose output is double. */
  async runDouble(
    data: Float32Array,
    rows: number,
    columns: number,
  ): Promise<{ readonly rows: number; readonly columns: number; readonly data: Float64Array }> {
    return {
      rows,
      ...(await this.collect({ data, rows, columns }, (length) => new Float64Array(length))),
    };
  }

  private async collect<A extends Float32Array | Float64Array>(
    X: Matrix,
    make: (length: number) => A,
    output = this.outputName,
  ): Promise<{ readonly columns: number; readonly data: A }> {
    const { Tensor } = await import("onnxruntime-node");
    const { rows, columns } = X;
    let out: A | undefined;
    let width = 0;
    for (let start = 0; start < rows || out === undefined; start += this.batch) {
      const count = Math.min(this.batch, rows - start);
      const input = new Tensor("float32", rowsBetween(X, start, start + count), [count, columns]);
      const result = (await this.session.run({ [this.session.inputNames[0]]: input }, [output]))[output];
      width = result.dims[1];
      out ??= make(rows * width);
      out.set(result.data as A, start * width);
      if (rows === 0) break;
    }
    return { columns: width, data: out ?? make(0) };
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

/** Rows of one call: what the file's metadata ask for, if they do. */
function batchOf({ metadata }: OnnxFacts): number {
  const asked = metadata[MOST_ROWS];
  return asked !== undefined && /^[1-9]\d{0,8}$/.test(asked) ? Math.min(BATCH, Number(asked)) : BATCH;
}

/**
 * The bytes of a model file, after checking that its SHA-256 is the recorded one.
 * @throws DataError when the file is missing, FormatError when its content is not the recorded one
 */
export function readModelFile(path: string, sha256: string): Uint8Array {
  if (!existsSync(path))
    throw new DataError(`onnx: ${path} is not there. Run nidslab repro, or give --model another folder.`);
  const bytes = readFileSync(path);
  const found = hashBytes(bytes);
  if (found !== sha256) {
    throw new FormatError(
      `onnx: ${path} is not the file that model.json describes (SHA-256 ${found.slice(0, 12)}…, ` +
        `expected ${sha256.slice(0, 12)}…): it is corrupt or was replaced. Restore it or run nidslab repro.`,
    );
  }
  return bytes;
}
