import { compareText } from "../base/json.js";
import type { Table, TextColumn } from "../table/table.js";
import { familyCodes, untestedFamilies } from "./families.js";
import { type AttackCounts, FEW, type GroupMetrics, RankedRows } from "./groupMetrics.js";
import type { MissingColumns } from "./missingColumns.js";
import { type OverTime, overTime, type Windows } from "./overTime.js";
import type { ScoredRows } from "./ranking.js";

/** Groups of one breakdown that stand alone; the smaller ones are pooled. */
export const MOST_GROUPS = 20;

/** What rows are grouped by, and the column of flows.parquet that says it. */
export const groupings = {
  dataset: "dataset",
  site: "site",
  day: "day",
  /** The side that started. */
  host: "host",
  /** The side that answered. */
  responder: "resp_addr",
  service: "service",
} as const;
export type Grouping = keyof typeof groupings | "columns";

/** Columns of flows.parquet that breakdowns read, where the flows have them. */
export const breakdownColumns = [...Object.values(groupings), "label_original", "start_us"] as const;

/** Rows with one value of a column; `name` null: with none. */
export interface Group extends GroupMetrics {
  readonly name: string | null;
  /** Of a group by columns: those that its rows lack. */
  readonly without?: readonly string[];
}

/** The largest groups, then by name; the smaller ones together. */
export interface Grouped {
  readonly groups: readonly Group[];
  /** `pooled`: how many groups it is made of. */
  readonly others: (GroupMetrics & { readonly pooled: number }) | null;
}

/** Attack rows of one name against every benign row of the part. */
export interface AttackGroup extends AttackCounts {
  readonly name: string;
  /** Whether training had it; null: not known. */
  readonly seen: boolean | null;
}

/** details.test.breakdowns (and cv): where the numbers of the whole part come from. */
export interface Breakdowns {
  /** A group with fewer rows than this is flagged `few`. */
  readonly few_rows: number;
  /** How `recall_95` and `fpr_95` are made: Wilson's score interval, rows taken as independent. */
  readonly interval: "wilson";
  readonly whole: GroupMetrics;
  readonly by: Readonly<Partial<Record<Grouping, Grouped>>>;
  /** Attacks by the name that the dataset gives them. */
  readonly attacks: {
    readonly groups: readonly AttackGroup[];
    readonly others: (AttackCounts & { readonly pooled: number }) | null;
    /** Attacks of training that the part lacks, sorted; null: what training had is not known. */
    readonly untested: readonly string[] | null;
  } | null;
  /** Attack rows whose family training had, and those of the others. */
  readonly novelty: readonly AttackGroup[];
  readonly time: OverTime | null;
  /** Breakdowns that could not be made, and why. */
  readonly absent: Readonly<Record<string, string>>;
}

/** What is known of the rows of a part beside truth and score; every column has a value a row. */
export interface Surroundings {
  /** Columns of `breakdownColumns`, where the flows have them. */
  readonly flows: Table;
  /** Which columns of the model each row lacks. */
  readonly missing: MissingColumns;
  /** Original names of the attacks of training; null: not known. */
  readonly trainingAttacks: readonly string[] | null;
  readonly windows: Windows;
}

/** Rows of a part with what they are broken down by. */
interface Rows extends Pick<ScoredRows, "isAttack" | "scores"> {
  readonly threshold: number | Float64Array;
  readonly family: TextColumn;
  readonly trainingFamilies: readonly string[];
}

/**
 * Where the numbers of a part come from: by host, service, day and the like, by attack, and over time, all at the frozen
 * threshold and attack against benign. Groups of one part can be compared with each other; they say nothing of groups that the
 * part lacks.
 */
