import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { hashBytes } from "#lib/base/hash.js";
import { Rng } from "#lib/base/rng.js";
import { fitTrial } from "#lib/explain/trial.js";
import type { FeatureSchema } from "#lib/features/schema.js";
import { applyView, type FittedViews, viewOf } from "#lib/features/view.js";
import type { Classifier, FittedClassifier, Matrix } from "#lib/models/contract.js";
import { definitionOf, modelParams } from "#lib/models/registry.js";
import { OnnxBuilder } from "#lib/onnx/builder.js";
import { SavedModel } from "#lib/onnx/savedModel.js";
import { OnnxSession } from "#lib/onnx/session.js";
import { diskIo } from "#lib/pipeline/diskIo.js";
import type { Params } from "#lib/pipeline/params.js";
import { train } from "#lib/pipeline/stages/train.js";
import { trialModel } from "#lib/pipeline/trialModel.js";
import { rowsOfPart } from "#lib/split/parts.js";
import { fitContext, madeNumbers } from "../../checks/made.js";
import { expectSameScores, onnxHash, runOnnx } from "../../checks/onnxForm.js";
import { onnxFile } from "../../onnx/onnxFiles.js";
import { temporaryFolder } from "../../temporary.js";
import { writeMadeSplit } from "../madeSplit.js";
import { foreignFile, type Part } from "./foreignFile.js";

const folder = temporaryFolder();
const at = (name: string): string => join(folder.path, name);

function write(name: string, bytes: Uint8Array): string {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), bytes);
  return name;
}

const weights = [0.5, -1, 2, 0.25, 1, -0.75];

/** A softmax of two columns over three, by the kit's own builder. */
function own(): Uint8Array {
  const onnx = new OnnxBuilder();
  const X = onnx.input("X", "float", ["n", 3]);
  const product = onnx.node("MatMul", [X, onnx.tensor("float", [3, 2], weights)]);
  onnx.output("out", onnx.node("Softmax", [product], { axis: { int: 1 } }), "float", ["n", 2]);
  return onnx.finish();
}

/** Logits less their largest, by a ReduceMax whose axes are an input, as from opset 18 on; `c_0` is a name of the kit's, too. */
const shifted: readonly Part[] = [
  { op: "Gemm", inputs: ["x", "c_0"], output: "product", ints: { transB: 1 } },
  { op: "ReduceMax", inputs: ["product", "axes"], output: "most" },
  { op: "Sub", inputs: ["product", "most"], output: "y" },
];
const constants = {
  c_0: { shape: [2, 3], floats: [0.5, 2, 1, -1, 0.25, -0.75] },
  axes: { shape: [1], integers: [1] },
};
const logits = (changes: Partial<Parameters<typeof foreignFile>[0]> = {}): Uint8Array =>
  foreignFile({ opset: 20, nodes: shifted, constants, ...changes });

const rows = madeNumbers({ rows: 300, columns: 3 });

function fit(params: object, given = rows): Promise<FittedClassifier> {
  const definition = definitionOf("onnx");
  const estimator = definition.create(definition.params.parse(params) as never) as Classifier;
  return estimator.fit(given, { ...fitContext(), path: at }) as Promise<FittedClassifier>;
}

/** What the file itself says. */
async function direct(bytes: Uint8Array, X: Matrix): Promise<Float32Array> {
  const session = await OnnxSession.fromBytes(bytes, 1);
  const { data } = await session.run(X.data, X.rows, X.columns);
  await session.release();
  return data;
}

