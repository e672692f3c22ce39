import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Classifier, FittedClassifier } from "#lib/models/contract.js";
import { definitionOf } from "#lib/models/registry.js";
import { fitContext, madeNumbers } from "../../checks/made.js";
import { expectSameScores, runOnnx } from "../../checks/onnxForm.js";
import { temporaryFolder } from "../../temporary.js";

/** A Python with PyTorch, onnx and onnxscript. */
const torch = process.env.NIDSLAB_TORCH;
const besideTorch = torch === undefined ? describe.skip : describe;
const reason =
  torch === undefined ? " (skipped: set NIDSLAB_TORCH to a Python that has torch and onnxscript)" : "";

const rows = madeNumbers({ rows: 400, columns: 6, classes: 3 });

besideTorch(`models exported by PyTorch${reason}`, () => {
  const folder = temporaryFolder();
  const said: Record<string, number[]> = {};

  beforeAll(() => {
    const input = {
      folder: folder.path,
      columns: 6,
      classes: 3,
      opset: 20,
      x: [...rows.X.data],
      y: [...rows.y],
    };
    const { status, stdout, stderr } = spawnSync(torch!, [resolve("tests/models/neural/imported.py")], {
      input: JSON.stringify(input),
      encoding: "utf8",
      env: { ...process.env, OMP_NUM_THREADS: "1", PYTHONDONTWRITEBYTECODE: "1" },
    });
    if (status !== 0) throw new Error(`imported.py failed: ${stderr}`);
    Object.assign(said, JSON.parse(stdout.trim().split("\n").at(-1)!));
  }, 300_000);

  it.each([
    ["mlp", "logits"],
    ["gru", "logits"],
    ["softmax", "probabilities"],
  ])("%s says what PyTorch says, to 1e-5", async (name, output) => {
    const definition = definitionOf("onnx");
    const estimator = definition.create(definition.params.parse({ path: `${name}.onnx`, output }) as never);
    const context = { ...fitContext(), path: (relative: string) => join(folder.path, relative) };
    const model = (await (estimator as Classifier).fit(rows, context)) as FittedClassifier;
    expectSameScores(model.predictProba(rows.X).data, said[name]);
    expectSameScores((await runOnnx(model, rows.X)).data, said[name]);
    expect(model.summary.opset).toBe(20);
  });
});
