import { DataError, ParamsError } from "../../base/errors.js";
import { didYouMean } from "../../base/nearest.js";
import { parseAddress } from "../../flow/address.js";
import { type Field, flowField } from "../../flow/fields.js";
import { isTime, type TimeFormat } from "../../table/csv/times.js";
import { isReserved, optionalColumns } from "../canonical.js";
import { columnKey } from "../csv/spec.js";
import type { TableColumns } from "../params.js";
import { plainField, plainName } from "./field.js";
import { isNumber, type TableHead } from "./inspect.js";
import { timeExamples, timeFormatOf } from "./time.js";

/** What became of a column of a plain table, as ingest prints it. */
export interface PlainColumn {
  /** Its name in the files. */
  readonly column: string;
  /** Its name in flows.parquet; null: it is left out. */
  readonly name: string | null;
  /** `label`, `time`, `entity` and `dataset` are those that dataset.columns names. */
  readonly kind: "number" | "category" | "label" | "time" | "entity" | "dataset" | "place" | "dropped";
  /** Why it is left out, or may be no plain feature. */
  readonly why?: string;
  readonly example: string | null;
}

/** Columns of flows.parquet that a model takes, and of which kind they are. */
export type WantedColumns = ReadonlyMap<string, "number" | "category">;

/** The columns of a plain table. */
export interface PlainTable {
  readonly columns: readonly PlainColumn[];
  /** Fields of flows.parquet, by the column that fills each. */
  readonly fields: ReadonlyMap<string, Field>;
  readonly timeFormat: TimeFormat | null;
}

/**
 * What the columns of a table are: as `mapping` says, else a number where all first values of all files are numbers, else a
 * category. Left out are texts that hardly repeat (identifiers, free text), addresses and row numbers, unless `mapping` calls
 * them categorical.
 * @param heads the beginnings of all files; a column that only some have is missing in the others
 * @param wanted when rows are scored: what the model takes; nothing is guessed, and other columns are left out
 * @throws ParamsError for a name that no file has; DataError when the time cannot be understood
 */
export function plainTable(
  heads: readonly TableHead[],
  mapping: TableColumns,
  wanted?: WantedColumns,
): PlainTable {
  const found = new Map<string, { name: string; values: string[]; text: boolean; numbered: boolean }>();
  for (const { columns } of heads) {
    for (const { name, values, type } of columns) {
      const known = found.get(columnKey(name)) ?? { name, values: [], text: false, numbered: true };
      known.values.push(...values);
      known.numbered &&= countsUp(values);
      known.text ||= type === "text";
      found.set(columnKey(name), known);
    }
  }
  expectNamed(
    mapping,
    [...found.values()].map(({ name }) => name),
  );
  const roles = rolesOf(mapping);
  const taken = new Set<string>();
  const fields = new Map<string, Field>();
  const columns = [...found].map(([key, { name, values, text, numbered }]): PlainColumn => {
    const example = values[0] ?? null;
    const left = (why: string): PlainColumn => ({ column: name, name: null, kind: "dropped", why, example });
    const role = roles.get(key);
    if (role === "drop") return left("dataset.columns.drop");
    if (role === "time") {
      fields.set(name, flowField("start_us"));
      taken.add("start_us");
      return { column: name, name: "start_us", kind: "time", example };
    }
    if (role !== undefined && role !== "categorical")
      return { column: name, name: storedAs[role], kind: role, example };
    const own = plainName(name);
    if ((optionalColumns as readonly string[]).includes(own))
      return { column: name, name: own, kind: "place", example };
    if (wanted !== undefined) {
      const kind = wanted.get(own);
      if (kind === undefined) return left("no column of the model");
      fields.set(name, plainField(freeName(own, taken), kind));
      return { column: name, name: own, kind, example };
    }
    const numeric = !text && role !== "categorical" && values.every(isNumber);
    const why = role === "categorical" ? undefined : numeric ? rowNumbers(own, numbered) : noCategory(values);
    if (why !== undefined) return left(why);
    const field = plainField(freeName(own, taken), numeric ? "number" : "category");
    fields.set(name, field);
    return { column: name, name: field.name, kind: numeric ? "number" : "category", why: field.why, example };
  });
  return { columns, fields, timeFormat: formatOf(mapping, found) };
}

