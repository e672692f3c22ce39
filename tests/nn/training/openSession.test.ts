import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Classifier } from "#lib/models/contract.js";
import { definition as mlp } from "#lib/models/neural/mlp.js";
import { adam } from "#lib/nn/optimizers.js";
import { openTraining } from "#lib/nn/training/openSession.js";
import { trainingGraph } from "#lib/nn/trainingGraph.js";
import { fitContext, madeNumbers } from "../../checks/made.js";
import { temporaryFolder } from "../../temporary.js";
import { names, setUp, train } from "../parity.js";

const folder = temporaryFolder();
afterEach(() => vi.unstubAllEnvs());

const fit = (chosen: object) => {
  const { params, create } = mlp;
  return (create(params.parse({ epochs: 1, ...chosen })) as Classifier).fit(
    madeNumbers({ rows: 50, columns: 3 }),
    fitContext(),
  );
};

describe("an engine that is not here is named before a step is taken", () => {
  it("TensorFlow.js, plain and on TensorFlow's library", async () => {
    vi.stubEnv("NIDSLAB_ENGINES_DIR", folder.path);
    await expect(fit({ engine: "tfjs" })).rejects.toThrow(
      "engines: tfjs is not added: networks cannot be trained by TensorFlow.js (engine: tfjs). Add it: nidslab engines add tfjs",
    );
    const { onnx } = trainingGraph((await setUp("mlp")).loss, adam, null);
    await expect(openTraining(onnx, "tfjs-node", 1)).rejects.toThrow(
      /^engines: tfjs-node is not added: .*\. Add it: nidslab engines add tfjs-node$/,
    );
  });

  it("an onnxruntime-node with CUDA", async () => {
    const without = join(import.meta.dirname, "../../../node_modules/onnxruntime-node");
    vi.stubEnv("NIDSLAB_ORT_CUDA", without);
    await expect(fit({})).rejects.toThrow(
      `nn: NIDSLAB_ORT_CUDA names ${without}, and there is no onnxruntime-node with CUDA in it (expected bin/napi-v6/`,
    );
    vi.stubEnv("NIDSLAB_ORT_CUDA", "");
    expect((await fit({})).summary.engine).toBeUndefined();
  });
});

const cuda = process.env.NIDSLAB_ORT_CUDA ?? "";
const here = cuda === "" ? describe.skip : describe;
here(
  `networks trained on a GPU${cuda === "" ? " (skipped: NIDSLAB_ORT_CUDA names no onnxruntime-node with CUDA)" : ""}`,
  () => {
    it.each(names)("%s: the same loss over 50 steps as on the processor, to 1e-3", async (name) => {
      const [ours, theirs] = [await train(await setUp(name)), await train(await setUp(name), "ort-cuda")];
      theirs.forEach((loss, step) => {
        expect(Math.abs(loss - ours[step]), `loss of step ${step + 1}`).toBeLessThan(1e-3);
      });
    });
  },
);
