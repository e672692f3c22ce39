import type { Field } from "../../flow/fields.js";
import type { CsvColumnPlan, CsvPlan } from "../../table/csv/plan.js";
import { isTime, type TimeFormat } from "../../table/csv/times.js";
import { FOREIGN } from "../dialect.js";
import { type CsvDialectSpec, type CsvField, columnKey, type DerivedField } from "./spec.js";
import { fitting, type Way, waysOf } from "./ways.js";

/** Where the columns of a file are. */
export interface Layout {
  readonly plan: CsvPlan;
  /** Column of the plan, which is called as in the file, by field. */
  readonly own: ReadonlyMap<string, string>;
  /** Column of the plan with the second copy of a field. */
  readonly copies: ReadonlyMap<string, string>;
  /** Columns of the plan that make the label, and those that only `extra` reads, by their name there. */
  readonly labels: readonly (string | null)[];
  readonly texts: ReadonlyMap<string, string>;
  /** Texts may stand in single quotes. */
  readonly arff: boolean;
  readonly json: boolean;
  /** Columns that are made of others. */
  readonly derived: readonly DerivedField[];
  readonly ignored: readonly string[];
  /** Columns of the file that have a field's name but not what it holds, in a sentence each. */
  readonly unlike: readonly string[];
  readonly absent: readonly string[];
}

/** Where the columns are in a file that begins with `head`; a text says why it is not of the dialect. */
export function layoutOf(spec: CsvDialectSpec, head: string): Layout | string {
  const reasons: string[] = [];
  for (const ways of waysOf(spec, head)) {
    const own: string[] = [];
    for (const way of ways) {
      const found = fitting(spec, way);
      if (found === true) return layoutFor(spec, way);
      own.push(found);
    }
    const near = own.filter((reason) => !reason.startsWith(FOREIGN));
    reasons.push(
      near.length > 0
        ? [...new Set(near)].join("; ")
        : FOREIGN + [...new Set(own)].map((reason) => reason.slice(FOREIGN.length)).join("; "),
    );
  }
  return reasons.find((reason) => !reason.startsWith(FOREIGN)) ?? reasons[0];
}

function layoutFor(spec: CsvDialectSpec, way: Way): Layout {
  const { names, header, delimiter, preamble } = way;
  const keys = names.map(columnKey);
  const columns = new Map<string, CsvColumnPlan>();
  const used = new Set<number>();
  const take = (
    candidates: readonly string[],
    parse: CsvColumnPlan["parse"],
    format?: TimeFormat,
    afternoon?: boolean,
  ): string | undefined => {
    const index = candidates.map((each) => keys.indexOf(columnKey(each))).find((at) => at >= 0);
    if (index === undefined) return undefined;
    used.add(index);
    const known = [...columns.values()].find((each) => each.index === index && each.parse === parse);
    if (known !== undefined) return known.name;
    const written = names[index].trim();
    const name = columns.has(written) ? `${written} (field ${index + 1}, ${parse})` : written;
    columns.set(name, { index, name, parse, format, ...(afternoon ? { afternoon } : {}) });
    return name;
  };
  const own = new Map<string, string>();
  const copies = new Map<string, string>();
  const absent: string[] = [];
  const unlike: string[] = [];
  for (const each of spec.fields) {
    const index = each.names.map((name) => keys.indexOf(columnKey(name))).find((at) => at >= 0);
    const format = index === undefined ? undefined : formatIn(way, index, each);
    const name =
      format === undefined
        ? undefined
        : take(each.names, each.parse ?? parseOf(each.field), format ?? undefined, each.afternoon);
    if (index !== undefined && format === undefined)
      unlike.push(`column ${names[index].trim()} is not read: its first values are no ${soughtIn(each)}`);
    if (name === undefined) absent.push(each.field.name);
    else own.set(each.field.name, name);
    const copy = keys.findIndex(
      (key, i) => i !== index && each.copy?.some((candidate) => columnKey(candidate) === key),
    );
    if (name === undefined || copy < 0) continue;
    used.add(copy);
    const second = `${names[copy].trim()} (field ${copy + 1})`;
    columns.set(second, { index: copy, name: second, parse: "number" });
    copies.set(each.field.name, second);
  }
  const { columns: labelColumns } = spec.label;
  const labels = (typeof labelColumns === "function" ? labelColumns(new Set(keys)) : labelColumns).map(
    (candidates) => take(candidates, "text") ?? null,
  );
  const texts = new Map<string, string>();
  for (const [name, candidates] of Object.entries(spec.texts ?? {})) {
    const column = take(candidates, "text");
    if (column !== undefined) texts.set(name, column);
  }
  const derived = (spec.derived ?? []).filter(
    ({ field, from }) => !own.has(field.name) && from.every((name) => own.has(name)),
  );
  const made = new Set(derived.map(({ field }) => field.name));
  const lacking = (spec.derived ?? [])
    .filter(({ field }) => !own.has(field.name))
    .map(({ field }) => field.name);
  const skipped = new Set((spec.skipped ?? []).map(columnKey));
  return {
    plan: {
      delimiter,
      header,
      preamble,
      ...(preamble > 0 ? { comment: "%" } : {}),
      width: names.length,
      columns: [...columns.values()],
      missing: ["", ...(spec.missing ?? []), ...(preamble > 0 ? ["?"] : [])],
    },
    own,
    copies,
    labels,
    texts,
    arff: preamble > 0,
    json: way.json === true,
    derived,
    ignored: names.filter((_, i) => !used.has(i) && !skipped.has(keys[i])).map((name) => name.trim()),
    unlike,
    absent: [...new Set([...absent, ...lacking])].filter((name) => !made.has(name)),
  };
}

/** How a column is written in the first rows; null: no time; undefined: not as the field wants it. */
function formatIn(
  { names, records }: Way,
  index: number,
  { format, like }: CsvField,
): TimeFormat | null | undefined {
  const cells = records.map((record) => record[index]?.trim() ?? "");
  // Some files repeat their header between the rows.
  const own = cells.filter((cell) => cell !== "" && columnKey(cell) !== columnKey(names[index]));
  if (like !== undefined && !mostOf(own, (cell) => like.test(cell))) return undefined;
  if (format === undefined || typeof format === "string") return format ?? null;
  return format.find((each) => mostOf(own, (cell) => isTime(each, cell)));
}

/** What a field wants of a column that `formatIn` does not take. */
function soughtIn({ format, field }: CsvField): string {
  return typeof format === "object" ? `times (${format.join(", ")})` : field.name;
}

/** Whether more than half of the cells are so, or there are none: one bad cell decides nothing. */
function mostOf(cells: readonly string[], are: (cell: string) => boolean): boolean {
  return cells.length === 0 || cells.filter(are).length * 2 > cells.length;
}

function parseOf(field: Field): CsvColumnPlan["parse"] {
  if (field.kind === "time") return "time";
  if (field.kind !== "number") return "text";
  return field.unit === "port" ? "port" : "number";
}
