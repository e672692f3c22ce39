import { DataError } from "../../base/errors.js";
import { didYouMean } from "../../base/nearest.js";
import { Rng } from "../../base/rng.js";
import { splitFlows } from "../../split/split.js";
import type { Stage } from "../stage.js";

/** Which rows train, validate and test. Reads flows.parquet, writes artifacts/splits/<split>.parquet and .json. */
export const split: Stage = {
  name: "split",
  async run(params, io) {
    const recipe = params.splits[io.key];
    if (recipe === undefined) {
      const names = Object.keys(params.splits);
      throw new DataError(
        `split: no split "${io.key}" under splits in params.yaml (has: ${names.join(", ")}).${didYouMean(io.key, names)}`,
      );
    }
    const flows = await io.readTable("artifacts/flows.parquet");
    const rng = Rng.root(params.seed).fork("split").fork(io.key);
    const { table, facts } = splitFlows(flows, recipe, rng);
    await io.writeTable(`artifacts/splits/${io.key}.parquet`, table);
    io.writeJson(`artifacts/splits/${io.key}.json`, facts);
    const { train, validation, test, unused } = facts.rows;
    io.log(`${io.key}: ${train} train, ${validation} validation, ${test} test, ${unused} unused`);
  },
};
