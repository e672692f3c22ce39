import { ParamsError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import type { Field } from "../flow/fields.js";
import type { Table } from "../table/table.js";
import { argus } from "./argus.js";
import { isReserved } from "./canonical.js";
import { cicflowmeter } from "./cic/cicflowmeter.js";
import { ids2017Corrected, ids2018Corrected } from "./cic/corrected.js";
import { ids2017, ids2017Flows } from "./cic/ids2017.js";
import { ids2018 } from "./cic/ids2018.js";
import { cicflowmeterPython } from "./cic/python.js";
import type { Dialect } from "./dialect.js";
import { kdd99 } from "./kdd99.js";
import { nfUq } from "./nfUq.js";
import { nslKdd } from "./nslKdd.js";
import { plainField } from "./plain/field.js";
import { slips } from "./slips.js";
import { tonIotTelemetry } from "./tonIotTelemetry.js";
import { unswNb15 } from "./unswNb15.js";
import { zeek } from "./zeek.js";

/** Every dialect that can be read. Adding one: its file, and a name here. */
export const dialects: readonly Dialect[] = [
  zeek,
  nslKdd,
  kdd99,
  unswNb15,
  nfUq,
  argus,
  tonIotTelemetry,
  slips,
  ids2017,
  ids2017Flows,
  ids2017Corrected,
  ids2018,
  ids2018Corrected,
  cicflowmeter,
  cicflowmeterPython,
];

/** @throws ParamsError when `dataset.dialect` names none */
export function dialectNamed(name: string): Dialect {
  const names = dialects.map((dialect) => dialect.name);
  const found = dialects.find((dialect) => dialect.name === name);
  if (found === undefined) {
    throw new ParamsError(
      `dataset.dialect: "${name}" is not known (has: auto, ${names.join(", ")}).${didYouMean(name, names)}`,
    );
  }
  return found;
}

/** What is known of a column of flows.parquet, whatever dialect wrote it; undefined for row_id, label and the like. */
export function fieldOf(column: string): Field | undefined {
  for (const dialect of dialects) {
    const field = dialect.columns.find((candidate) => candidate.name === column);
    if (field !== undefined) return field;
  }
  return undefined;
}

/**
 * What is known of a column of a table: the field of that name, or, in a plain table (`dataset.columns`), what its name and
 * values tell. undefined for row_id, label and what else flows.parquet says of a row: such a column is never a feature.
 */
export function fieldIn(table: Table, name: string): Field | undefined {
  const { kind } = table.column(name);
  const known = fieldOf(name);
  // A plain table may call something else by the name of a field.
  if (known !== undefined && (known.use === "never" || (known.kind === "number") === (kind === "number")))
    return known;
  return isReserved(name) ? undefined : plainField(name, kind === "number" ? "number" : "category");
}

/** The columns of a table by which two rows are equal in content: those that a realistic feature comes from. */
export function contentColumns(columns: readonly string[]): string[] {
  return columns.filter((name) => useOf(name) === "feature");
}

/** The columns of a table that may become a feature of some profile: what a sensor or at least a lab sees. */
export function modelColumns(columns: readonly string[]): string[] {
  return columns.filter((name) => {
    const use = useOf(name);
    return use === "feature" || use === "oracle";
  });
}

/** What a column of flows.parquet may be used for; those of plain tables are features unless their name is reserved. */
function useOf(name: string): Field["use"] | undefined {
  const field = fieldOf(name) ?? (isReserved(name) ? undefined : plainField(name, "number"));
  return field?.use;
}
