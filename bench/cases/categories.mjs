import { OnnxBuilder } from "../../dist/onnx/builder.js";
import { OnnxSession } from "../../dist/onnx/session.js";
import { manyRows, readNslKdd } from "../nslkdd.mjs";

const ROWS = 1_000_000;
/** Rows a call, as OnnxSession. */
const BATCH = 65536;

/** What it costs to bring a million rows with three category columns into ONNX Runtime: codes in one float matrix. */
export async function prepare(data) {
  const { test } = readNslKdd(data);
  const onnx = new OnnxBuilder();
  const X = onnx.input("X", "float", ["n", 41]);
  onnx.output("sum", onnx.node("ReduceSum", [X, onnx.tensor("int64", [1], [1])]), "float", ["n", 1]);
  const session = await OnnxSession.fromBytes(onnx.finish(), 2);
  const rows = manyRows(test.X, ROWS);
  return {
    settings: "codes: one float tensor of 41 columns, 1,000,000 rows",
    async run() {
      const start = performance.now();
      await session.run(rows.data, rows.rows, 41);
      return (performance.now() - start) / 1000;
    },
    close: () => session.release(),
  };
}

/** The other way: 38 numbers as floats, three columns as strings that a LabelEncoder turns into codes. */
export async function preparePeer(data) {
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const { test } = readNslKdd(data);
  const { data: values } = manyRows(test.X, ROWS);
  const texts = test.features.flatMap(({ kind }, column) => (kind === "category" ? [column] : []));
  const onnx = new OnnxBuilder();
  const parts = [onnx.input("numbers", "float", ["n", 38])];
  for (const column of texts) {
    const keys = test.features[column].levels;
    parts.push(
      onnx.node(
        "LabelEncoder",
        [onnx.input(`text${column}`, "string", ["n", 1])],
        {
          keys_strings: { strings: keys },
          values_floats: { floats: keys.map((_, code) => code) },
          default_float: { float: -1 },
        },
        "ai.onnx.ml",
      ),
    );
  }
  const X = onnx.node("Concat", parts, { axis: { int: 1 } });
  onnx.output("sum", onnx.node("ReduceSum", [X, onnx.tensor("int64", [1], [1])]), "float", ["n", 1]);
  const session = await InferenceSession.create(onnx.finish(), {
    intraOpNumThreads: 2,
    interOpNumThreads: 1,
  });
  const numbers = new Float32Array(ROWS * 38);
  const strings = texts.map(() => new Array(ROWS));
  for (let i = 0, at = 0; i < ROWS; i++) {
    for (let j = 0; j < 41; j++) {
      const text = texts.indexOf(j);
      if (text < 0) numbers[at++] = values[i * 41 + j];
      else strings[text][i] = test.features[j].levels[values[i * 41 + j]] ?? "unseen";
    }
  }
  return {
    settings: "strings: 38 floats and three string tensors through LabelEncoder, 1,000,000 rows",
    async run() {
      const start = performance.now();
      for (let from = 0; from < ROWS; from += BATCH) {
        const count = Math.min(BATCH, ROWS - from);
        const feeds = {
          numbers: new Tensor("float32", numbers.subarray(from * 38, (from + count) * 38), [count, 38]),
        };
        texts.forEach((column, t) => {
          feeds[`text${column}`] = new Tensor("string", strings[t].slice(from, from + count), [count, 1]);
        });
        await session.run(feeds);
      }
      return (performance.now() - start) / 1000;
    },
    end: () => void session.release(),
  };
}
