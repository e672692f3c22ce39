import { join } from "node:path";
import { DataError } from "../../base/errors.js";
import { Rng } from "../../base/rng.js";
import { type Background, backgroundRows, readBackground } from "../../onnx/background.js";
import { columnSources } from "../../onnx/columnSources.js";
import { type OnnxModel, readOnnx } from "../../onnx/reader.js";
import { type ModelInfo, SavedModel, widthOf } from "../../onnx/savedModel.js";
import { readModelFile } from "../../onnx/session.js";
import { readTrees } from "../../onnx/treeEnsemble.js";
import type { Matrix } from "../../table/matrix.js";
import { type Explanations, type RowExplainer, takeRows } from "./explanations.js";
import { kernelExplainer } from "./kernelExplainer.js";
import { linearExplainer } from "./linearExplainer.js";
import { treeExplainer } from "./treeExplainer.js";

/** What `--method` may ask for; `auto` takes the first that the model allows: trees, linear, kernel. */
export const methods = ["auto", "tree", "linear", "kernel"] as const;
export type MethodChoice = (typeof methods)[number];

export interface ExplainerOptions {
  readonly threads: number;
  readonly method?: MethodChoice;
  /** Of KernelSHAP. */
  readonly coalitions?: number;
  /** Of KernelSHAP: at most so many of the background rows. */
  readonly backgroundRows?: number;
  readonly seed?: number;
}

/** A model folder ready to explain its rows. */
export interface ModelExplainer extends RowExplainer {
  readonly info: ModelInfo;
  readonly background: Background;
  /** The scores that the model serves. */
  score(X: Matrix): Promise<Float64Array>;
  close(): Promise<void>;
}

/**
 * Open a model folder (model.json, model.onnx, background.json) to explain rows of its matrix.
 * @throws DataError when a file is missing or the model has not what `method` needs, FormatError when one is damaged
 */
export async function openExplainer(folder: string, options: ExplainerOptions): Promise<ModelExplainer> {
  const saved = await SavedModel.open(folder, options.threads);
  try {
    const { info } = saved;
    const background = readBackground(folder);
    const score = async (X: Matrix): Promise<Float64Array> => (await saved.score(X)).score;
    const bytes = readModelFile(join(folder, "model.onnx"), info.onnx_sha256);
    const explainer = await choose(bytes, info, backgroundRows(background), score, options);
    return {
      method: explainer.method,
      explain: async (X) => byColumn(inWords(await explainer.explain(X), info), info.columns.length, X.rows),
      info,
      background,
      score,
      close: () => saved.close(),
    };
  } catch (error) {
    await saved.close();
    throw error;
  }
}

/** Margins and the trees' P(attack) are those before calibration, which moves all of a row's parts together. */
function inWords(explanations: Explanations, { calibration }: ModelInfo): Explanations {
  const isServed = explanations.method === "KernelSHAP" || explanations.method === "constant";
  if (isServed || (calibration.method ?? "none") === "none") return explanations;
  return { ...explanations, of: `${explanations.of} before calibration` };
}

/** Of windows: what a column contributes in all their rows together. */
function byColumn(explanations: Explanations, columns: number, rows: number): Explanations {
  const { values } = explanations;
  const width = values.length / rows;
  if (width === columns || rows === 0) return explanations;
  const summed = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < width; j++) summed[i * columns + (j % columns)] += values[i * width + j];
  }
  return { ...explanations, values: summed };
}

async function choose(
  bytes: Uint8Array,
  info: ModelInfo,
  background: Matrix,
  score: (X: Matrix) => Promise<Float64Array>,
  options: ExplainerOptions,
): Promise<RowExplainer> {
  const { method = "auto", threads, coalitions = 2048, seed = info.seed } = options;
  const model = readOnnx(bytes);
  const columns = widthOf(info);
  if (method === "auto" && isConstant(model, columns)) return constantExplainer(score);
  if (method === "auto" || method === "tree") {
    const trees = treeExplainer(bytes, model, columns, threads);
    if (trees !== null) return trees;
    if (method === "tree") throw unsuitable(info, "tree", whyNoTrees(model));
  }
  if (method === "auto" || method === "linear") {
    const linear = await linearExplainer(bytes, model, background, threads);
    if (linear !== null) return linear;
    if (method === "linear") throw unsuitable(info, "linear", "is not linear up to its margins");
  }
  const rows = Math.min(background.rows, options.backgroundRows ?? background.rows);
  // Spread over all of them: they stand in the order of the data.
  const some = takeRows(
    background,
    Array.from({ length: rows }, (_, i) => Math.floor((i * background.rows) / rows)),
  );
  const of = info.kind === "detector" ? "anomaly score" : info.scores === "margin" ? "score" : "P(attack)";
  return kernelExplainer(score, some, {
    of,
    columns: info.columns.length,
    coalitions,
    rng: Rng.root(seed).fork("kernel-shap"),
  });
}

/** No column of the input reaches the output. */
function isConstant(model: OnnxModel, columns: number): boolean {
  return columnSources(model, columns).get(model.outputs[0]) === "constant";
}

function constantExplainer(score: (X: Matrix) => Promise<Float64Array>): RowExplainer {
  return {
    method: "constant",
    explain: async (X) => ({
      method: "constant",
      of: "score, which no column changes",
      base: await score(X),
      values: new Float64Array(X.rows * X.columns),
      standardErrors: null,
    }),
  };
}

function whyNoTrees(model: OnnxModel): string {
  return readTrees(model) === null
    ? "is not made of trees alone"
    : "has trees that ask for mixtures of columns";
}

function unsuitable({ name, type }: ModelInfo, method: MethodChoice, why: string): DataError {
  return new DataError(
    `explain: model ${name} (${type}) ${why}, which --method ${method} needs. Leave --method out, or take --method kernel, ` +
      "which explains any model.",
  );
}
