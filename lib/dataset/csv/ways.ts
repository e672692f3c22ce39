import { jsonHead } from "../../flow/jsonLines.js";
import { csvHead } from "../../table/csv/plan.js";
import { arffHead } from "../arff.js";
import { FOREIGN } from "../dialect.js";
import { type CsvDialectSpec, type CsvField, columnKey } from "./spec.js";

/** Rows at the beginning of a file that decide what it is. */
const FIRST_ROWS = 20;

/** A way to read a file: what its columns are called, and how that is known. */
export interface Way {
  readonly names: readonly string[];
  /** The header record; null when there is none. */
  readonly header: readonly string[] | null;
  /** The first data records. */
  readonly records: readonly (readonly string[])[];
  readonly delimiter: string;
  /** Lines before the first record that declare the columns (ARFF). */
  readonly preamble: number;
  /** One object a line, whose keys are `names`. */
  readonly json?: true;
}

/** The ways in which `head` may be read, by delimiter. */
export function waysOf(spec: CsvDialectSpec, head: string): Way[][] {
  const arff = arffHead(head);
  if (arff !== undefined) {
    const records = csvHead(arff.data, ",", FIRST_ROWS);
    return [[{ names: arff.names, header: null, records, delimiter: ",", preamble: arff.lines }]];
  }
  const keys = spec.json ? jsonHead(head, FIRST_ROWS) : undefined;
  if (keys !== undefined) return [[{ ...keys, header: keys.names, delimiter: ",", preamble: 0, json: true }]];
  return spec.delimiters.map((delimiter) => {
    const records = recordsOf(head, delimiter);
    const header = records[0] ?? [];
    const named: Way = { names: header, header, records: records.slice(1), delimiter, preamble: 0 };
    const bare = (spec.orders ?? []).map((names): Way => ({ ...named, names, header: null, records }));
    return spec.header === "none" ? bare : [named, ...bare];
  });
}

/** The head that was looked at last, by delimiter: every dialect is asked about the same one. */
let last: { readonly head: string; readonly records: Map<string, string[][]> } | undefined;

function recordsOf(head: string, delimiter: string): string[][] {
  if (last?.head !== head) last = { head, records: new Map() };
  const known = last.records.get(delimiter) ?? csvHead(head, delimiter, FIRST_ROWS);
  last.records.set(delimiter, known);
  return known;
}

/** Whether a file read this way is of the dialect; a text says why it is not. */
export function fitting(spec: CsvDialectSpec, { names, header, records, preamble }: Way): true | string {
  if (header === null && preamble === 0) {
    if (records.length === 0) return "empty";
    const found = records[0].length;
    if (found !== names.length)
      return `${Math.abs(found - names.length) > 2 ? FOREIGN : ""}${found} fields in the first line, not ${names.length}`;
    return spec.check?.(records, names) ?? true;
  }
  if (names.length === 0) return "empty";
  const why = spec.beside?.(names.map((name) => columnKey(name)));
  if (why !== undefined) return why;
  const keys = new Set(names.map(columnKey));
  const required = spec.fields.filter((each) => each.required);
  const isThere = ({ names }: CsvField): boolean => names.some((name) => keys.has(columnKey(name)));
  const lacking = required.filter((each) => !isThere(each));
  const enough = spec.fields.filter(isThere).length >= (spec.enough ?? Number.POSITIVE_INFINITY);
  if (lacking.length > 0 && !enough) {
    const named = lacking.slice(0, 3).map((each) => `"${each.names[0]}"`);
    const list = `${named.join(", ")}${lacking.length > 3 ? ` and ${lacking.length - 3} more` : ""}`;
    if (lacking.length === required.length) return `${FOREIGN}${list}`;
    return `no column${lacking.length > 1 ? "s" : ""} ${list}`;
  }
  const answer = spec.check?.(records, names) ?? true;
  if (answer === true && preamble > 0 && records[0]?.[0]?.startsWith("{"))
    return "sparse ARFF ({index value, …}), which is not read: write it with every value (Weka: SparseToNonSparse)";
  return answer;
}
