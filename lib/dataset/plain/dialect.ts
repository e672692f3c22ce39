import { DataError } from "../../base/errors.js";
import type { RowReader } from "../../flow/rowReader.js";
import { daysOf } from "../captured.js";
import { columnKey } from "../csv/spec.js";
import { csvDialect } from "../csvDialect.js";
import type { Dialect, LabelMeaning } from "../dialect.js";
import type { RawFile } from "../files.js";
import type { TableColumns } from "../params.js";
import { expectFeatures, type PlainColumn, plainTable, type WantedColumns } from "./columns.js";
import { missingWords, type TableHead, tableHead } from "./inspect.js";

/** A plain table of a user's own as a dialect, made for its files. */
export interface PlainDialect extends Dialect {
  /** What each of its columns was taken for. */
  readonly table: readonly PlainColumn[];
}

/** What `nidslab datasets` says of a plain table, and what its dialect has in common whatever its columns are. */
export const plainFacts = {
  name: "table",
  title:
    "a plain table of your own (CSV, TSV or Parquet), whose columns dataset.columns of params.yaml names",
  dataset: null,
  row: "one row of the table",
  labelPolicy:
    "the column dataset.columns.target decides: benign, normal, legitimate, 0 and false are benign; any other text is an " +
    "attack of that name and family (1 and true: attack); background, unknown and empty labels follow labels.* of " +
    "params.yaml. labels.map gives other names.",
  citation: "your own",
  needs:
    "dataset.columns in params.yaml: target (the label), and where needed categorical, drop, time, time_format, entity and " +
    "dataset; other columns are numbers or categories as their first values say, and are printed by ingest",
} as const;

const benign = new Set(["benign", "normal", "legitimate", "0", "false"]);
const attack = new Set(["1", "true", "attack"]);

function meaning(original: string): LabelMeaning {
  if (original === "") return { kind: "empty", original: null };
  const word = original.toLowerCase();
  // A table that was written by pandas may say 0.0 and 1.0.
  const number = /^[01](\.0+)?$/.test(word) ? word[0] : word;
  if (benign.has(number)) return { kind: "benign", original };
  if (word === "background" || word === "unknown") return { kind: word, original };
  if (attack.has(number)) return { kind: "attack", original, label: "attack", family: "attack" };
  return { kind: "attack", original, label: original, family: original };
}

/**
 * The dialect of the tables among `files`: those that have the target, and those without labels that have half of the same
 * columns or more.
 * @param path in messages
 * @param wanted see `plainTable`
 * @throws ParamsError or DataError as `plainTable` says; DataError when no file is a table
 */
export async function plainDialect(
  files: readonly RawFile[],
  mapping: TableColumns,
  path: string,
  wanted?: WantedColumns,
): Promise<PlainDialect> {
  const all: TableHead[] = [];
  for (const file of files) {
    const head = await tableHead(file);
    if (head !== undefined) all.push(head);
  }
  const alike = alikeTo(all, mapping.target);
  const heads = all.filter(({ columns }) => alike(columns.map(({ name }) => name)));
  // A target that no table has is a fault of the mapping, which is said with the names that there are.
  const table = plainTable(heads.length > 0 ? heads : all, mapping, wanted);
  if (all.length === 0)
    throw new DataError(
      `ingest: ${path} holds no table: no file with a header of several columns, and no Parquet file.`,
    );
  if (wanted === undefined) expectFeatures(table, path);
  const { columns, fields, timeFormat } = table;
  const places = columns.flatMap(({ column, name, kind }): [string, string][] =>
    name !== null && ["place", "entity", "dataset"].includes(kind) ? [[name, column]] : [],
  );
  const { target } = mapping;
  const csv = csvDialect({
    ...plainFacts,
    delimiters: [...new Set(heads.map(({ delimiter }) => delimiter))],
    header: "names",
    fields: [...fields].map(([column, field]) => ({
      names: [column],
      field,
      ...(field.kind === "time" ? { format: timeFormat ?? undefined } : {}),
    })),
    texts: Object.fromEntries(places.map(([name, column]) => [name, [column]])),
    skipped: columns.filter(({ kind }) => kind === "dropped").map(({ column }) => column),
    label: { columns: target === null ? [] : [[target]], text: ([label]) => label ?? "" },
    missing: missingWords,
    check: (_records, names) => (alike(names) ? true : "a table of other columns"),
    extra: (_path, read) => ({
      ...(read.has("start_us") ? { day: daysOf(read.numbers("start_us")) } : {}),
      ...Object.fromEntries(
        places.filter(([name]) => read.has(name)).map(([name]) => [name, read.column(name)]),
      ),
    }),
    meaning,
  });
  return {
    ...csv,
    table: columns,
    open: (file) => mostlyReadable(csv.open(file), file),
  };
}

/** Whether names of columns are those of a table that has the target, or of one like it. */
function alikeTo(heads: readonly TableHead[], target: string | null): (names: readonly string[]) => boolean {
  const wanted = target === null ? undefined : columnKey(target);
  const keysOf = ({ columns }: TableHead): string[] => columns.map(({ name }) => columnKey(name));
  const models = heads.filter((head) => wanted === undefined || keysOf(head).includes(wanted));
  const widest = [...models].sort((a, b) => b.columns.length - a.columns.length)[0];
  const known = new Set(widest === undefined ? [] : keysOf(widest));
  return (names) => {
    const keys = new Set(names.map(columnKey));
    if (wanted !== undefined && keys.has(wanted)) return true;
    return [...known].filter((key) => keys.has(key)).length * 2 >= known.size && known.size > 0;
  };
}

/** More unreadable values than this share of the rows mean that a column was taken for what it is not. */
const TOO_MANY = 0.01;

/** The rows of a file; when it ends, an error if a column's values often were no numbers although the first ones were. */
function mostlyReadable(reader: RowReader, path: string): RowReader {
  return {
    get counts() {
      return reader.counts;
    },
    async *batches(passing) {
      yield* reader.batches(passing);
      const { dropped, rowsRead } = reader.counts;
      for (const [reason, { count, first_lines }] of Object.entries(dropped.toJSON())) {
        const [, column] = /^bad_value_(.*)$/.exec(reason) ?? [];
        if (column !== undefined && count > rowsRead * TOO_MANY)
          throw new DataError(
            `ingest: ${path}: column "${column}" begins with numbers or times, but ${count} of ${rowsRead} rows hold something ` +
              `else (line ${first_lines[0]}). Name it in dataset.columns.categorical or drop of params.yaml.`,
          );
      }
    },
  };
}
