import { readParquetBatches } from "../parquet.js";
import { type Column, Table, type TextColumn } from "../table.js";
import { CellReader } from "./cells.js";
import type { CsvBatch, CsvColumnPlan, CsvCounts, CsvPlan } from "./plan.js";
import { inAfternoon } from "./times.js";

/** Larger than any time in milliseconds that a flow can have: what Parquet calls a timestamp comes in microseconds. */
const MICROSECONDS = 1e14;
/** Larger than any time in microseconds. */
const NANOSECONDS = 1e17;

/**
 * Read a Parquet copy of a delimited file under the plan of the latter, by the plan's column names (`header`), so that both
 * give the same rows: numbers that the plan wants as text are written out, text is parsed as cells are. Counted are
 * `bad_value_<column>` (row left out) and `infinite_<column>` (a missing value now); `lines` are row numbers from 1.
 * @throws FormatError when it is not readable as Parquet, SchemaError when a column is not there
 */
export async function* scanParquet(
  path: string,
  plan: CsvPlan,
  counts: CsvCounts,
): AsyncGenerator<CsvBatch, void> {
  const names = plan.columns.map(({ index }) => plan.header?.[index] ?? "");
  for await (const batch of readParquetBatches(path, [...new Set(names)])) {
    const first = counts.rowsRead;
    counts.rowsRead += batch.rows;
    const bad = new Uint8Array(batch.rows);
    const columns = plan.columns.map((column, i): [string, Column] => [
      column.name,
      planned(batch.column(names[i]), column, new Set(plan.missing), {
        bad: (row) => {
          if (bad[row] === 0) counts.dropped.add(`bad_value_${column.name}`, first + row + 1);
          bad[row] = 1;
        },
        infinite: (row) => counts.repaired.add(`infinite_${column.name}`, first + row + 1),
      }),
    ]);
    const kept = Int32Array.from(bad.keys()).filter((row) => bad[row] === 0);
    const all = Table.of(new Map(columns));
    yield {
      table: kept.length === batch.rows ? all : all.take(kept),
      lines: Float64Array.from(kept, (row) => first + row + 1),
      inputRows: Float64Array.from(kept, (row) => first + row),
    };
  }
}

interface Faults {
  bad(row: number): void;
  infinite(row: number): void;
}

function planned(column: Column, plan: CsvColumnPlan, missing: ReadonlySet<string>, faults: Faults): Column {
  if (plan.parse === "text")
    return column.kind === "text" ? trimmed(column, missing) : written(column.values);
  const values =
    column.kind === "text" ? parsed(column, plan, missing, faults) : Float64Array.from(column.values);
  if (column.kind !== "text" && plan.parse === "time") {
    inMicroseconds(values, plan.format);
    if (plan.afternoon)
      values.forEach((us, row) => {
        values[row] = inAfternoon(us);
      });
  }
  const whole = plan.parse !== "number";
  values.forEach((value, row) => {
    if (value === Infinity || value === -Infinity) {
      values[row] = Number.NaN;
      faults.infinite(row);
    } else if (
      whole &&
      !Number.isNaN(value) &&
      !(Number.isSafeInteger(value) && (plan.parse === "time" || value >= 0))
    )
      faults.bad(row);
  });
  return { kind: "number", type: whole ? "int64" : "float64", values };
}

function trimmed({ codes, dictionary }: TextColumn, missing: ReadonlySet<string>): TextColumn {
  const texts = dictionary.map((text) => text.trim());
  const kept = [...new Set(texts.filter((text) => !missing.has(text)))];
  const map = texts.map((text) => kept.indexOf(text));
  return { kind: "text", codes: codes.map((code) => (code < 0 ? -1 : map[code])), dictionary: kept };
}

function written(values: ArrayLike<number>): TextColumn {
  const known = new Map<number, number>();
  const codes = Int32Array.from(values, (value) => {
    if (Number.isNaN(value)) return -1;
    const code = known.get(value) ?? known.size;
    known.set(value, code);
    return code;
  });
  return { kind: "text", codes, dictionary: [...known.keys()].map(String) };
}

/** Each text of the dictionary is parsed once. */
function parsed(
  { codes, dictionary }: TextColumn,
  plan: CsvColumnPlan,
  missing: ReadonlySet<string>,
  faults: Faults,
): Float64Array {
  const reader = new CellReader(missing);
  const cells = dictionary.map((text) => {
    const bytes = Buffer.from(text.trim());
    return { value: reader.value(plan, bytes, 0, bytes.length), fault: reader.fault };
  });
  return Float64Array.from(codes, (code, row) => {
    if (code < 0) return Number.NaN;
    const { value, fault } = cells[code];
    if (fault === "bad") faults.bad(row);
    if (fault === "infinite") faults.infinite(row);
    return value;
  });
}

/** Times that Parquet has as plain numbers, in the unit of the plan's format. */
function inMicroseconds(values: Float64Array, format: CsvColumnPlan["format"]): void {
  const factor = format === "epoch_s" ? 1e6 : format === "epoch_ms" ? 1e3 : 1;
  if (format === "epoch_ns")
    values.forEach((value, row) => {
      if (Math.abs(value) > NANOSECONDS) values[row] = Math.trunc(value / 1e3);
    });
  if (factor === 1) return;
  values.forEach((value, row) => {
    if (Math.abs(value) < MICROSECONDS) values[row] = Math.trunc(value * factor);
  });
}
