import { basename } from "node:path";
import { DataError } from "../base/errors.js";
import { compareText } from "../base/json.js";
import { Rng } from "../base/rng.js";
import { type Tallied, Tally } from "../base/tally.js";
import type { Table, TextColumn } from "../table/table.js";
import { canonicalRows, numbered } from "./canonical.js";
import { stratifiedCap } from "./cap.js";
import { contentGroups, countDuplicates, type Duplicates } from "./content.js";
import type { Dialect } from "./dialect.js";
import { applyLabels, type FileLabels } from "./labels.js";
import type { DatasetParams, LabelParams } from "./params.js";
import { type IgnoredFile, type ReadFile, readFiles } from "./read.js";
import { contentColumns } from "./registry.js";

/** What is known of one raw file. */
export interface FileFacts {
  readonly file: string;
  readonly source: string;
  readonly rows_read: number;
  readonly rows_kept: number;
  readonly dropped: Readonly<Record<string, Tallied>>;
  readonly repaired: Readonly<Record<string, Tallied>>;
  readonly ignored_columns: readonly string[];
}

/** ingest.json */
export interface IngestFacts {
  readonly dataset: string;
  readonly dialect: {
    readonly name: string;
    readonly title: string;
    readonly row: string;
    readonly label_policy: string;
    readonly citation: string;
    /** Columns that are never features, and those of the profile oracle, each with the reason. */
    readonly never: readonly { readonly name: string; readonly why: string }[];
    readonly oracle: readonly { readonly name: string; readonly why: string }[];
  };
  /** read = kept + dropped + capped */
  readonly rows: {
    readonly read: number;
    readonly kept: number;
    readonly dropped: number;
    readonly capped: number;
    readonly repaired: number;
  };
  readonly dropped: Readonly<Record<string, number>>;
  readonly repaired: Readonly<Record<string, number>>;
  /** Rows whose label is neither benign nor an attack, by kind, and what was done with them. */
  readonly labels: Readonly<Record<string, { readonly rows: number; readonly policy: string }>>;
  readonly files: readonly FileFacts[];
  readonly ignored_files: readonly { readonly file: string; readonly why: string }[];
  readonly classes: {
    readonly label: Readonly<Record<string, number>>;
    readonly family: Readonly<Record<string, number>>;
  };
  /** Rows of equal content, by the columns that a realistic feature comes from. */
  readonly duplicates: Duplicates & { readonly columns: readonly string[] };
}

export interface Ingested {
  readonly table: Table;
  readonly facts: IngestFacts;
}

/**
 * Raw files to canonical rows, in the order of file names and lines; every row that is dropped or repaired is counted.
 * @throws DataError, FormatError or ParamsError as `readFiles` and `applyLabels` say; DataError when no row is left
 */
export async function ingest(dataset: DatasetParams, policy: LabelParams, seed: number): Promise<Ingested> {
  const read = await readFiles(dataset.path, dataset);
  const files = read.files.map((file) => ({ file, labels: applyLabels(read.dialect, file, policy) }));
  const name = read.dialect.dataset ?? datasetName(dataset.path);
  const labelled = canonicalRows(name, files, false);
  if (labelled.rows === 0) throw nothingLeft(dataset.path, files);
  const limit = dataset.rows ?? labelled.rows;
  const capped =
    limit < labelled.rows
      ? labelled.take(stratifiedCap(labelled.text("family"), limit, Rng.root(seed).fork("dataset.rows")))
      : labelled;
  const table = numbered(capped);
  return { table, facts: factsOf(name, read.dialect, files, read.ignored, policy, table, labelled.rows) };
}

/** The name of a dataset that its dialect does not know: that of its folder or file. */
export function datasetName(path: string): string {
  return basename(path.replaceAll("\\", "/").replace(/\/+$/, "")).replace(/\..*$/, "") || "data";
}

interface LabelledFile {
  readonly file: ReadFile;
  readonly labels: FileLabels;
}

