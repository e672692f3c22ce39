import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FormatError, SchemaError } from "#lib/base/errors.js";
import { canonicalJson } from "#lib/base/json.js";
import { OnnxBuilder } from "#lib/onnx/builder.js";
import { inspectOnnx } from "#lib/onnx/inspect.js";
import { SavedModel } from "#lib/onnx/savedModel.js";
import { OnnxSession } from "#lib/onnx/session.js";
import { columns, linearModel, writeModel } from "../modelFolder.js";
import { temporaryFolder } from "../temporary.js";
import { onnxFile } from "./onnxFiles.js";

const folder = temporaryFolder();

describe("inspectOnnx", () => {
  it("gives the metadata and the width of a model", () => {
    const onnx = new OnnxBuilder();
    onnx.output("out", onnx.input("X", "float", ["n", 3]), "float", ["n", 3]);
    expect(inspectOnnx(onnx.finish({ a: "1", b: "zwei" }), "m")).toEqual({
      metadata: { a: "1", b: "zwei" },
      width: 3,
    });
    expect(inspectOnnx(onnxFile("whole"), "m")).toEqual({ metadata: {}, width: 2 });
  });

  it.each([
    ["external", 'm.onnx keeps the values of "W" in another file ("external.bin")'],
    ["attribute", 'm.onnx keeps the values of "W2" in another file ("elsewhere.bin")'],
    ["custom", 'm.onnx uses the operator Magic of "com.example", a custom one'],
    ["branch", 'm.onnx uses the operator Magic of "com.example", a custom one'],
  ] as const)("refuses %s before it is loaded", async (name, message) => {
    const loading = OnnxSession.fromBytes(onnxFile(name), 1, "m.onnx");
    await expect(loading).rejects.toThrow(FormatError);
    await expect(loading).rejects.toThrow(`onnx: ${message}`);
    await expect(loading).rejects.toThrow("It was not loaded.");
  });

  it("says of what is no model that it cannot be loaded", () => {
    const bytes = onnxFile("whole");
    expect(() => inspectOnnx(bytes.subarray(0, bytes.length - 20), "m.onnx")).toThrow(
      /^onnx: m\.onnx cannot be loaded \(onnx: the field at byte \d+ is cut off/,
    );
    expect(() => inspectOnnx(Buffer.from("hello, world"), "m.onnx")).toThrow(
      /^onnx: m\.onnx cannot be loaded/,
    );
  });
});

describe("a model folder whose files are of two models", () => {
  const three = [
    [0, 1],
    [0, 0],
    [1, 0],
  ];

  it("is refused when model.onnx takes another number of columns", async () => {
    const where = writeModel(join(folder.path, "wide"), linearModel(three));
    await expect(SavedModel.open(where, 1)).rejects.toThrow(SchemaError);
    await expect(SavedModel.open(where, 1)).rejects.toThrow(/takes 3 columns, model\.json lists 2/);
  });

  it("is refused when model.onnx was made for other columns, and opens when they are the same", async () => {
    const made = (names: readonly string[]): Uint8Array => {
      const onnx = new OnnxBuilder();
      onnx.output("out", onnx.input("X", "float", ["n", 2]), "float", ["n", 2]);
      return onnx.finish({ columns: canonicalJson(columns.map((each, j) => ({ ...each, name: names[j] }))) });
    };
    const other = writeModel(join(folder.path, "other"), made(["resp_bytes", "proto"]));
    await expect(SavedModel.open(other, 1)).rejects.toThrow(/made for other columns.*Restore both/);
    await (
      await SavedModel.open(writeModel(join(folder.path, "same"), made(["orig_bytes", "proto"])), 1)
    ).close();
  });

  it("is refused when the columns of model.json are not those of its schema hash", async () => {
    const where = writeModel(join(folder.path, "hash"), linearModel(three.slice(0, 2)), {
      schema_hash: "0".repeat(64),
    });
    await expect(SavedModel.open(where, 1)).rejects.toThrow(SchemaError);
    await expect(SavedModel.open(where, 1)).rejects.toThrow(/schema hash is \w{12}….*records 000000000000…/);
  });
});
