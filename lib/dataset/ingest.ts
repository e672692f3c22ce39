import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { DataError } from "../base/errors.js";
import { compareText } from "../base/json.js";
import { Rng } from "../base/rng.js";
import type { Tallied } from "../base/tally.js";
import type { RowCounts } from "../flow/rowReader.js";
import type { Table } from "../table/table.js";
import { ThreadTeam } from "../table/threads.js";
import { type CampaignFacts, CampaignJoin, canJoin } from "./campaigns.js";
import {
  canonicalBatch,
  type FilePlace,
  hasValue,
  keptRows,
  numbered,
  optionalColumns,
  type StoredColumn,
  storedColumns,
  unfilledColumns,
} from "./canonical.js";
import { stratifiedCap } from "./cap.js";
import { ContentGroups, DuplicateCounter, type Duplicates } from "./content.js";
import type { Dialect } from "./dialect.js";
import { placeOf } from "./files.js";
import { parseGroundTruth } from "./groundTruth.js";
import { type LabelMap, readLabelMap } from "./labelMap.js";
import { type BatchLabels, FileLabels, keepAll } from "./labels.js";
import type { RowObserver } from "./observer.js";
import type { DatasetParams, LabelParams } from "./params.js";
import type { PlainColumn } from "./plain/columns.js";
import { datasetFiles, type IgnoredFile, type KnownFile, type KnownFiles } from "./read.js";
import { contentColumns } from "./registry.js";
import { type RowSink, TableSink } from "./sink.js";
import { TextCounts } from "./textCounts.js";

/** What is known of one raw file. */
export interface FileFacts {
  readonly file: string;
  readonly dialect: string;
  readonly dataset: string;
  readonly source: string;
  readonly rows_read: number;
  readonly rows_kept: number;
  readonly dropped: Readonly<Record<string, Tallied>>;
  readonly repaired: Readonly<Record<string, Tallied>>;
  readonly ignored_columns: readonly string[];
  /** What else is to be known about it. */
  readonly notes: readonly string[];
}

/** How the rows of one dialect are to be understood. */
export interface DialectFacts {
  readonly name: string;
  readonly title: string;
  readonly row: string;
  readonly label_policy: string;
  readonly citation: string;
  /** Columns that are never features, and those of the profile oracle, each with the reason. */
  readonly never: readonly { readonly name: string; readonly why: string }[];
  readonly oracle: readonly { readonly name: string; readonly why: string }[];
}

/** ingest.json */
export interface IngestFacts {
  /** Names of the datasets, those of flows.parquet's column `dataset`. */
  readonly datasets: readonly string[];
  readonly dialects: readonly DialectFacts[];
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
  /** The user's own names for labels (`labels.map`), and its labels that no row has; null: there is no map. */
  readonly label_map: { readonly unused: readonly string[] } | null;
  /** Rows whose label is neither benign nor an attack, by kind, and what was done with them. */
  readonly labels: Readonly<Record<string, { readonly rows: number; readonly policy: string }>>;
  readonly files: readonly FileFacts[];
  /** What each column of a plain table was taken for; null: a dialect knows its columns. */
  readonly table: readonly PlainColumn[] | null;
  readonly ignored_files: readonly { readonly file: string; readonly why: string }[];
  readonly classes: {
    readonly label: Readonly<Record<string, number>>;
    readonly family: Readonly<Record<string, number>>;
  };
  /** Rows of equal content, by the columns that a realistic feature comes from. */
  readonly duplicates: Duplicates & { readonly columns: readonly string[] };
  /** How the attack flows were joined with a table of attack runs; null where there is none. */
  readonly campaigns: CampaignFacts | null;
}

export interface Ingested {
  readonly table: Table;
  readonly facts: IngestFacts;
}

/** Raw files to one table in memory: see `ingestInto`. */
export async function ingest(dataset: DatasetParams, policy: LabelParams, seed: number): Promise<Ingested> {
  const sink = new TableSink();
  const facts = await ingestInto(dataset, policy, seed, () => sink);
  return { table: sink.table(), facts };
}

/**
 * Raw files to canonical rows, in the order of file names and lines, batch by batch; every row that is dropped or
 * repaired is counted. With a cap (`dataset.rows`) the files are read twice: to count the families, then to choose.
 * @param open where the rows go; called once, with the columns (`row_id` first)
 * @param observe who looks at the rows while they pass
 * @throws DataError, FormatError or ParamsError as `knownFiles` and the labels say; DataError when no row is left
 */
