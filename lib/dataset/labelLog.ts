import { DataError, FormatError } from "../base/errors.js";
import { Tally } from "../base/tally.js";
import { type JsonRecord, readRecords } from "../flow/jsonRecords.js";
import { readLines } from "../flow/lines.js";
import { sniffZeek } from "../flow/zeek.js";
import { isMissing } from "../flow/zeekJson.js";
import { GLUE, parseSeparator } from "../flow/zeekTsv.js";
import { FlowLabeller } from "./flowLabeller.js";
import { EMPTY, type FlowLabel, type LabelRule } from "./labelRules.js";

/** What came of labelling a log. */
export interface LabelCounts {
  rows: number;
  /** Rows by label and detailed label, `-` where there is none. */
  readonly labels: Map<string, number>;
  /** Rows that could not be read and are left out. */
  readonly dropped: Tally;
  readonly repaired: Tally;
}

export function newLabelCounts(): LabelCounts {
  return { rows: 0, labels: new Map(), dropped: new Tally(), repaired: new Tally() };
}

const detailNames = ["detailedlabel", "detailed-label", "detailed_label"];

/**
 * The lines of a Zeek conn.log with two more columns, `label` and `detailedlabel`, that `rules` fill; all else is as it was.
 * Tab-separated logs keep their header lines, JSON lines stay JSON lines. Rows that cannot be read are left out, counted.
 * @param replace take labels that the log has out first; else such a log is refused
 * @param counts is complete when the last text has been taken
 * @returns pieces of text, each of whole lines
 * @throws FormatError when it is no conn.log; DataError when it has labels, or lacks a column that a rule reads
 */
export async function* labelLog(
  path: string,
  rules: readonly LabelRule[],
  counts: LabelCounts,
  replace = false,
): AsyncGenerator<string, void> {
  let log: LogLines | undefined;
  const labeller = new FlowLabeller(rules);
  for await (const { first, lines } of readLines(path, counts.repaired)) {
    log ??= open(path, lines, labeller, counts, replace);
    const out: string[] = [];
    for (const [i, line] of lines.entries()) {
      const labelled = log.line(line, first + i);
      if (labelled !== undefined) out.push(labelled, "\n");
    }
    if (out.length > 0) yield out.join("");
  }
  if (log === undefined) throw new FormatError(`label: ${path} is empty.`);
}

interface LogLines {
  /** The line to write; undefined: none. */
  line(text: string, number: number): string | undefined;
}

function open(
  path: string,
  lines: readonly string[],
  labeller: FlowLabeller,
  counts: LabelCounts,
  replace: boolean,
): LogLines {
  const kind = sniffZeek(lines.join("\n"));
  if (kind.kind !== "conn") throw new FormatError(`label: ${path} is no conn.log: ${kind.why}.`);
  const isJson = lines
    .find((line) => line.trim() !== "")
    ?.trimStart()
    .startsWith("{");
  return isJson === true
    ? new JsonLog(path, labeller, counts, replace)
    : new TsvLog(path, labeller, counts, replace);
}

function counted(counts: LabelCounts, found: FlowLabel): FlowLabel {
  const name = found.detail === EMPTY ? found.label : `${found.label}, ${found.detail}`;
  counts.labels.set(name, (counts.labels.get(name) ?? 0) + 1);
  counts.rows++;
  return found;
}

function hasLabels(path: string, line: number): DataError {
  return new DataError(
    `label: ${path}, line ${line}: the log has labels already. Use the log without them, or --replace to label it anew.`,
  );
}

class TsvLog implements LogLines {
  private separator = "\t";
  private unset = "-";
  private width = 0;
  private index: readonly number[] = [];
  /** Positions of label columns that are taken out. */
  private old: readonly number[] = [];
  /** Whether old labels stand in the last cell, behind what belongs there. */
  private glued = false;

  constructor(
    private readonly path: string,
    private readonly labeller: FlowLabeller,
    private readonly counts: LabelCounts,
    private readonly replace: boolean,
  ) {}