export function breakdownsOf(part: Rows, around: Surroundings): Breakdowns {
  const rows = new RankedRows(part);
  const { flows, missing } = around;
  const absent: Record<string, string> = {};
  const by: Partial<Record<Grouping, Grouped>> = {};
  for (const [name, column] of Object.entries(groupings) as [keyof typeof groupings, string][]) {
    const values = textOf(flows, column);
    if (values === null) absent[name] = `the rows have no ${column}`;
    else by[name] = grouped(rows, values);
  }
  const columns = grouped(rows, missing.group);
  by.columns = {
    ...columns,
    groups: columns.groups.map((group) => ({
      ...group,
      without: missing.without[missing.group.dictionary.indexOf(group.name ?? "")],
    })),
  };
  const starts = flows.has("start_us") ? flows.numbers("start_us") : null;
  const time = starts === null ? null : overTime(rows, starts, around.windows);
  if (time === null) absent.time = "the rows have no start_us";
  const original = textOf(flows, "label_original");
  const attacks = original === null ? null : attackGroups(rows, part, original, around.trainingAttacks);
  if (attacks === null) absent.attacks = "the rows have no label_original";
  return {
    ...{ few_rows: FEW, interval: "wilson", whole: rows.whole() },
    ...{ by, attacks, novelty: noveltyGroups(rows, part), time, absent },
  };
}

/** A column of text in which some row has a value. */
function textOf(flows: Table, name: string): TextColumn | null {
  const column = flows.has(name) ? flows.column(name) : null;
  return column?.kind === "text" && column.codes.some((code) => code >= 0) ? column : null;
}

function grouped(rows: RankedRows, { codes, dictionary }: TextColumn): Grouped {
  // The last name: rows without a value.
  const names = [...dictionary, null];
  const named = codes.map((code) => (code < 0 ? dictionary.length : code));
  const { kept, pooled, place } = largest(named, names);
  const measured = rows.byGroup(place, kept.length + 1);
  return {
    groups: kept.map((name, g): Group => ({ name, ...measured[g] })),
    others: pooled === 0 ? null : { pooled, ...measured[kept.length] },
  };
}

/**
 * The groups with the most rows.
 * @param codes name of each row; rows below 0 are in no group
 * @returns their names, the largest first, how many other names have rows, and the group of each row: its place in `kept`,
 *   kept.length for the others, -1 for none
 */
function largest<N extends string | null>(
  codes: Int32Array,
  names: readonly N[],
): { readonly kept: readonly N[]; readonly pooled: number; readonly place: Int32Array } {
  const rows = new Float64Array(names.length);
  for (const code of codes) if (code >= 0) rows[code]++;
  const found = Array.from(names.keys())
    .filter((code) => rows[code] > 0)
    .sort((a, b) => rows[b] - rows[a] || compareText(names[a] ?? "", names[b] ?? ""));
  const kept = found.slice(0, MOST_GROUPS);
  const placeOf = new Int32Array(names.length).fill(kept.length);
  kept.forEach((code, g) => {
    placeOf[code] = g;
  });
  return {
    kept: kept.map((code) => names[code]),
    pooled: found.length - kept.length,
    place: codes.map((code) => (code < 0 ? -1 : placeOf[code])),
  };
}

function attackGroups(
  rows: RankedRows,
  { isAttack }: Rows,
  original: TextColumn,
  training: readonly string[] | null,
): NonNullable<Breakdowns["attacks"]> {
  const { names, codes } = familyCodes(original, isAttack);
  const { kept, pooled, place } = largest(codes, names);
  const counts = rows.attacksByGroup(place, kept.length + 1);
  return {
    groups: kept.map((name, g): AttackGroup => {
      const seen = training === null ? null : training.includes(name);
      return { name, seen, ...counts[g] };
    }),
    others: pooled === 0 ? null : { pooled, ...counts[kept.length] },
    untested: training === null ? null : untestedFamilies(training, names),
  };
}

function noveltyGroups(rows: RankedRows, { isAttack, family, trainingFamilies }: Rows): AttackGroup[] {
  const { names, codes } = familyCodes(family, isAttack);
  const novel = names.map((name) => Number(!trainingFamilies.includes(name)));
  const counts = rows.attacksByGroup(
    codes.map((code) => (code < 0 ? -1 : novel[code])),
    2,
  );
  return [
    { name: "seen", seen: true, ...counts[0] },
    { name: "novel", seen: false, ...counts[1] },
  ];
}
