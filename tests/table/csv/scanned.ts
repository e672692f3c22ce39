import { Tally } from "#lib/base/tally.js";
import { type CsvOptions, type CsvPlan, scanCsv } from "#lib/table/csv/plan.js";

/** A plan for comma-separated columns a, b, … read as `parse` says, with a header of their names. */
export function planOf(parse: Readonly<Record<string, CsvPlan["columns"][number]["parse"]>>): CsvPlan {
  const names = Object.keys(parse);
  return {
    delimiter: ",",
    header: names,
    width: names.length,
    columns: names.map((name, index) => ({ index, name, parse: parse[name] })),
    missing: ["", "-"],
  };
}

export interface Scanned {
  readonly rows: Record<string, number | string | null>[];
  readonly lines: number[];
  readonly inputRows: number[];
  readonly dropped: Record<string, unknown>;
  readonly repaired: Record<string, unknown>;
  readonly rowsRead: number;
  readonly batches: number;
}

/** All that comes of a file; counts as lists of their first lines. */
export async function scanned(path: string, plan: CsvPlan, options: CsvOptions = {}): Promise<Scanned> {
  const counts = { dropped: new Tally(), repaired: new Tally(), rowsRead: 0 };
  const result = {
    rows: [] as Scanned["rows"],
    lines: [] as number[],
    inputRows: [] as number[],
    batches: 0,
  };
  for await (const batch of scanCsv(path, plan, counts, options)) {
    result.rows.push(...batch.table.objects());
    result.lines.push(...batch.lines);
    result.inputRows.push(...batch.inputRows);
    result.batches++;
  }
  return {
    ...result,
    dropped: brief(counts.dropped),
    repaired: brief(counts.repaired),
    rowsRead: counts.rowsRead,
  };
}

/** The lines by reason; with how many there are when not all are kept. */
function brief(tally: Tally): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(tally.toJSON()).map(([reason, { count, first_lines }]) => [
      reason,
      count === first_lines.length ? first_lines : { count, first_lines },
    ]),
  );
}
