import { compareText } from "../base/json.js";
import { GraphError } from "../pipeline/errors.js";
import type { Range, State } from "../pipeline/experimentList.js";
import { flatten } from "../pipeline/reporting/values.js";
import { floatText, isList, isMap, repr, type Yaml, type YamlMap } from "../pipeline/yaml/value.js";

/** How `exp show` shows its table. */
export interface TableOptions {
  readonly form: "text" | "md" | "csv";
  /** Significant digits of floats; undefined: all. */
  readonly precision: number | undefined;
  readonly sortBy: string | undefined;
  readonly isDescending: boolean;
  readonly onlyChanged: boolean;
  readonly keep: readonly string[];
  readonly drop: readonly string[];
  /** Days since 1970 of today, local. */
  readonly today: number;
  /** Characters in a line of a terminal: columns that do not fit are counted instead of shown; undefined: all. */
  readonly width?: number;
}

type Kind = "metrics" | "params";
interface Column {
  readonly header: string;
  /** Metrics stand at the right, as in DVC. */
  readonly isRight: boolean;
  readonly cell: (state: State) => string;
}

/** The table of `dvc exp show`: a row for the workspace, each baseline and each experiment; metrics, params, dependencies. */
export function experimentTable(states: readonly State[], options: TableOptions): string {
  const fill = options.form === "csv" ? "" : "-";
  const all = states.flatMap((state) => [state, ...(state.experiments ?? []).map(({ revs }) => revs[0])]);
  const columns = columnsOf(all, options, fill);
  const rows = states.flatMap((state) => rowsOf(state, columns, options, fill));
  const lead =
    options.form === "csv" ? ["Experiment", "rev", "typ", "Created", "parent"] : ["Experiment", "Created"];
  const headers = [...lead, ...columns.map(({ header }) => header)];
  const shown = headers.map((_, i) => i).filter((i) => isShown(headers[i], i, rows, options));
  const table = [headers, ...rows].map((row) => shown.map((i) => row[i]));
  if (options.form === "csv") return table.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
  if (options.form === "md") return markdown(table);
  const isRight = shown.map((i) => columns[i - lead.length]?.isRight ?? false);
  return framed(table, isRight, options.width ?? Number.POSITIVE_INFINITY);
}

function isShown(
  header: string,
  i: number,
  rows: readonly (readonly string[])[],
  { keep, drop, onlyChanged }: TableOptions,
): boolean {
  const matches = (patterns: readonly string[]): boolean =>
    patterns.length > 0 && new RegExp(`^(?:${patterns.join("|")})`).test(header);
  if (matches(keep)) return true;
  return !matches(drop) && !(onlyChanged && new Set(rows.map((row) => row[i])).size === 1);
}

function columnsOf(states: readonly State[], options: TableOptions, fill: string): Column[] {
  const named = (kind: Kind): { readonly file: string; readonly name: string }[] => {
    const files = new Map<string, Set<string>>();
    for (const state of states) {
      for (const [file, entry] of section(state, kind)) {
        const data = (entry as YamlMap).get("data");
        if (!isMap(data)) continue;
        const names = files.get(String(file)) ?? new Set();
        for (const name of leaves(data).keys()) names.add(name);
        files.set(String(file), names);
      }
    }
    return [...files].flatMap(([file, names]) => [...names].map((name) => ({ file, name })));
  };
  const [metrics, params] = [named("metrics"), named("params")];
  const count = (name: string): number =>
    [...metrics, ...params].filter((each) => each.name === name).length +
    Number(/^(Experiment|rev|typ|Created|parent|State|Executor)$/.test(name));
  const column =
    (kind: Kind) =>
    ({ file, name }: { readonly file: string; readonly name: string }): Column => ({
      header: count(name) === 1 ? name : `${file}:${name}`,
      isRight: kind === "metrics",
      cell: (state) => {
        const entry = section(state, kind).get(file);
        if (!isMap(entry)) return fill;
        const data = entry.get("data");
        const value = isMap(data) ? leaves(data).get(name) : undefined;
        if (value === undefined || value === null) return entry.has("error") ? "!" : fill;
        return valueText(value, options.precision);
      },
    });
  const deps = new Set(states.flatMap((state) => [...section(state, "deps").keys()].map(String)));
  return [
    ...metrics.map(column("metrics")),
    ...params.map(column("params")),
    ...[...deps].sort(compareText).map((name) => ({
      header: name,
      isRight: false,
      cell: (state: State) => {
        const dep = section(state, "deps").get(name);
        return isMap(dep) ? String(dep.get("hash") ?? fill) : fill;
      },
    })),
  ];
}