describe("a model that is brought in", () => {
  it("says what its file says: one of the kit's own opset", async () => {
    const model = await fit({ path: write("own.onnx", own()) });
    const said = await direct(own(), rows.X);
    expect(model.predictProba(rows.X).data).toEqual(said);
    expectSameScores((await runOnnx(model, rows.X)).data, said);
    expect(model.summary).toEqual({ file: "own.onnx", file_sha256: hashBytes(own()), opset: 17 });
    expect(() => model.predictProba({ rows: 1, columns: 9, data: new Float32Array(9) })).toThrow(
      /9 columns.*fitted on 3/,
    );
  });

  it.each([18, 20])("says what its file says: logits of opset %i", async (opset) => {
    const bytes = logits({ opset });
    const model = await fit({ path: write("logits.onnx", bytes), output: "logits" });
    const said = await direct(bytes, rows.X);
    const expected = Array.from({ length: said.length }, (_, i) => {
      const first = i - (i % 2);
      return Math.exp(said[i]) / (Math.exp(said[first]) + Math.exp(said[first + 1]));
    });
    expectSameScores(model.predictProba(rows.X).data, expected);
    expectSameScores((await runOnnx(model, rows.X)).data, expected);
    expect(onnxHash(model, 3)).toEqual(onnxHash(await fit({ path: "logits.onnx", output: "logits" }), 3));
  });

  it("takes one column as the second of two classes, and columns in another order", async () => {
    const single = logits({
      nodes: [
        { op: "MatMul", inputs: ["x", "w"], output: "product" },
        { op: "Squeeze", inputs: ["product", "axes"], output: "y" },
      ],
      constants: { w: { shape: [3, 1], floats: [1, -2, 0.5] }, axes: constants.axes },
      output: ["n"],
    });
    const path = write("single.onnx", single);
    const model = await fit({ path, output: "logits" });
    const { data } = rows.X;
    const second = 1 / (1 + Math.exp(-(data[0] - 2 * data[1] + 0.5 * data[2])));
    expectSameScores(model.predictProba(rows.X).data.slice(0, 2), [1 - second, second]);
    const turned = await fit({ path, output: "logits", classes: ["attack-1", "benign"] });
    expectSameScores(turned.predictProba(rows.X).data.slice(0, 2), [second, 1 - second]);
  });

  it("keeps the names of branches apart from those of the kit", async () => {
    const branch = { nodes: [{ op: "Identity", inputs: ["c_0"], output: "w" }], output: "w" };
    const bytes = logits({
      nodes: [
        { op: "If", inputs: ["yes"], output: "w", graphs: { then_branch: branch, else_branch: branch } },
        { op: "Gemm", inputs: ["x", "w"], output: "product", ints: { transB: 1 } },
        ...shifted.slice(1),
      ],
      constants: { ...constants, yes: { shape: [], booleans: [1] } },
    });
    const model = await fit({ path: write("branch.onnx", bytes), output: "logits" });
    await fit({ path: write("logits.onnx", logits()), output: "logits" }).then((plain) => {
      expect(model.predictProba(rows.X).data).toEqual(plain.predictProba(rows.X).data);
    });
  });

  it.each([
    ["a missing file", null, {}, /^onnx: m\.onnx is not there/],
    ["an absolute path", null, { path: "/m.onnx" }, /"\/m\.onnx" is an absolute path/],
    ["a path of the graph", null, { path: "artifacts/m.onnx" }, /is written by the graph itself/],
    ["another width", logits({ width: 5 }), {}, /takes "x" \[n, 5\], the view gives \[n, 3\]/],
    ["fixed rows", logits({ rows: 4 }), {}, /takes 4 rows at a time/],
    [
      "other classes",
      logits({ output: ["n", 7] }),
      {},
      /gives "y" \[n, 7\], expected is \[n, 2\] or \[n, 1\]/,
    ],
    ["two outputs", logits({ also: "product" }), {}, /has 2 outputs \("y", "product"\); one of float32/],
    ["an early opset", logits({ opset: 13 }), {}, /is of opset 13.*expected are at least 17/],
    ["logits as probabilities", logits(), { output: "probabilities" }, /no probabilities.*output: logits/],
    ["names of other classes", logits(), { classes: ["benign", "dos"] }, /hold \[benign, attack-1\]/],
    ["another SHA-256", logits(), { sha256: "0".repeat(64) }, /has the SHA-256 [0-9a-f]{64}, pinned is 0000/],
    [
      "an operator that does not exist",
      logits({ nodes: [{ op: "Nope", inputs: ["x"], output: "y" }] }),
      {},
      /m\.onnx cannot be run/,
    ],
    ["a custom operator", onnxFile("custom"), {}, /m\.onnx uses the operator Magic of "com\.example"/],
    ["external data", onnxFile("external"), {}, /m\.onnx keeps the values of "W" in another file/],
  ] as const)("refuses %s", async (_, bytes, params, message) => {
    if (bytes !== null) write("m.onnx", bytes);
    await expect(fit({ path: "m.onnx", output: "logits", ...params })).rejects.toThrow(message);
  });
});

