import { z } from "zod";
import { timeFormats } from "../table/csv/times.js";

const column = z.string().min(1);

/** `dataset.columns`: what the columns of a plain table are, where their names and values do not say it. */
export const tableColumns = z.strictObject({
  target: column.nullable().describe("the label; null: the table has none"),
  categorical: z.array(column).optional().describe("codes that look like numbers, and texts of many values"),
  drop: z.array(column).optional().describe("columns that are left out"),
  time: column.nullish().describe("when a row was seen; goes to start_us, its date to day"),
  time_format: z.enum(timeFormats).nullish().describe("how time is written; null: as its first values say"),
  entity: column.nullish().describe("whose behaviour a row shows; goes to host"),
  dataset: column.nullish().describe("which dataset a row is of, in a table that joins several"),
});
export type TableColumns = z.infer<typeof tableColumns>;

/** `dataset:` of params.yaml: where the raw files are and how to read them. */
export const datasetParams = z.strictObject({
  path: z.string().min(1).describe("one file or folder"),
  files: z
    .array(z.string())
    .nullable()
    .describe("globs inside the folder; null: every file of a known dialect"),
  dialect: z.string().describe("auto, or the name of a dialect"),
  rows: z.int().min(1).nullable().describe("a stratified, seeded cap on the rows"),
  columns: tableColumns
    .nullish()
    .describe("a plain table of your own (CSV, TSV, Parquet): what its columns are; null: the dialect knows"),
});
export type DatasetParams = z.infer<typeof datasetParams>;

const policy = z.enum(["drop", "benign", "error"]);

/** What becomes of rows without a usable label; always counted in the data card. */
const labelPolicy = z.strictObject({
  unknown: policy.describe("rows labelled Unknown"),
  empty: policy.describe("rows labelled (empty), - or nothing"),
  background: policy.describe("rows labelled Background"),
  no_column: policy.describe("rows of a file without any label column"),
});
export type LabelPolicy = z.infer<typeof labelPolicy>;

/** What a user calls a label of the data. */
const labelMapEntry = z.strictObject({
  name: z.string().min(1).describe("benign, unknown, or the attack's name"),
  family: z.string().min(1).optional().describe("the attack's family; its name when there is none"),
});
export type LabelMapEntry = z.infer<typeof labelMapEntry>;

/** `labels:` of params.yaml. */
export const labelParams = labelPolicy.extend({
  map: z
    .union([z.string().min(1), z.record(z.string(), labelMapEntry)])
    .nullish()
    .describe("own names for the labels of the data: LABEL: {name, family}, or a CSV file in dataset.path"),
  attempted: z
    .enum(["benign", "drop", "own"])
    .optional()
    .describe(
      "rows labelled X - Attempted (benign): benign as their authors score them, dropped, or a class of their own",
    ),
  taxonomy: z
    .enum(["own", "cic-2018"])
    .optional()
    .describe(
      "names of attacks (own): the dataset's, or those of CSE-CIC-IDS2018 for all datasets of the CIC",
    ),
});
export type LabelParams = z.infer<typeof labelParams>;
