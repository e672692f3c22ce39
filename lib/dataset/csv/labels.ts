import { mappedCodes, type Table, type TextColumn } from "../../table/table.js";
import { unquoted, worded } from "./columns.js";
import type { Layout } from "./layout.js";
import type { CsvDialectSpec } from "./spec.js";

/** One label text a row; null when the file has no label column. */
export function labelsOf(spec: CsvDialectSpec, { labels, arff }: Layout, table: Table): TextColumn | null {
  if (labels.every((name) => name === null)) return null;
  const columns = labels.map((name) =>
    name === null ? null : worded(table.text(name), arff ? unquoted : undefined),
  );
  const [first, ...others] = columns.filter((column) => column !== null);
  let groups = groupsOf(first);
  for (const column of others) groups = refined(groups, column);
  const texts = new Map<string, number>();
  const codeOf = firstRows(groups).map((row) => {
    const cells = columns.map((column) =>
      column === null || column.codes[row] < 0 ? null : column.dictionary[column.codes[row]],
    );
    const text = spec.label.text(cells);
    const code = texts.get(text) ?? texts.size;
    texts.set(text, code);
    return code;
  });
  return { kind: "text", codes: mappedCodes(groups, codeOf), dictionary: [...texts.keys()] };
}

/** The first row of each group; groups are numbered in the order of these. */
function firstRows(groups: Int32Array): number[] {
  const rows: number[] = [];
  for (let row = 0; row < groups.length; row++) if (groups[row] === rows.length) rows.push(row);
  return rows;
}

/** Groups of rows by the texts of a column; numbered in the order of their first rows. */
function groupsOf({ codes, dictionary }: TextColumn): Int32Array<ArrayBuffer> {
  const known = new Int32Array(dictionary.length + 1);
  const groups = new Int32Array(codes.length);
  let size = 0;
  for (let row = 0; row < groups.length; row++) {
    const code = codes[row] + 1;
    if (known[code] === 0) known[code] = ++size;
    groups[row] = known[code] - 1;
  }
  return groups;
}

/** Groups of rows, divided by the texts of one more column; numbered in the order of their first rows. */
function refined(
  groups: Int32Array<ArrayBuffer>,
  { codes, dictionary }: TextColumn,
): Int32Array<ArrayBuffer> {
  const known = new Map<number, number>();
  const refined = new Int32Array(groups.length);
  let last = -1;
  let own = -1;
  for (let row = 0; row < refined.length; row++) {
    const pair = groups[row] * (dictionary.length + 1) + codes[row] + 1;
    if (pair !== last) {
      own = known.get(pair) ?? known.size;
      known.set(pair, own);
      last = pair;
    }
    refined[row] = own;
  }
  return refined;
}