export async function ingestInto(
  dataset: DatasetParams,
  policy: LabelParams,
  seed: number,
  open: (columns: readonly StoredColumn[]) => RowSink | Promise<RowSink>,
  observe?: (known: KnownFiles) => RowObserver,
): Promise<IngestFacts> {
  const map = await readLabelMap(policy.map, dataset.path);
  const except = typeof policy.map === "string" ? [policy.map] : [];
  const known = await datasetFiles(dataset, except);
  const observer = observe?.(known);
  const places = placesOf(known, dataset.path);
  const columns = storedColumns(known.dialects);
  const chosen = dataset.rows === null ? null : await choose(known, places, policy, map, dataset.rows, seed);
  const campaigns = await campaignJoin(known, columns);
  const sink = await open([{ name: "row_id", type: "int64" }, ...columns]);
  try {
    const summary = new Summary(contentColumns(columns.map(({ name }) => name)));
    const files: LabelledFile[] = [];
    for (const [i, file] of known.files.entries()) {
      const reader = file.dialect.open(file.path);
      const labels = FileLabels.of(file.dialect, file.name, policy, map?.of(file.dialect));
      let kept = 0;
      observer?.begin(file, places[i]);
      for await (const batch of reader.batches(sink.copies)) {
        const applied = labels.apply(batch);
        const groups = observer?.batch(batch, applied);
        const rows = canonicalBatch(batch.table, applied, places[i], columns, false);
        const table = campaigns === undefined ? rows : rows.with("campaign", campaigns.add(rows));
        kept += table.rows;
        await summary.add(table, groups && keptGroups(groups, applied), chosen, sink);
      }
      observer?.end(reader.counts, labels);
      files.push({ file, place: places[i], counts: reader.counts, labels, kept });
    }
    map?.expectAll(sums(files.map(({ labels }) => labels.unmapped)));
    if (summary.labelled === 0) throw nothingLeft(dataset.path, files);
    const drop = unfilledColumns(
      files.map(({ file, counts }) => ({ dialect: file.dialect, counts })),
      (name) => summary.seen.has(name),
    );
    await Promise.all([sink.finish({ drop }), observer?.done()]);
    return {
      ...factsOf(known, files, policy, map, summary, drop),
      table: known.table,
      campaigns: campaigns?.facts() ?? null,
    };
  } catch (cause) {
    await sink.abort();
    throw cause;
  }
}

/** The groups of the rows that the labels let in. */
function keptGroups(groups: Int32Array, labels: BatchLabels): Int32Array {
  return labels.entries.every(({ keep }) => keep)
    ? groups
    : Int32Array.from(keptRows(labels), (row) => groups[row]);
}

/** Campaigns come from a table of attack runs beside flows that have times and addresses. */
async function campaignJoin(
  { groundTruth }: KnownFiles,
  columns: readonly StoredColumn[],
): Promise<CampaignJoin | undefined> {
  if (groundTruth === undefined || !canJoin(columns.map(({ name }) => name))) return undefined;
  return new CampaignJoin(parseGroundTruth(await readFile(groundTruth.path, "utf8"), groundTruth.name));
}

interface LabelledFile {
  readonly file: KnownFile;
  readonly place: FilePlace;
  readonly counts: RowCounts;
  readonly labels: FileLabels;
  readonly kept: number;
}

/** What is summed up over the rows that are kept. */
class Summary {
  readonly dataset = new TextCounts();
  readonly label = new TextCounts();
  readonly family = new TextCounts();
  readonly duplicates = new DuplicateCounter();
  /** Optional columns that some row has. */
  readonly seen = new Set<string>();
  /** Rows that the labels let in, and rows of them that are kept. */
  labelled = 0;
  kept = 0;
  private readonly groups = new ContentGroups();

  constructor(readonly content: readonly string[]) {}

  /** @param known the content groups of the rows, when somebody has them */
  async add(
    table: Table,
    known: Int32Array | undefined,
    chosen: Int32Array | null,
    sink: RowSink,
  ): Promise<void> {
    const taken = chosen === null ? null : within(chosen, this.labelled, table.rows);
    this.labelled += table.rows;
    const rows = taken === null ? table : table.take(taken);
    if (rows.rows === 0) return;
    const labels = this.label.add(rows.text("label"));
    this.family.add(rows.text("family"));
    this.dataset.add(rows.text("dataset"));
    const groups =
      known === undefined || taken === null ? known : Int32Array.from(taken, (row) => known[row]);
    this.duplicates.add(groups ?? this.groups.add(rows, this.content), labels);
    for (const name of optionalColumns)
      if (!this.seen.has(name) && hasValue(rows.column(name))) this.seen.add(name);
    await sink.append(numbered(rows, this.kept));
    this.kept += rows.rows;
  }
}

/** Those of the ascending `chosen` row numbers that lie in a batch, counted from its first row. */
function within(chosen: Int32Array, first: number, rows: number): Int32Array {
  return chosen
    .subarray(lowerBound(chosen, first), lowerBound(chosen, first + rows))
    .map((row) => row - first);
}