describe("type: onnx in the train stage", () => {
  const io = (key: string) => ({ ...diskIo(folder.path, key), log: () => undefined });
  const run = (entry: object): Promise<void> =>
    train.run(
      {
        ...{ seed: 42, task: { target: "binary" }, threads: 1, decision: { rule: "max-f1" } },
        models: { brought: modelParams.parse({ type: "onnx", output: "logits", ...entry }) },
      } as unknown as Params,
      io("site-brought"),
    );
  const views = {
    scaled: [
      { keep: ["orig_bytes", "resp_bytes", "total_bytes"] },
      { impute: "median" },
      { scale: "standard" },
    ],
  } as NonNullable<Parameters<typeof writeMadeSplit>[2]>["views"];

  beforeAll(() => writeMadeSplit(io(""), 5, { views }));

  it("writes nothing for what it refuses", async () => {
    for (const entry of [{ path: "gone.onnx" }, { path: write("wide.onnx", logits({ width: 5 })) }])
      await expect(run(entry)).rejects.toThrow(/^onnx: /);
    expect(existsSync(at("artifacts/models"))).toBe(false);
  });

  it("is found in the project by trials that save no model, too", async () => {
    const entry = modelParams.parse({ type: "onnx", output: "logits", path: write("m.onnx", logits()) });
    const params = { models: { brought: entry }, views, decision: { rule: "max-f1" }, threads: 1 };
    const model = trialModel(params as unknown as Params, "brought", io(""));
    const flows = await io("").readTable("artifacts/flows.parquet");
    const features = await io("").readTable("artifacts/features/site/features.parquet");
    const { columns } = io("").readJson<FeatureSchema>("artifacts/features/site/schema.json");
    const isAttack = Uint8Array.from(flows.strings("label"), (label) => (label === "benign" ? 0 : 1));
    const parts = await io("").readTable("artifacts/splits/site.parquet");
    const [fitted, validation] = [rowsOfPart(parts, "train"), rowsOfPart(parts, "validation")];
    const data = { flows, features, isAttack };
    const trial = await fitTrial(data, columns, model, { train: fitted, validation }, Rng.root(1));
    expect((await trial.score(validation)).length).toBe(validation.length);
  });

  it("serves the file behind the view, with its hash and a threshold in model.json", async () => {
    await run({ path: write("models/logits.onnx", logits()) });
    const model = await SavedModel.open(at("artifacts/models/site/brought"), 1);
    expect(model.info.summary).toMatchObject({
      file: "models/logits.onnx",
      file_sha256: hashBytes(logits()),
    });
    const views = io("").readJson<FittedViews>("artifacts/features/site/transform.json");
    const view = viewOf(views, "scaled", "realistic", true);
    const columns = view.columns.length;
    const data = Float32Array.from({ length: 50 * columns }, (_, i) => 1 + ((i * 37) % 101));
    const raw = { rows: 50, columns, data };
    const said = await direct(logits(), applyView(view, raw));
    const { score } = await model.score(raw);
    await model.close();
    expectSameScores(
      score,
      Float64Array.from({ length: 50 }, (_, i) => 1 / (1 + Math.exp(said[2 * i] - said[2 * i + 1]))),
    );
    expect(new Set(score).size).toBeGreaterThan(25);
    await run({ path: "models/logits.onnx", sha256: hashBytes(logits()), seeds: [1, 2] });
  });

  it("refuses what needs a model that learns", () => {
    const entry = { type: "onnx", path: "m.onnx", resample: { smote: { k: 5 } } };
    expect(() => modelParams.parse(entry)).toThrow(/trained already/);
  });
});