type Role = "label" | "time" | "entity" | "dataset" | "drop" | "categorical";
const storedAs = { label: "label", entity: "host", dataset: "dataset" } as const;

function rolesOf(mapping: TableColumns): Map<string, Role> {
  const roles = new Map<string, Role>();
  const give = (name: string | null | undefined, role: Role): void => {
    if (name === null || name === undefined) return;
    const other = roles.get(columnKey(name));
    if (other !== undefined)
      throw new ParamsError(
        `dataset.columns: "${name}" is named as ${role} and as ${other}; one is possible.`,
      );
    roles.set(columnKey(name), role);
  };
  give(mapping.target, "label");
  give(mapping.time, "time");
  give(mapping.entity, "entity");
  give(mapping.dataset, "dataset");
  for (const name of mapping.drop ?? []) give(name, "drop");
  for (const name of mapping.categorical ?? []) give(name, "categorical");
  return roles;
}

function expectNamed(mapping: TableColumns, names: readonly string[]): void {
  const known = new Set(names.map(columnKey));
  const { target, time, entity, dataset, drop = [], categorical = [] } = mapping;
  const asked: [string, string | null | undefined][] = [
    ["target", target],
    ["time", time],
    ["entity", entity],
    ["dataset", dataset],
    ...drop.map((name): [string, string] => ["drop", name]),
    ...categorical.map((name): [string, string] => ["categorical", name]),
  ];
  for (const [key, name] of asked) {
    if (typeof name === "string" && !known.has(columnKey(name)))
      throw new ParamsError(
        `dataset.columns.${key}: no file has a column "${name}" (has: ${names.join(", ")}).${didYouMean(name, names)}`,
      );
  }
}

function formatOf(
  { time, time_format }: TableColumns,
  found: ReadonlyMap<string, { name: string; values: readonly string[] }>,
): TimeFormat | null {
  if (time === null || time === undefined) return null;
  const values = found.get(columnKey(time))?.values ?? [];
  if (time_format === null || time_format === undefined) return timeFormatOf(values, `column "${time}"`);
  const other = values.find((value) => !isTime(time_format, value));
  if (other !== undefined)
    throw new DataError(
      `ingest: dataset.columns.time_format is ${time_format} (such as ${timeExamples[time_format]}), but column "${time}" holds ` +
        `"${other}". Correct it in params.yaml.`,
    );
  return time_format;
}

/** The name, or one made from it when flows.parquet or another column has it. */
function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let i = 2; taken.has(free) || isReserved(free); i++) free = `${name}_${i}`;
  taken.add(free);
  return free;
}

/** Fewer values say nothing about how often they repeat. */
const ENOUGH = 20;

/** Whether the values of one file are the numbers of its rows, from whichever on. */
function countsUp(values: readonly string[]): boolean {
  return (
    values.length > 1 && values.every((value, i) => i === 0 || Number(value) === Number(values[i - 1]) + 1)
  );
}

function rowNumbers(name: string, numbered: boolean): string | undefined {
  const isNamed = /^(column|unnamed_\d+|id|index|row(_?(id|number|nr))?|nr|no)$/.test(name);
  return isNamed && numbered ? "row numbers" : undefined;
}

function noCategory(values: readonly string[]): string | undefined {
  if (values.length > 0 && values.every((value) => parseAddress(value) !== undefined))
    return "addresses, which name hosts of one site (dataset.columns.entity takes one)";
  const distinct = new Set(values).size;
  return values.length >= ENOUGH && distinct > values.length / 2
    ? "texts that hardly repeat: an identifier or free text (dataset.columns.categorical keeps it)"
    : undefined;
}

/** @throws DataError when nothing of a table is left to learn from */
export function expectFeatures({ columns }: PlainTable, path: string): void {
  if (columns.some(({ kind }) => kind === "number" || kind === "category")) return;
  throw new DataError(
    `ingest: no column of ${path} can be a feature: ${columns.map(({ column, kind, why }) => `${column} (${why ?? kind})`).join(", ")}. ` +
      "Correct dataset.columns in params.yaml.",
  );
}
