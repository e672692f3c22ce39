#!/usr/bin/env node
/** Raw files to Parquet without the audit that the stage does: `node bench/ingestAlone.mjs PATH OUT`. */
import { ingestInto } from "../dist/dataset/ingest.js";
import { ParquetWriter } from "../dist/table/parquet/writer.js";

const [path, out] = process.argv.slice(2);
const dataset = { path, files: null, dialect: "auto", rows: null };
const labels = { unknown: "drop", empty: "drop", background: "drop", no_column: "error" };
await ingestInto(dataset, labels, 42, (columns) => ParquetWriter.open(out, columns));
