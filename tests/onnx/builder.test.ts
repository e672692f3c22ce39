import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { hashBytes } from "#lib/base/hash.js";
import { OnnxBuilder } from "#lib/onnx/builder.js";
import { OnnxSession } from "#lib/onnx/session.js";

const folder = mkdtempSync(join(tmpdir(), "nidslab-onnx-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** y = sigmoid(x·w + b), computed in double. */
function logisticGraph(): Uint8Array {
  const onnx = new OnnxBuilder();
  const x = onnx.node("Cast", [onnx.input("X", "float", ["n", 2])], { to: { int: 11 } });
  const product = onnx.node("MatMul", [x, onnx.tensor("double", [2, 1], [0.5, -2])]);
  const y = onnx.node("Sigmoid", [onnx.node("Add", [product, onnx.tensor("double", [1], [0.25])])]);
  onnx.output("score", onnx.node("Cast", [y], { to: { int: 1 } }), "float", ["n", 1]);
  return onnx.finish({ b: "2", a: "é" });
}

describe("OnnxBuilder", () => {
  it.each([17, 18, 20])("writes reductions as opset %i has them", async (opset) => {
    const onnx = new OnnxBuilder();
    onnx.useOpset(opset, 8);
    const X = onnx.input("X", "float", ["n", 3]);
    const most = onnx.node("ReduceMax", [X], { axes: { ints: [1] }, keepdims: { int: 1 } });
    onnx.output("out", most, "float", ["n", 1]);
    const session = await OnnxSession.fromBytes(onnx.finish(), 1);
    const { data } = await session.run(Float32Array.of(1, 5, 2, -1, -3, -2), 2, 3);
    expect([...data]).toEqual([5, -1]);
    await session.release();
  });

  it("makes a model that ONNX Runtime computes as written", async () => {
    const session = await OnnxSession.fromBytes(logisticGraph(), 1);
    const out = await session.run(Float32Array.of(1, 0, 2, 1), 2, 2);
    expect(out.columns).toBe(1);
    expect(out.data[0]).toBeCloseTo(1 / (1 + Math.exp(-0.75)), 6);
    expect(out.data[1]).toBeCloseTo(1 / (1 + Math.exp(0.75)), 6);
    await session.release();
  });

  it("gives the same bytes again", () => {
    expect(hashBytes(logisticGraph())).toBe(hashBytes(logisticGraph()));
  });

  it("scores more rows than one batch holds, and none", async () => {
    const session = await OnnxSession.fromBytes(logisticGraph(), 2);
    const n = 70_001;
    const data = new Float32Array(n * 2);
    data[(n - 1) * 2] = 4;
    const out = await session.run(data, n, 2);
    expect(out.data[0]).toBeCloseTo(1 / (1 + Math.exp(-0.25)), 6);
    expect(out.data[n - 1]).toBeCloseTo(1 / (1 + Math.exp(-2.25)), 6);
    expect((await session.run(new Float32Array(0), 0, 2)).rows).toBe(0);
    await session.release();
  });
});

describe("OnnxSession", () => {
  it("refuses bytes that are no model, by name", async () => {
    await expect(OnnxSession.fromBytes(Uint8Array.of(1, 2, 3), 1)).rejects.toThrow(
      "model.onnx cannot be loaded",
    );
  });

  it("refuses a file that is not the recorded one before loading it", async () => {
    const bytes = logisticGraph();
    const path = join(folder, "model.onnx");
    writeFileSync(path, bytes);
    await (await OnnxSession.fromFile(path, hashBytes(bytes), 1)).release();
    bytes[40] ^= 1;
    writeFileSync(path, bytes);
    await expect(OnnxSession.fromFile(path, hashBytes(logisticGraph()), 1)).rejects.toThrow(
      "is corrupt or was replaced",
    );
    await expect(OnnxSession.fromFile(join(folder, "no.onnx"), "x", 1)).rejects.toThrow("is not there");
  });
});
