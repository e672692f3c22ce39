import { DataError } from "../../base/errors.js";
import { Rng } from "../../base/rng.js";
import { attackFlags } from "../../dataset/target.js";
import { explainModel } from "../../explain/modelExplanation.js";
import { openExplainer } from "../../explain/shap/explainer.js";
import { modelMatrix, windowsFor } from "../../features/modelMatrix.js";
import { windowSources } from "../../features/windows/build.js";
import { rowsOfPart } from "../../split/parts.js";
import type { Params } from "../params.js";
import type { Stage, StageIo } from "../stage.js";

/** Rows of background.json that KernelSHAP mixes rows with here; `nidslab explain` takes all of them. */
const KERNEL_BACKGROUND = 20;

/**
 * Why one model decides as it does, on the headline split: permutation importance on validation rows, Shapley values of
 * test rows, one attack that it found and one that it missed. Writes reports/explain/<model>.json. It scores the test
 * rows itself and chooses nothing.
 */
export const explain: Stage = {
  name: "explain",
  async run(params: Params, io: StageIo) {
    const split = params.report.headline;
    const model = io.key;
    if (params.models[model] === undefined) {
      throw new DataError(
        `explain: no model "${model}" under models in params.yaml (has: ${Object.keys(params.models).join(", ")}).`,
      );
    }
    const explainer = await openExplainer(io.path(`artifacts/models/${split}/${model}`), {
      threads: params.threads,
      coalitions: params.explain.coalitions,
      backgroundRows: KERNEL_BACKGROUND,
      seed: params.seed,
    });
    try {
      const { info } = explainer;
      const parts = await io.readTable(`artifacts/splits/${split}.parquet`, ["row_id", "part"]);
      const flows = await io.readTable(
        "artifacts/flows.parquet",
        ["label", "family"],
        info.window === undefined ? [] : windowSources,
      );
      const features = await io.readTable(
        `artifacts/features/${split}/features.parquet`,
        info.columns.map(({ name }) => name),
      );
      const levels = Object.fromEntries(info.columns.map(({ name, levels: own = [] }) => [name, own]));
      const flags = attackFlags(flows);
      const input = modelMatrix(features, info.columns, levels, windowsFor(flows, info.window));
      const rowsOf = (rows: Int32Array) => ({
        X: input(rows),
        isAttack: Uint8Array.from(rows, (row) => flags[row]),
      });
      const test = rowsOfPart(parts, "test");
      const tested = rowsOf(test);
      const labels = flows.take(test);
      const explanation = await explainModel(
        explainer,
        rowsOf(rowsOfPart(parts, "validation")),
        {
          ...tested,
          rowIds: test,
          labels: labels.strings("label"),
          families: labels.strings("family"),
          scores: await explainer.score(tested.X),
        },
        params.explain,
        Rng.root(params.seed).fork("explain").fork(split),
      );
      io.writeJson(`reports/explain/${model}.json`, explanation);
      const strongest = explanation.shap.mean_abs.slice(0, 3).map(({ name }) => name);
      io.log(`explain ${split}/${model}: ${explanation.shap.method}, strongest ${strongest.join(", ")}`);
    } finally {
      await explainer.close();
    }
  },
};