  line(text: string, number: number): string | undefined {
    if (text.startsWith("#")) return this.header(text, number);
    if (text.trim() === "") return text;
    const cells = text.split(this.separator);
    if (this.width === 0)
      throw new FormatError(`label: ${this.path}, line ${number}: a row before any #fields line.`);
    if (cells.length !== this.width) {
      this.counts.dropped.add(cells.length < this.width ? "too_few_fields" : "too_many_fields", number);
      return undefined;
    }
    const values = this.index.map((i) => (cells[i] === this.unset || cells[i] === EMPTY ? null : cells[i]));
    const found = this.labeller.label(values);
    if (typeof found === "string") {
      this.counts.dropped.add(found, number);
      return undefined;
    }
    const { label, detail } = counted(this.counts, found);
    return this.extended(cells, label, detail);
  }

  private header(text: string, number: number): string {
    if (text.startsWith("#separator")) {
      this.separator = parseSeparator(text) ?? this.separator;
      return text;
    }
    const [key, ...cells] = text.split(this.separator);
    if (key === "#unset_field") this.unset = cells[0] ?? this.unset;
    if (key === "#fields") {
      this.plan(cells, number);
      return [key, this.extended(cells, "label", "detailedlabel")].join(this.separator);
    }
    if (key === "#types") return [key, this.extended(cells, "string", "string")].join(this.separator);
    return text;
  }

  private extended(cells: readonly string[], ...more: readonly string[]): string {
    const own = this.old.length === 0 ? [...cells] : cells.filter((_, i) => !this.old.includes(i));
    if (this.glued) own.push((own.pop() ?? "").split(GLUE)[0].trimEnd());
    return [...own, ...more].join(this.separator);
  }

  private plan(names: readonly string[], number: number): void {
    const labels = [...names.keys()].filter((i) => ["label", ...detailNames].includes(names[i]));
    this.glued = /\s+label\b/.test(names.at(-1) ?? "");
    if ((this.glued || labels.length > 0) && !this.replace) throw hasLabels(this.path, number);
    this.old = labels;
    this.width = names.length;
    this.index = this.labeller.columns.map((column) => {
      const i = names.indexOf(column);
      if (i < 0)
        throw new DataError(
          `label: ${this.path}, line ${number}: no column "${column}", which the rule in line ${this.labeller.lineOf(column)} reads.`,
        );
      return i;
    });
  }
}

class JsonLog implements LogLines {
  constructor(
    private readonly path: string,
    private readonly labeller: FlowLabeller,
    private readonly counts: LabelCounts,
    private readonly replace: boolean,
  ) {}

  line(text: string, number: number): string | undefined {
    if (text.trim() === "") return text;
    const read = readRecords(text);
    if (read === undefined) {
      this.counts.dropped.add("bad_json", number);
      return undefined;
    }
    if (read.records.length > 1) this.counts.repaired.add("two_records_on_a_line", number);
    for (let torn = 0; torn < read.torn; torn++) this.counts.dropped.add("torn_record", number);
    const lines = read.records
      .map((record) => this.record(record, number))
      .filter((line) => line !== undefined);
    return lines.length === 0 ? undefined : lines.join("\n");
  }

  private record({ object, text }: JsonRecord, number: number): string | undefined {
    const found = this.labeller.label(
      this.labeller.columns.map((column) => {
        const value = object[column];
        return isMissing(value) ? null : String(value);
      }),
    );
    if (typeof found === "string") {
      this.counts.dropped.add(found, number);
      return undefined;
    }
    const { label, detail } = counted(this.counts, found);
    const more = JSON.stringify({ label, detailedlabel: detail }).slice(1);
    if (!["label", ...detailNames].some((name) => object[name] !== undefined)) {
      const own = text.trimEnd().slice(0, -1).trimEnd();
      return `${own}${own.endsWith("{") ? "" : ","}${more}`;
    }
    if (!this.replace) throw hasLabels(this.path, number);
    const own = Object.entries(object).filter(([name]) => name !== "label" && !detailNames.includes(name));
    return `${JSON.stringify(Object.fromEntries(own)).slice(0, -1)},${more}`;
  }
}
