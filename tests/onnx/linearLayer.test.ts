import { expect, it } from "vitest";
import type { Classifier } from "#lib/models/contract.js";
import { definitionOf } from "#lib/models/registry.js";
import { OnnxBuilder } from "#lib/onnx/builder.js";
import { readLinear } from "#lib/onnx/linearLayer.js";
import { readOnnx } from "#lib/onnx/reader.js";
import { fitContext, madeRows } from "../checks/estimator.js";

async function layerOf(type: string, params: object = {}) {
  const definition = definitionOf(type);
  const estimator = definition.create(definition.params.parse(params)) as Classifier;
  const model = await estimator.fit(madeRows({ rows: 200, category: false }), fitContext());
  const onnx = new OnnxBuilder();
  onnx.output("probabilities", model.emit(onnx, onnx.input("X", "float", ["n", 3])), "float", ["n", 2]);
  return readLinear(readOnnx(onnx.finish()), 3);
}

it.each([
  ["logistic", {}, true],
  ["linear-svm", {}, false],
  ["bernoulli-nb", {}, true],
  ["bernoulli-nb", { score: "probability" }, true],
])("%s %j is read; whether classes are compared: %s", async (type, params, softmax) => {
  const layer = await layerOf(type, params);
  expect([layer?.outputs, layer?.softmax, layer?.sources]).toEqual([2, softmax, [0, 1, 2]]);
});

it.each([
  ["gaussian-nb", {}],
  ["linear-svm", { calibration: "sigmoid" }],
  ["random-forest", { trees: 2 }],
])("%s %j is no single linear layer", async (type, params) => {
  expect(await layerOf(type, params)).toBeNull();
});