function section(state: State, name: Kind | "deps"): YamlMap {
  const value = state.data?.get(name);
  return isMap(value) ? value : new Map();
}

/** Values by their names with dots; lists stay values. */
function leaves(map: YamlMap, prefix = "", into = new Map<string, Yaml>()): Map<string, Yaml> {
  for (const [key, value] of map) {
    const name = `${prefix}${key}`;
    if (isMap(value)) leaves(value, `${name}.`, into);
    else into.set(name, value);
  }
  return into;
}

function rowsOf(state: State, columns: readonly Column[], options: TableOptions, fill: string): string[][] {
  const isCsv = options.form === "csv";
  const short = (rev: string): string => (/^[0-9a-f]{40}$/.test(rev) ? rev.slice(0, 7) : rev);
  const rev = state.name ?? short(state.rev);
  const cells = (each: State): string[] => columns.map(({ cell }) => cell(each));
  const created = (each: State): string => createdText(each.data?.get("timestamp"), options, fill);
  const base = isCsv ? ["", rev, "baseline", created(state), ""] : [rev, created(state)];
  const experiments = sorted(state.experiments ?? [], options);
  return [
    [...base, ...cells(state)],
    ...experiments.map(({ name, revs: [tip] }, i) => {
      const isLast = i === experiments.length - 1;
      const lead = isCsv
        ? [name, short(tip.rev), isLast ? "branch_base" : "branch_commit", created(tip), ""]
        : [`${isLast ? "└──" : "├──"} ${short(tip.rev)} [${name}]`, created(tip)];
      return [...lead, ...cells(tip)];
    }),
  ];
}

