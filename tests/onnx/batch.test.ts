import { expect, it } from "vitest";
import { OnnxBuilder } from "#lib/onnx/builder.js";
import { readOnnx } from "#lib/onnx/reader.js";
import { OnnxSession } from "#lib/onnx/session.js";

it("a graph may ask for smaller batches: its file says so, and all rows are scored", async () => {
  const onnx = new OnnxBuilder();
  const x = onnx.input("X", "float", ["n", 2]);
  onnx.limitBatch(50);
  onnx.limitBatch(3);
  onnx.output("out", onnx.smallest(x, 1).values, "float", ["n", 1]);
  const bytes = onnx.finish({ kit: "nidslab" });
  expect(readOnnx(bytes).metadata).toEqual({ kit: "nidslab", "nidslab.most_rows": "3" });
  const session = await OnnxSession.fromBytes(bytes, 1);
  const { data } = await session.run(
    Float32Array.from({ length: 14 }, (_, i) => i),
    7,
    2,
  );
  expect([...data]).toEqual([0, 2, 4, 6, 8, 10, 12]);
  await session.release();
});
