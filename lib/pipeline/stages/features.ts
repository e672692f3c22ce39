import type { RowSink } from "../../dataset/sink.js";
import { buildFeatures } from "../../features/build.js";
import { ContextStream, contextSources } from "../../features/context/stream.js";
import { fitViews } from "../../features/fit.js";
import type { FeatureSchema } from "../../features/schema.js";
import { foldColumns, foldsOf, partsOfFold } from "../../split/parts.js";
import type { ParquetColumn } from "../../table/parquet/writer.js";
import { Scratch } from "../../table/storedMatrix.js";
import type { Table } from "../../table/table.js";
import type { Params } from "../params.js";
import type { Stage, StageIo } from "../stage.js";
import { featuresFile, viewRows } from "../viewRows.js";

const FLOWS = "artifacts/flows.parquet";

/**
 * Flows to feature columns, batch by batch, and views fitted on the training rows of a split, column by column. Reads
 * flows.parquet and the split, writes features.parquet (nothing fitted), schema.json and transform.json below
 * artifacts/features/<split>/. Of a k-fold split the views are fitted on the training rows of each fold:
 * fold-1/transform.json, ….
 */
export const features: Stage = {
  name: "features",
  async run(params, io) {
    const folder = `artifacts/features/${io.key}`;
    const schema = await writeFeatures(params, featuresFile(io.key), io);
    io.writeJson(`${folder}/schema.json`, schema);
    await fitFeatures(params, io, schema);
    const unplaced = schema.context?.unplaced_rows ?? 0;
    if (unplaced > 0) io.log(`${io.key}: ${unplaced} rows without a start or an address have no context`);
    io.log(`${io.key}: ${schema.columns.length} columns, views ${Object.keys(params.views).join(", ")}`);
  },
};

/** Fit the views on a split's training rows: reads the split and its features.parquet, writes transform.json. */
export async function fitFeatures(params: Params, io: StageIo, schema: FeatureSchema): Promise<void> {
  const split = await io.readTable(`artifacts/splits/${io.key}.parquet`, ["row_id", "part"], foldColumns);
  const folder = `artifacts/features/${io.key}`;
  const fit = async (parts: Table): Promise<unknown> =>
    fitViews(params.views, await viewRows(io, io.key, parts), schema);
  const folds = foldsOf(split);
  for (const fold of folds)
    io.writeJson(`${folder}/fold-${fold}/transform.json`, await fit(partsOfFold(split, fold)));
  if (folds.length === 0) io.writeJson(`${folder}/transform.json`, await fit(split));
}

/** Write the feature columns of every row. @returns what they are */
async function writeFeatures(
  { features: options }: Params,
  path: string,
  io: StageIo,
): Promise<FeatureSchema> {
  const scratch = new Scratch(io.path(".nidslab/rows"));
  const context =
    options.context === null
      ? undefined
      : new ContextStream(io.readBatches(FLOWS, [], contextSources), options.context, scratch);
  let sink: RowSink | undefined;
  let schema: FeatureSchema | undefined;
  try {
    for await (const flows of io.readBatches(FLOWS)) {
      const built = buildFeatures(flows, options, await context?.take(flows.rows));
      schema ??= built.schema;
      sink ??= await io.openTable(path, storedColumns(built.table));
      await sink.append(built.table);
    }
    if (schema === undefined || sink === undefined) throw new Error(`${FLOWS} has no batch`);
    await sink.finish();
  } catch (cause) {
    await sink?.abort();
    throw cause;
  } finally {
    scratch.close();
  }
  return schema.context === undefined
    ? schema
    : { ...schema, context: { ...schema.context, unplaced_rows: context?.unplaced ?? 0 } };
}

function storedColumns(table: Table): ParquetColumn[] {
  return table.names.map((name) => {
    const column = table.column(name);
    return { name, type: column.kind === "text" ? "text" : column.type };
  });
}
