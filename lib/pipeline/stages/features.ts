import { buildFeatures } from "../../features/build.js";
import { fitViews } from "../../features/fit.js";
import type { Stage } from "../stage.js";

/**
 * Flows to feature columns, and views fitted on the training rows of a split. Reads flows.parquet and the split, writes
 * features.parquet (nothing fitted), schema.json and transform.json below artifacts/features/<split>/.
 */
export const features: Stage = {
  name: "features",
  async run(params, io) {
    const flows = await io.readTable("artifacts/flows.parquet");
    const split = await io.readTable(`artifacts/splits/${io.key}.parquet`, ["row_id", "part"]);
    const { table, schema } = buildFeatures(flows, params.features);
    const views = fitViews(params.views, table, split, schema);
    const folder = `artifacts/features/${io.key}`;
    await io.writeTable(`${folder}/features.parquet`, table);
    io.writeJson(`${folder}/schema.json`, schema);
    io.writeJson(`${folder}/transform.json`, views);
    const unplaced = schema.context?.unplaced_rows ?? 0;
    if (unplaced > 0) io.log(`${io.key}: ${unplaced} rows without a start or an address have no context`);
    io.log(`${io.key}: ${schema.columns.length} columns, views ${Object.keys(views).join(", ")}`);
  },
};
