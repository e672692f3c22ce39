import { Rng } from "../../base/rng.js";
import { contentColumns } from "../../dataset/registry.js";
import { crossDomains } from "../../explain/cross/cross.js";
import { columnsNamed, matricesOf } from "../../explain/cross/params.js";
import { crossOff } from "../../explain/cross/result.js";
import type { FeatureSchema } from "../../features/schema.js";
import { readContent } from "../../split/content.js";
import type { Stage } from "../stage.js";
import { trialGroups, trialModel } from "../trialModel.js";

const FLOWS = "artifacts/flows.parquet";

/**
 * Train in one domain, test in another. Reads flows.parquet and the feature columns of the headline split (nothing in
 * them is fitted), writes reports/cross.json.
 */
export const cross: Stage = {
  name: "cross",
  async run(params, io) {
    const matrices = matricesOf(params.cross);
    if (matrices.length === 0) {
      io.writeJson("reports/cross.json", crossOff);
      return;
    }
    const names = [...new Set(matrices.flatMap(({ models }) => models))];
    const models = new Map(names.map((name) => [name, trialModel(params, name)]));
    const content = contentColumns(await io.columnsOf(FLOWS));
    const folder = `artifacts/features/${params.report.headline}`;
    const base = ["row_id", "label", "family"];
    const others = [...matrices.flatMap(columnsNamed), ...trialGroups(models.values())];
    const result = await crossDomains({
      flows: await io.readTable(
        FLOWS,
        base,
        [...new Set(others)].filter((name) => !base.includes(name)),
      ),
      features: await io.readTable(`${folder}/features.parquet`),
      schema: io.readJson<FeatureSchema>(`${folder}/schema.json`),
      content: await readContent(io.readBatches(FLOWS, content), content),
      matrices,
      models,
      rng: Rng.root(params.seed).fork("cross"),
      log: io.log,
    });
    io.writeJson("reports/cross.json", result);
  },
};
