import type { FilePlace } from "../../dataset/canonical.js";
import type { BatchLabels, LabelEntry } from "../../dataset/labels.js";
import type { KnownFile } from "../../dataset/read.js";
import type { Field } from "../../flow/fields.js";
import type { RowBatch, RowCounts } from "../../flow/rowReader.js";
import type { ProfileKernel } from "../../table/rows/profile.js";
import { codeCounts, type Table } from "../../table/table.js";
import type { Clock, ColumnAudit, FileAudit } from "./facts.js";
import { type Profile, profileOf } from "./profiles.js";

const NONE = "(none)";

/** Takes the batches of one file and counts what is odd in them. */
export class FileAuditor {
  private readonly profiles = new Map<string, Profile>();
  private readonly labels = new Map<string, number>();
  private readonly families = new Map<string, number>();
  private readonly clock = new ClockCheck();
  private readonly groups = new GroupsSeen();
  private rows = 0;
  private negativeDurations = 0;

  /** @param kernel of the audit, one file at a time */
  constructor(
    readonly file: KnownFile,
    private readonly place: FilePlace,
    private readonly kernel: ProfileKernel,
  ) {
    kernel.clear(file.dialect.columns.length);
  }

  /**
   * @param groups of each row, the number of those that have its content, in whatever file
   * @returns what each row is: 1 attack, 0 benign, 2 neither
   */
  add({ table }: RowBatch, labels: BatchLabels, groups: Int32Array): Uint8Array {
    const isAttack = mappedKinds(labels.codes, Uint8Array.from(labels.entries, kindOf));
    this.rows += table.rows;
    this.groups.add(groups);
    countLabels(labels, this.labels, this.families);
    this.clock.add(table);
    this.kernel.rows(isAttack);
    if (table.has("duration_s")) this.negativeDurations += negatives(table.numbers("duration_s"));
    for (const { name } of this.file.dialect.columns) {
      const column = table.column(name);
      let profile = this.profiles.get(name);
      if (profile === undefined) {
        profile = profileOf(column.kind, this.kernel);
        this.profiles.set(name, profile);
      }
      profile.add(column);
    }
    return isAttack;
  }

  finish(counts: RowCounts): FileAudit {
    const { file, place } = this;
    const dropped = Object.entries(counts.dropped.toJSON());
    const repaired = Object.entries(counts.repaired.toJSON()).map(([reason, { count }]) => [reason, count]);
    const absent = new Set(counts.absentColumns);
    return {
      path: file.name,
      dialect: file.dialect.name,
      dataset: place.dataset,
      rows: counts.rowsRead,
      bad_rows: Object.fromEntries(dropped.map(([reason, { count }]) => [reason, count])),
      bad_lines: Object.fromEntries(dropped.map(([reason, { first_lines }]) => [reason, first_lines])),
      repaired: Object.fromEntries(repaired),
      labels: sortedCounts(this.labels),
      families: sortedCounts(this.families),
      duplicates: this.rows - this.groups.size,
      clock: this.clock.finish(),
      negative_durations: this.negativeDurations,
      absent_columns: counts.absentColumns,
      ignored_columns: counts.ignoredColumns,
      columns: file.dialect.columns
        .filter(({ name }) => !absent.has(name))
        .map((field) => this.columnAudit(field, counts)),
    };
  }

  private columnAudit({ name }: Field, { repaired }: RowCounts): ColumnAudit {
    const profile = this.profiles.get(name) ?? profileOf("text", this.kernel);
    return {
      name,
      file_column: this.file.dialect.fileColumn?.(name) ?? name,
      infinite: repaired.count(`infinite_${name}`),
      not_a_number: repaired.count(`not_a_number_${name}`),
      ...profile.finish(),
    };
  }
}

function kindOf(entry: LabelEntry): number {
  if (entry.label === null || entry.special !== null) return 2;
  return entry.label === "benign" ? 0 : 1;
}

function mappedKinds(codes: Int32Array, kinds: Uint8Array): Uint8Array {
  const own = new Uint8Array(codes.length);
  for (let row = 0; row < own.length; row++) own[row] = kinds[codes[row]];
  return own;
}

function negatives(values: Float32Array | Float64Array): number {
  let count = 0;
  for (let row = 0; row < values.length; row++) if (values[row] < 0) count++;
  return count;
}

function countLabels(
  { codes, entries }: BatchLabels,
  labels: Map<string, number>,
  families: Map<string, number>,
): void {
  const rows = codeCounts(codes, entries.length);
  entries.forEach(({ original, family, special }, code) => {
    if (rows[code] === 0) return;
    const add = (counts: Map<string, number>, name: string): unknown =>
      counts.set(name, (counts.get(name) ?? 0) + rows[code]);
    add(labels, original ?? NONE);
    add(families, special === null ? (family ?? NONE) : special);
  });
}

/** Most rows first. */
function sortedCounts(counts: ReadonlyMap<string, number>): Record<string, number> {
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return Object.fromEntries(sorted);
}

/** How many content groups the rows of a file are of. */
class GroupsSeen {
  private seen = new Uint8Array(1024);
  size = 0;

  add(groups: Int32Array): void {
    let most = -1;
    for (let row = 0; row < groups.length; row++) if (groups[row] > most) most = groups[row];
    if (most >= this.seen.length) {
      const grown = new Uint8Array(Math.max(2 * this.seen.length, most + 1));
      grown.set(this.seen);
      this.seen = grown;
    }
    const { seen } = this;
    for (let row = 0; row < groups.length; row++) {
      if (seen[groups[row]] === 0) this.size++;
      seen[groups[row]] = 1;
    }
  }
}

/** Whether the rows of a file come in the order of their times. */
class ClockCheck {
  private first = Number.POSITIVE_INFINITY;
  private last = Number.NEGATIVE_INFINITY;
  private before = Number.NaN;
  private backwards = 0;
  private missing = 0;

  add(table: Table): void {
    if (table.has("start_us")) this.addTimes(table.numbers("start_us"));
  }

  private addTimes(times: Float32Array | Float64Array): void {
    for (let row = 0; row < times.length; row++) {
      const time = times[row];
      if (Number.isNaN(time)) {
        this.missing++;
        continue;
      }
      if (time < this.before) this.backwards++;
      this.before = time;
      if (time < this.first) this.first = time;
      if (time > this.last) this.last = time;
    }
  }

  finish(): Clock | null {
    const { first, last, backwards, missing } = this;
    return first <= last ? { first_us: first, last_us: last, backwards, missing } : null;
  }
}
