import { Rng } from "../../base/rng.js";
import type { AuditFacts } from "../../explain/audit/facts.js";
import { identifierColumns } from "../../explain/leaks/identifiers.js";
import { leakTests } from "../../explain/leaks/leaks.js";
import { leaksOff } from "../../explain/leaks/result.js";
import type { Stage } from "../stage.js";
import { readTrialData, trialModel } from "../trialModel.js";

/**
 * Try one model on data that would flatter it, or must not. Reads flows.parquet, the headline split and its feature
 * columns (nothing in them is fitted) and audit.json, writes reports/leaks.json.
 */
export const leaks: Stage = {
  name: "leaks",
  async run(params, io) {
    const split = params.report.headline;
    if (params.leaks === null) {
      io.writeJson("reports/leaks.json", leaksOff(split));
      return;
    }
    const model = trialModel(params, params.leaks.model, io);
    const { shortcuts } = io.readJson<AuditFacts>("artifacts/audit.json");
    const result = await leakTests({
      ...(await readTrialData(params, io, [model], identifierColumns)),
      split,
      parts: await io.readTable(`artifacts/splits/${split}.parquet`, ["row_id", "part"]),
      strongest: shortcuts.columns.map(({ column }) => column),
      model,
      rows: params.leaks.rows,
      rng: Rng.root(params.seed).fork("leaks"),
      log: io.log,
    });
    io.writeJson("reports/leaks.json", result);
  },
};