function lowerBound(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The rows that a cap keeps, by their number among the rows that the labels let in; null when it keeps all. */
async function choose(
  known: KnownFiles,
  places: readonly FilePlace[],
  policy: LabelParams,
  map: LabelMap | null,
  limit: number,
  seed: number,
): Promise<Int32Array | null> {
  const families = new TextCounts({ keep: true });
  for (const [i, file] of known.files.entries()) {
    const labels = FileLabels.of(file.dialect, file.name, policy, map?.of(file.dialect));
    const columns = [{ name: "family", type: "text" as const }];
    for await (const batch of file.dialect.open(file.path).batches(true))
      families.add(
        canonicalBatch(batch.table, labels.apply(batch), places[i], columns, false).text("family"),
      );
  }
  const column = families.column();
  return limit < column.codes.length
    ? stratifiedCap(column, limit, Rng.root(seed).fork("dataset.rows"))
    : null;
}

/**
 * Read raw files through without keeping them; labels mean what they mean, none lets a row in or out.
 * @throws DataError or FormatError as `knownFiles` says, or when a file cannot be read on
 */
export async function readThrough(known: KnownFiles, path: string, observer: RowObserver): Promise<void> {
  const places = placesOf(known, path);
  const team = ThreadTeam.join(); // the same threads for all files
  try {
    for (const [i, file] of known.files.entries()) {
      const reader = file.dialect.open(file.path);
      const labels = FileLabels.of(file.dialect, file.name, keepAll);
      observer.begin(file, places[i]);
      for await (const batch of reader.batches(true)) observer.batch(batch, labels.apply(batch));
      observer.end(reader.counts, labels);
    }
  } finally {
    await team.leave();
  }
  await observer.done();
}

/** Where the rows of each file are from. */
export function placesOf({ files }: KnownFiles, path: string): FilePlace[] {
  const whole = datasetName(path);
  return files.map(({ name, source, dialect }) => ({
    dataset: dialect.datasetOf?.(name) ?? dialect.dataset ?? whole,
    source,
    ...placeOf(name),
  }));
}

/** The name of a dataset that its dialect does not know: that of its folder or file. */
export function datasetName(path: string): string {
  return basename(path.replaceAll("\\", "/").replace(/\/+$/, "")).replace(/\..*$/, "") || "data";
}

function nothingLeft(path: string, files: readonly LabelledFile[]): DataError {
  const texts = [...new Set(files.flatMap(({ labels }) => [...labels.originals]))];
  return new DataError(
    `ingest: no row of ${path} is left: every one was dropped (labels found: ${texts.slice(0, 8).join(", ") || "none"}). ` +
      "Benign rows must say benign or normal, attacks malicious; see labels.* in params.yaml.",
  );
}

function factsOf(
  known: KnownFiles,
  files: readonly LabelledFile[],
  policy: LabelParams,
  map: LabelMap | null,
  summary: Summary,
  drop: readonly string[],
): Omit<IngestFacts, "table" | "campaigns"> {
  const fileFacts = files.map(factsOfFile);
  const dropped = totals(fileFacts.map((facts) => facts.dropped));
  const repaired = totals(fileFacts.map((facts) => facts.repaired));
  return {
    datasets: Object.keys(summary.dataset.counts()).sort(compareText),
    dialects: known.dialects.map(dialectFacts),
    rows: {
      read: fileFacts.reduce((sum, { rows_read }) => sum + rows_read, 0),
      kept: summary.kept,
      dropped: Object.values(dropped).reduce((a, b) => a + b, 0),
      capped: summary.labelled - summary.kept,
      repaired: Object.values(repaired).reduce((a, b) => a + b, 0),
    },
    dropped,
    repaired,
    labels: labelKinds(files, policy),
    label_map: map === null ? null : { unused: map.unused() },
    files: fileFacts,
    ignored_files: known.ignored
      .map(({ name, why }: IgnoredFile) => ({ file: name, why }))
      .sort((a, b) => compareText(a.file, b.file)),
    classes: { label: summary.label.counts(), family: summary.family.counts() },
    duplicates: {
      ...summary.duplicates.finish(),
      columns: summary.content.filter((name) => !drop.includes(name)),
    },
  };
}

function factsOfFile({ file, place, counts, labels, kept }: LabelledFile): FileFacts {
  return {
    file: file.name,
    dialect: file.dialect.name,
    dataset: place.dataset,
    source: file.source,
    rows_read: counts.rowsRead,
    rows_kept: kept,
    dropped: { ...counts.dropped.toJSON(), ...labels.dropped.toJSON() },
    repaired: counts.repaired.toJSON(),
    ignored_columns: counts.ignoredColumns,
    notes: counts.notes ?? [],
  };
}

/** The dialect as the data card shows it. */
function dialectFacts(dialect: Dialect): DialectFacts {
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
  const rows = (kind: keyof FileLabels["special"]): number =>
    files.reduce((sum, { labels }) => sum + (labels.special[kind] ?? 0), 0);
  const kinds = ["unknown", "empty", "background", "no_column"] as const;
  return Object.fromEntries([
    ...kinds.map((kind) => [kind, { rows: rows(kind), policy: policy[kind] }] as const),
    // Only some datasets have such rows.
    ...(rows("attempted") > 0
      ? [["attempted", { rows: rows("attempted"), policy: policy.attempted ?? "benign" }] as const]
      : []),
  ]);
}

function sums(parts: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const part of parts) for (const [key, count] of part) sum.set(key, (sum.get(key) ?? 0) + count);
  return sum;
}

function totals(parts: readonly Readonly<Record<string, Tallied>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const part of parts) {
    for (const [reason, { count }] of Object.entries(part)) sums[reason] = (sums[reason] ?? 0) + count;
  }
  return sums;
}