function nothingLeft(path: string, files: readonly LabelledFile[]): DataError {
  const texts = files.flatMap(({ labels }) => labels.entries.map((entry) => entry.original ?? "(none)"));
  return new DataError(
    `ingest: no row of ${path} is left: every one was dropped (labels found: ${[...new Set(texts)].slice(0, 8).join(", ") || "none"}). ` +
      "Benign rows must say benign or normal, attacks malicious; see labels.* in params.yaml.",
  );
}

function factsOf(
  dataset: string,
  dialect: Dialect,
  files: readonly LabelledFile[],
  ignored: readonly IgnoredFile[],
  policy: LabelParams,
  table: Table,
  labelledRows: number,
): IngestFacts {
  const fileFacts = files.map(factsOfFile);
  const sum = (pick: (facts: FileFacts) => number): number => fileFacts.reduce((a, f) => a + pick(f), 0);
  const dropped = totals(fileFacts.map((facts) => facts.dropped));
  const repaired = totals(fileFacts.map((facts) => facts.repaired));
  const columns = contentColumns(table.names);
  return {
    dataset,
    dialect: dialectFacts(dialect),
    rows: {
      read: sum((f) => f.rows_read),
      kept: table.rows,
      dropped: Object.values(dropped).reduce((a, b) => a + b, 0),
      capped: labelledRows - table.rows,
      repaired: Object.values(repaired).reduce((a, b) => a + b, 0),
    },
    dropped,
    repaired,
    labels: labelKinds(files, policy),
    files: fileFacts,
    ignored_files: ignored
      .map(({ name, why }) => ({ file: name, why }))
      .sort((a, b) => compareText(a.file, b.file)),
    classes: { label: countText(table.text("label")), family: countText(table.text("family")) },
    duplicates: { ...countDuplicates(contentGroups(table, columns), table.text("label").codes), columns },
  };
}

function factsOfFile({ file, labels }: LabelledFile): FileFacts {
  const { rows } = file;
  const byLabel = new Tally();
  labels.codes.forEach((code, row) => {
    if (!labels.entries[code].keep) byLabel.add(labels.entries[code].dropped ?? "label", rows.lines[row]);
  });
  return {
    file: file.name,
    source: file.source,
    rows_read: rows.rowsRead,
    rows_kept: rows.table.rows - byLabel.total,
    dropped: { ...rows.dropped.toJSON(), ...byLabel.toJSON() },
    repaired: rows.repaired.toJSON(),
    ignored_columns: rows.ignoredColumns,
  };
}

/** The dialect as the data card shows it. */
function dialectFacts(dialect: Dialect): IngestFacts["dialect"] {
  const columns = (use: "never" | "oracle"): { name: string; why: string }[] =>
    dialect.columns
      .filter((field) => field.use === use)
      .map((field) => ({ name: field.name, why: field.why ?? "" }));
  const { name, title, row, labelPolicy, citation } = dialect;
  return {
    name,
    title,
    row,
    label_policy: labelPolicy,
    citation,
    never: columns("never"),
    oracle: columns("oracle"),
  };
}

function labelKinds(files: readonly LabelledFile[], policy: LabelParams): IngestFacts["labels"] {
  const kinds = Object.keys(policy) as (keyof LabelParams)[];
  return Object.fromEntries(
    kinds.map((kind) => [
      kind,
      { rows: files.reduce((sum, { labels }) => sum + (labels.special[kind] ?? 0), 0), policy: policy[kind] },
    ]),
  );
}

function totals(parts: readonly Readonly<Record<string, Tallied>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const part of parts) {
    for (const [reason, { count }] of Object.entries(part)) sums[reason] = (sums[reason] ?? 0) + count;
  }
  return sums;
}

/** Rows by value of a text column. */
export function countText(column: TextColumn): Record<string, number> {
  const counts = new Int32Array(column.dictionary.length);
  for (const code of column.codes) if (code >= 0) counts[code]++;
  return Object.fromEntries(
    column.dictionary.map((value, code) => [value, counts[code]] as const).filter(([, count]) => count > 0),
  );
}
