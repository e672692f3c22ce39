import { Rng } from "../../base/rng.js";
import { crossDomains } from "../../explain/cross/cross.js";
import { columnsNamed, matricesOf } from "../../explain/cross/params.js";
import { crossOff } from "../../explain/cross/result.js";
import type { Stage } from "../stage.js";
import { readTrialData, trialModel } from "../trialModel.js";

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
    const models = new Map(names.map((name) => [name, trialModel(params, name, io)]));
    const result = await crossDomains({
      ...(await readTrialData(params, io, models.values(), matrices.flatMap(columnsNamed))),
      matrices,
      models,
      rng: Rng.root(params.seed).fork("cross"),
      log: io.log,
    });
    io.writeJson("reports/cross.json", result);
  },
};
