import { openDanfojs } from "../engines/javascript.js";
import { type Column, float64, int64, Table, text } from "../table/table.js";

/** What is used here of danfojs's DataFrame; cast it to the package's own type for the rest. */
export interface DanfoFrame {
  readonly columns: string[];
  readonly shape: number[];
  column(name: string): { readonly values: unknown; readonly dtype: string };
}

interface Danfo {
  readonly DataFrame: new (columns: Readonly<Record<string, readonly unknown[]>>) => DanfoFrame;
}

/**
 * A table as a danfojs DataFrame. Numbers stay numbers (NaN is missing), text becomes strings (null is missing).
 * @throws EngineError, one line with the command, when the engine danfojs-node is not added
 */
export async function toDanfo(source: Table): Promise<DanfoFrame> {
  const { DataFrame } = (await openDanfojs()) as Danfo;
  const columns: Record<string, readonly unknown[]> = {};
  for (const name of source.names) {
    const column = source.column(name);
    columns[name] = column.kind === "number" ? Array.from(column.values) : source.strings(name);
  }
  return new DataFrame(columns);
}

/**
 * A danfojs DataFrame as a table: columns of numbers (null and undefined become NaN) and of text; booleans become the texts
 * true and false. Whole numbers are int64, as danfojs has it.
 */
export function fromDanfo(frame: DanfoFrame): Table {
  return Table.of(
    new Map(
      frame.columns.map((name): [string, Column] => {
        const { values, dtype } = frame.column(name);
        const list = Array.from(values as ArrayLike<unknown>);
        if (dtype === "int32" || dtype === "float32") {
          const numbers = list.map((value) => (typeof value === "number" ? value : Number.NaN));
          const whole = dtype === "int32" && numbers.every((x) => Number.isNaN(x) || Number.isSafeInteger(x));
          return [name, whole ? int64(numbers) : float64(numbers)];
        }
        return [
          name,
          text(list.map((value) => (value === null || value === undefined ? null : String(value)))),
        ];
      }),
    ),
  );
}