function sorted(ranges: readonly Range[], { sortBy, isDescending }: TableOptions): readonly Range[] {
  if (sortBy === undefined || ranges.length === 0) return ranges;
  const matches = new Set<string>();
  for (const { revs } of ranges) {
    for (const kind of ["metrics", "params"] as const) {
      for (const [file, entry] of section(revs[0], kind)) {
        const data = (entry as YamlMap).get("data");
        if (!isMap(data)) continue;
        for (const name of leaves(data).keys())
          if (sortBy === name || sortBy === `${file}:${name}`)
            matches.add(JSON.stringify([kind, file, name]));
      }
    }
  }
  const found = [...matches].map((match) => JSON.parse(match) as [Kind, string, string]);
  if (found.length === 0) throw new GraphError(`Unknown sort column '${sortBy}'`);
  if (found.length > 1) {
    const names = found.map(([, file, name]) => `${file}:${name}`).join(", ");
    throw new GraphError(`Ambiguous sort column '${sortBy}' matched '${names}'`);
  }
  const [kind, file, name] = found[0];
  const keyOf = ({ revs }: Range): Yaml => {
    const data = (section(revs[0], kind).get(file) as YamlMap | undefined)?.get("data");
    return (isMap(data) ? flatten(data).get(name) : undefined) ?? null;
  };
  const order = (a: Range, b: Range): number => {
    const [x, y] = [keyOf(a), keyOf(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    const both = [x, y].every((each) => typeof each === "number" || typeof each === "bigint");
    return both ? Number(x) - Number(y) : compareText(String(x), String(y));
  };
  return [...ranges].sort((a, b) => (isDescending ? order(b, a) : order(a, b)));
}

/** Python's text of a value; floats with so many significant digits, in lists as texts, as DVC has them. */
function valueText(value: Yaml, precision: number | undefined): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return floatGeneral(value, precision);
  const inside = (item: Yaml): Yaml =>
    typeof item === "number" && precision !== undefined
      ? floatGeneral(item, precision)
      : isList(item)
        ? item.map(inside)
        : isMap(item)
          ? new Map([...item].map(([key, each]) => [key, inside(each)]))
          : item;
  return repr(inside(value));
}

/** Python's `%.{precision}g`. */
function floatGeneral(value: number, precision: number | undefined): string {
  if (precision === undefined || !Number.isFinite(value)) return floatText(value);
  const digits = Math.min(Math.max(precision, 1), 17);
  const [mantissa, exponentText] = toEven(value, digits).split("e");
  const exponent = Number(exponentText);
  const trimmed = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (exponent < -4 || exponent >= digits) {
    return `${trimmed(mantissa)}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  return trimmed(Number(`${mantissa}e${exponent}`).toFixed(Math.max(0, digits - 1 - exponent)));
}

/** toExponential with ties to even, as Python rounds; JavaScript takes the larger one. */
function toEven(value: number, digits: number): string {
  const [exact, exponent] = value.toExponential(100).split("e");
  const all = exact.replace(/[-.]/g, "");
  const isTie = /^50*$/.test(all.slice(digits));
  if (!isTie || Number(all[digits - 1]) % 2 === 1) return value.toExponential(digits - 1);
  const sign = value < 0 ? "-" : "";
  return `${sign}${all[0]}${digits > 1 ? "." : ""}${all.slice(1, digits)}e${exponent}`;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** The time of day for today's, else the date. */
function createdText(timestamp: Yaml | undefined, { form, today }: TableOptions, fill: string): string {
  if (typeof timestamp !== "string") return fill;
  if (form === "csv") return timestamp;
  const [year, month, day, hour, minute] = timestamp.split(/[-T:]/).map(Number);
  if (Date.UTC(year, month - 1, day) / 86_400_000 !== today)
    return `${MONTHS[month - 1]} ${String(day).padStart(2, "0")}, ${year}`;
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${two(hour % 12 === 0 ? 12 : hour % 12)}:${two(minute)} ${hour < 12 ? "AM" : "PM"}`;
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function widths(table: readonly (readonly string[])[], extra: number): number[] {
  return table[0].map((name, i) =>
    Math.max(name.length + extra, ...table.slice(1).map((row) => row[i].length)),
  );
}

function framed(
  table: readonly (readonly string[])[],
  isRight: readonly boolean[],
  available: number,
): string {
  const all = widths(table, 0);
  const frame = (width: readonly number[]): number => width.reduce((sum, w) => sum + w + 3, 3);
  let count = all.length;
  while (count > 1 && frame(all.slice(0, count)) > available) count--;
  const width = all.slice(0, count);
  const rule = ` ${"─".repeat(frame(width) - 2)} \n`;
  const line = (row: readonly string[]): string =>
    `  ${width
      .map((w, i) => (isRight[i] ? row[i].padStart(w) : row[i].padEnd(w)))
      .join("   ")
      .trimEnd()}\n`;
  const left = all.length - count;
  const note =
    left === 0
      ? ""
      : `${left} more columns do not fit: --only-changed or --drop REGEX leaves some out, --csv has all.\n`;
  return `${rule}${line(table[0])}${rule}${table.slice(1).map(line).join("")}${rule}${note}`;
}

function markdown(table: readonly (readonly string[])[]): string {
  const width = widths(table, 2);
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => cell.padEnd(width[i])).join(" | ")} |\n`;
  const rule = `|${width.map((w) => "-".repeat(w + 2)).join("|")}|\n`;
  return `${line(table[0])}${rule}${table.slice(1).map(line).join("")}\n`;
}
