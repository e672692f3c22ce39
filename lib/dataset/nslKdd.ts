import { basename } from "node:path";
import { Tally } from "../base/tally.js";
import { readLines } from "../flow/lines.js";
import type { ReadRows } from "../flow/readRows.js";
import { type Column, NumberBuilder, Table, TextBuilder } from "../table/table.js";
import type { Dialect, LabelMeaning } from "./dialect.js";
import { difficulty, nslKddFamilies, nslKddFeatures } from "./nslKddFields.js";

const FIELDS = 43;
const LABEL = 41;
const HARDEST_BUT = 21;
const COMMA = 44;
const DOT = 46;

const familyOf = new Map(
  Object.entries(nslKddFamilies).flatMap(([family, names]) => names.map((name) => [name, family] as const)),
);
const fields = [...nslKddFeatures, undefined, difficulty];

/**
 * Read one file: 43 comma-separated fields, no header. Rows of a test file with a difficulty below 21 carry `subset`
 * "Test-21", which is KDDTest-21.txt.
 */
async function read(path: string): Promise<ReadRows> {
  const name = basename(path);
  const part = /train/i.test(name) ? "train" : /test/i.test(name) ? "test" : null;
  const dropped = new Tally();
  const repaired = new Tally();
  const builders = fields.map((field) =>
    field === undefined || field.kind === "category" ? new TextBuilder() : new NumberBuilder("float64"),
  );
  const subset = new TextBuilder();
  const parts = new TextBuilder();
  const lines = new NumberBuilder("int64");
  const inputRows = new NumberBuilder("int64");
  const row: (number | string)[] = new Array(FIELDS).fill(0);
  let read = 0;
  for await (const batch of readLines(path, repaired)) {
    batch.lines.forEach((line, i) => {
      const number = batch.first + i;
      if (line === "") {
        repaired.add("blank_line", number);
        return;
      }
      const fault = parseRow(line, row);
      if (fault !== undefined) dropped.add(fault, number);
      else {
        for (let f = 0; f < FIELDS; f++) {
          const builder = builders[f];
          if (builder instanceof TextBuilder) builder.push(row[f] as string);
          else builder.push(row[f] as number);
        }
        parts.push(part);
        subset.push(part === "test" && (row[LABEL + 1] as number) < HARDEST_BUT ? "Test-21" : null);
        lines.push(number);
        inputRows.push(read);
      }
      read++;
    });
  }
  const columns = new Map<string, Column>([
    ["official_part", parts.finish()],
    ["subset", subset.finish()],
  ]);
  fields.forEach((field, f) => {
    if (field !== undefined) columns.set(field.name, builders[f].finish());
  });
  return {
    table: Table.of(columns),
    labels: (builders[LABEL] as TextBuilder).finish(),
    lines: lines.finish().values as Float64Array,
    inputRows: inputRows.finish().values as Float64Array,
    rowsRead: read,
    dropped,
    repaired,
    ignoredColumns: [],
    absentColumns: [],
  };
}

/** Fill `row` from a line; returns why it cannot be used. Scanned by character: six million fields pass here. */
function parseRow(line: string, row: (number | string)[]): string | undefined {
  let field = 0;
  let start = 0;
  for (let at = 0; at <= line.length; at++) {
    if (at < line.length && line.charCodeAt(at) !== COMMA) continue;
    if (field === FIELDS) return "too_many_fields";
    const spec = fields[field];
    if (spec === undefined || spec.kind === "category") {
      if (at === start) return `bad_value_${spec?.name ?? "label"}`;
      row[field] = line.slice(start, at);
    } else {
      const value = parseDecimal(line, start, at);
      if (Number.isNaN(value)) return `bad_value_${spec.name}`;
      row[field] = value;
    }
    field++;
    start = at + 1;
  }
  return field < FIELDS ? "too_few_fields" : undefined;
}

/** Digits with at most one dot in `line[start, end)`; NaN for anything else. Exact: both parts are whole numbers. */
function parseDecimal(line: string, start: number, end: number): number {
  let digits = 0;
  let power = 1;
  let dotted = false;
  if (end === start || end - start > 15) return Number.NaN;
  for (let at = start; at < end; at++) {
    const code = line.charCodeAt(at);
    if (code === DOT && !dotted && at > start) dotted = true;
    else if (code >= 48 && code <= 57) {
      digits = digits * 10 + (code - 48);
      if (dotted) power *= 10;
    } else return Number.NaN;
  }
  return digits / power;
}

function meaning(label: string): LabelMeaning {
  if (label === "normal") return { kind: "benign", original: label };
  const family = familyOf.get(label);
  return family === undefined
    ? { kind: "unknown", original: label }
    : { kind: "attack", original: label, label, family };
}

/** NSL-KDD, the cleaned KDD Cup 1999 data. */
export const nslKdd: Dialect = {
  name: "nsl-kdd",
  title: "NSL-KDD (KDDTrain+.txt, KDDTest+.txt, .gz)",
  dataset: "nsl-kdd",
  row: "one connection of the DARPA 1998 simulation, duplicates removed, with counts over its neighbours in time",
  labelPolicy:
    "normal is benign; each of 39 attack names is a label of its own, in four families (dos, probe, r2l, u2r; httptunnel " +
    "counts as r2l, worm as dos); a name that is none of them follows labels.unknown of params.yaml.",
  citation:
    "Tavallaee, Bagheri, Lu and Ghorbani 2009, A detailed analysis of the KDD CUP 99 data set, IEEE CISDA",
  columns: [...nslKddFeatures, difficulty],
  recognise(head) {
    const first = head.replace(/^\ufeff/, "").split(/\r?\n/, 1)[0];
    const cells = first.split(",");
    if (cells.length !== FIELDS)
      return cells.length > 30
        ? `${cells.length} comma-separated fields in the first line, not 43`
        : "no line of 43 comma-separated fields";
    return /^(tcp|udp|icmp)$/.test(cells[1]) && /^\d+$/.test(cells[FIELDS - 1])
      ? true
      : "43 fields, but not those of NSL-KDD (field 2 tcp, udp or icmp; field 43 the difficulty)";
  },
  partOf(file, others) {
    const match = /^(.*\/)?KDD(Train\+_20Percent|Test-21)(\.txt)?(\.gz)?$/.exec(file);
    if (match === null) return undefined;
    const whole = `${match[1] ?? ""}${match[2].startsWith("Train") ? "KDDTrain+" : "KDDTest+"}`;
    return others.find((other) => other.replace(/(\.txt)?(\.gz)?$/, "") === whole);
  },
  read,
  meaning,
};
