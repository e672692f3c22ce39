import type { Table, TextColumn } from "../../table/table.js";
import { unquoted, worded } from "./columns.js";
import type { Layout } from "./layout.js";
import type { CsvDialectSpec } from "./spec.js";

/** One label text a row; null when the file has no label column. */
export function labelsOf(spec: CsvDialectSpec, { labels, arff }: Layout, table: Table): TextColumn | null {
  if (labels.every((name) => name === null)) return null;
  const columns = labels.map((name) =>
    name === null ? null : worded(table.text(name), arff ? unquoted : undefined),
  );
  let groups = new Int32Array(table.rows);
  for (const column of columns) if (column !== null) groups = refined(groups, column);
  const texts = new Map<string, number>();
  const codeOf: number[] = []; // by group
  const codes = new Int32Array(groups.length);
  for (let row = 0; row < codes.length; row++) {
    // Groups are numbered in the order of their first rows.
    if (groups[row] === codeOf.length) {
      const cells = columns.map((column) =>
        column === null || column.codes[row] < 0 ? null : column.dictionary[column.codes[row]],
      );
      const text = spec.label.text(cells);
      const code = texts.get(text) ?? texts.size;
      texts.set(text, code);
      codeOf.push(code);
    }
    codes[row] = codeOf[groups[row]];
  }
  return { kind: "text", codes, dictionary: [...texts.keys()] };
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
