import { buildFeatures } from "../../features/build.js";
import { expectColumns } from "../../features/columnSets.js";
import { fitViews } from "../../features/fit.js";
import { foldColumns, foldsOf, partsOfFold } from "../../split/parts.js";
import type { Stage } from "../stage.js";

/**
 * Flows to feature columns, and views fitted on the training rows of a split. Reads flows.parquet and the split, writes
 * features.parquet (nothing fitted), schema.json and transform.json below artifacts/features/<split>/. Of a k-fold split
 * the views are fitted on the training rows of each fold: fold-1/transform.json, ….
 */
export const features: Stage = {
  name: "features",
  async run(params, io) {
    const flows = await io.readTable("artifacts/flows.parquet");
    const split = await io.readTable(`artifacts/splits/${io.key}.parquet`, ["row_id", "part"], foldColumns);
    const { table, schema } = buildFeatures(flows, params.features);
    expectColumns(
      params.features.columns ?? "all",
      schema.columns.map(({ name }) => name),
    );
    const folder = `artifacts/features/${io.key}`;
    await io.writeTable(`${folder}/features.parquet`, table);
    io.writeJson(`${folder}/schema.json`, schema);
    const folds = foldsOf(split);
    for (const fold of folds) {
      const views = fitViews(params.views, table, partsOfFold(split, fold), schema);
      io.writeJson(`${folder}/fold-${fold}/transform.json`, views);
    }
    if (folds.length === 0) {
      io.writeJson(`${folder}/transform.json`, fitViews(params.views, table, split, schema));
    }
    const unplaced = schema.context?.unplaced_rows ?? 0;
    if (unplaced > 0) io.log(`${io.key}: ${unplaced} rows without a start or an address have no context`);
    io.log(`${io.key}: ${schema.columns.length} columns, views ${Object.keys(params.views).join(", ")}`);
  },
};
