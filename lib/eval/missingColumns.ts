import { compareText } from "../base/json.js";
import type { Table, TextColumn } from "../table/table.js";

/** Rows grouped by the columns in which they have no value. */
export interface MissingColumns {
  /** Of each row its group, by name: `all columns` or `without a, b`. */
  readonly group: TextColumn;
  /** By code of `group`: the columns without a value, sorted. */
  readonly without: readonly (readonly string[])[];
}

/** Names of columns that stand in the name of a group. */
const SHOWN = 4;

/**
 * Which columns each row lacks: those of a sensor that was not there, of a file of another kind, or of a flow that has no such
 * thing (Zeek gives no duration to a single packet).
 * @param rows of `table`
 */
export function missingColumns(table: Table, names: readonly string[], rows: Int32Array): MissingColumns {
  let codes = new Int32Array(rows.length);
  let without: string[][] = [[]];
  for (const name of [...names].sort(compareText)) {
    const isMissing = missingIn(table, name);
    // Each group so far stays as it is or becomes one that lacks this column, too.
    const grown = new Map<number, number>();
    const next: string[][] = [];
    codes = codes.map((code, i) => {
      const missing = isMissing(rows[i]);
      const key = code * 2 + Number(missing);
      let place = grown.get(key);
      if (place === undefined) {
        place = next.push(missing ? [...without[code], name] : without[code]) - 1;
        grown.set(key, place);
      }
      return place;
    });
    without = next.length === 0 ? without : next;
  }
  return { group: { kind: "text", codes, dictionary: distinct(without.map(nameOf)) }, without };
}

function missingIn(table: Table, name: string): (row: number) => boolean {
  const column = table.column(name);
  return column.kind === "number"
    ? (row) => Number.isNaN(column.values[row])
    : (row) => column.codes[row] < 0;
}

function nameOf(without: readonly string[]): string {
  if (without.length === 0) return "all columns";
  const more = without.length - SHOWN;
  return `without ${without.slice(0, SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** Names that tell groups apart: of equal ones the later get a number. */
function distinct(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}
