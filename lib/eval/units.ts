import { SchemaError } from "../base/errors.js";
import type { Table } from "../table/table.js";
import type { UnitCount } from "./result.js";

/** What a bootstrap draws: single flows, or all flows of a host, day or campaign together. */
export const unitNames = ["flow", "host", "day", "campaign"] as const;
export type UnitName = (typeof unitNames)[number];

/** Fewer units than this, and an interval says little: there are too few different resamples. */
export const FEW_UNITS = 10;

/** The resampling unit of some rows. */
export interface Units {
  readonly count: number;
  /** By row; null: each row is a unit. */
  readonly of: Int32Array | null;
  /** Rows without a value, each a unit of its own. */
  readonly without: number;
}

/**
 * The units of some rows of flows.parquet. A row without a value (a benign flow of no campaign) is a unit of its own, as
 * nothing says what it belongs with; they are counted.
 * @throws SchemaError when the data has no such column
 */
export function unitsOf(flows: Table, unit: UnitName, rows: Int32Array): Units {
  if (unit === "flow") return eachRow(rows.length);
  if (!flows.has(unit)) {
    throw new SchemaError(
      `eval: column "${unit}" (eval.bootstrap.unit) is not in artifacts/flows.parquet (has: ${
        unitNames.filter((name) => flows.has(name)).join(", ") || "none of host, day, campaign"
      }). Choose another eval.bootstrap.unit in params.yaml, such as flow.`,
    );
  }
  const { codes } = flows.text(unit);
  const known = new Map<number, number>();
  let count = 0;
  let without = 0;
  const of = Int32Array.from(rows, (row) => {
    const code = codes[row];
    if (code < 0) {
      without++;
      return count++;
    }
    let index = known.get(code);
    if (index === undefined) {
      index = count++;
      known.set(code, index);
    }
    return index;
  });
  return { count, of, without };
}

/** Columns of flows.parquet that a unit needs, to be read where they are there. */
export function unitColumns(unit: UnitName): string[] {
  return unit === "flow" ? [] : [unit];
}

/** Each row a unit. */
export function eachRow(rows: number): Units {
  return { count: rows, of: null, without: 0 };
}

/** What details say of the units. */
export function unitCount({ count, without }: Units): UnitCount {
  return { count, rows_without: without, few: count < FEW_UNITS };
}
