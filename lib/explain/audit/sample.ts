import { type Column, type NumberColumn, Table, type TextColumn } from "../../table/table.js";

/**
 * Evenly spread rows of a stream of unknown length, in order, the same for the same rows however they are divided into
 * batches: every row until there are more than `limit`; then every second one, every fourth, and so on, so that at most
 * `kept` are left, and at least half as many. They are copied into one array a column, so that no batch outlives its
 * turn.
 */
export class RowSample {
  private readonly columns = new Map<string, ColumnSample>();
  private held = 0;
  private step = 1;
  private seen = 0;

  constructor(
    private readonly limit: number,
    private readonly kept: number = limit,
  ) {}

  /** @param table has the columns of the first one */
  add(table: Table): void {
    this.makeRoom(this.seen + table.rows);
    const rows = every(this.step, (this.step - (this.seen % this.step)) % this.step, table.rows);
    this.seen += table.rows;
    for (const name of table.names) {
      const column = table.column(name);
      const sample = this.columns.get(name) ?? sampleOf(column, this.room());
      this.columns.set(name, sample);
      sample.add(column, rows, this.held);
    }
    this.held += rows.length;
  }

  /** Rows that may be held. */
  private room(): number {
    return this.step === 1 ? this.limit : this.kept;
  }

  /** Thin what is held until there is room for as much of `total` rows. */
  private makeRoom(total: number): void {
    let factor = 1;
    while (Math.ceil(total / this.step) > this.room()) {
      this.step *= 2;
      factor *= 2;
    }
    if (factor === 1) return;
    const rows = every(factor, 0, this.held);
    for (const sample of this.columns.values()) sample.keep(rows);
    this.held = rows.length;
  }

  /** The rows; an empty table when none came. */
  table(): Table {
    return Table.of(new Map([...this.columns].map(([name, sample]) => [name, sample.column(this.held)])));
  }
}

interface ColumnSample {
  /** Copy the rows at `rows` to the places from `at` on. */
  add(column: Column, rows: Int32Array, at: number): void;
  /** Only the rows at these places, which ascend, stay. */
  keep(rows: Int32Array): void;
  /** The first `rows` rows. */
  column(rows: number): Column;
}

function sampleOf(column: Column, capacity: number): ColumnSample {
  return column.kind === "text" ? new TextSample(capacity) : new NumberSample(column.type, capacity);
}

class NumberSample implements ColumnSample {
  private readonly values: Float32Array | Float64Array;

  constructor(
    private readonly type: NumberColumn["type"],
    capacity: number,
  ) {
    this.values = type === "float32" ? new Float32Array(capacity) : new Float64Array(capacity);
  }

  add(column: Column, rows: Int32Array, at: number): void {
    const { values } = column as NumberColumn;
    const own = this.values;
    if (rows.length === values.length) own.set(values, at);
    else for (let i = 0; i < rows.length; i++) own[at + i] = values[rows[i]];
  }

  keep(rows: Int32Array): void {
    const { values } = this;
    for (let i = 0; i < rows.length; i++) values[i] = values[rows[i]];
  }

  column(rows: number): Column {
    return { kind: "number", type: this.type, values: this.values.subarray(0, rows) };
  }
}

class TextSample implements ColumnSample {
  private readonly codes: Int32Array;
  private readonly places = new Map<string, number>();

  constructor(capacity: number) {
    this.codes = new Int32Array(capacity);
  }

  add(column: Column, rows: Int32Array, at: number): void {
    const { codes, dictionary } = column as TextColumn;
    const known = new Int32Array(dictionary.length).fill(-1);
    const own = this.codes;
    for (let i = 0; i < rows.length; i++) {
      const code = codes[rows[i]];
      if (code >= 0 && known[code] < 0) known[code] = this.placeOf(dictionary[code]);
      own[at + i] = code < 0 ? -1 : known[code];
    }
  }

  private placeOf(text: string): number {
    const place = this.places.get(text) ?? this.places.size;
    this.places.set(text, place);
    return place;
  }

  keep(rows: Int32Array): void {
    const { codes } = this;
    for (let i = 0; i < rows.length; i++) codes[i] = codes[rows[i]];
  }

  column(rows: number): Column {
    return { kind: "text", codes: this.codes.subarray(0, rows), dictionary: [...this.places.keys()] };
  }
}

/** Every `step`-th number from `from` on, below `end`. */
function every(step: number, from: number, end: number): Int32Array {
  const rows = new Int32Array(Math.max(0, Math.ceil((end - from) / step)));
  for (let i = 0; i < rows.length; i++) rows[i] = from + i * step;
  return rows;
}
