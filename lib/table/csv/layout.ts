import type { CsvColumnPlan, CsvPlan } from "./plan.js";

/** How the kernel (wasm/csv.ts) reads a field: plain cells of one column by itself, all others through `cell`. */
const kind = { skip: 0, text: 1, number: 2, port: 3, time: 4, other: 5 } as const;

/** A plan as the parser wants it, by field. */
export interface Layout {
  readonly delimiter: number;
  /** The byte that comments begin with. */
  readonly comment: number | undefined;
  /** By field. */
  readonly kinds: Uint8Array;
  /** The column that a field fills; where several do, `columnsOf` has all. */
  readonly columnOf: Int32Array;
  readonly columnsOf: readonly (readonly number[])[];
  readonly missing: ReadonlySet<string>;
}

export function layoutOf(plan: CsvPlan): Layout {
  const missing = new Set(plan.missing);
  // A missing value that is spelled like a number, as -1, must be looked for in every cell.
  const plainNumbers = missing.has("") && !plan.missing.some((text) => /^[-+.]?\d/.test(text));
  const columnsOf = Array.from({ length: plan.width }, (_, field) =>
    plan.columns.flatMap(({ index }, column) => (index === field ? [column] : [])),
  );
  const kindOf = (columns: readonly number[]): number => {
    if (columns.length === 0) return kind.skip;
    if (columns.length > 1) return kind.other;
    const { parse } = plan.columns[columns[0]] as CsvColumnPlan;
    if (parse === "text") return kind.text;
    return plainNumbers || parse === "time" ? kind[parse] : kind.other;
  };
  return {
    delimiter: plan.delimiter.charCodeAt(0),
    comment: plan.comment?.charCodeAt(0),
    kinds: Uint8Array.from(columnsOf, kindOf),
    columnOf: Int32Array.from(columnsOf, (columns) => columns[0] ?? 0),
    columnsOf,
    missing,
  };
}
