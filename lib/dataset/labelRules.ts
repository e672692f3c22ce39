import { FormatError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import { Tally } from "../base/tally.js";
import { inNetwork, parseNetwork } from "../flow/address.js";
import { readLines } from "../flow/lines.js";
import { parseTimeUs } from "../flow/time.js";
import { foreignFields, type RuleField, ruleField, ruleFields } from "./ruleFields.js";

/** What a flow is called: Zeek's columns `label` and `detailedlabel`. */
export interface FlowLabel {
  readonly label: string;
  readonly detail: string;
}

/** A flow's values, by column of conn.log. */
export interface RuleValues {
  text(column: string): string | null;
  /** NaN: missing. */
  number(column: string): number;
  /** Integer microseconds, UTC; NaN: missing. */
  time(column: string): number;
  address(column: string): Uint8Array | null;
}

/** One line of conditions, all of which must hold. */
export interface LabelRule extends FlowLabel {
  /** Its line in the rule file. */
  readonly line: number;
  /** Columns of conn.log that it reads. */
  readonly columns: readonly string[];
  holds(values: RuleValues): boolean;
}

/** What stands in the two columns where there is nothing to say. */
export const EMPTY = "(empty)";

const operators = ["!=", ">=", "<=", "==", "=", ">", "<"] as const;
type Operator = (typeof operators)[number];

/** Read a rule file (gzipped or not): see `parseRules`. @throws DataError when it cannot be read */
export async function readRules(path: string): Promise<LabelRule[]> {
  const lines: string[] = [];
  for await (const batch of readLines(path, new Tally())) lines.push(...batch.lines);
  return parseRules(lines.join("\n"), path);
}

/**
 * The rules of a file in netflowlabeler's form, from top to bottom; the last that holds gives a flow its label:
 *
 *     Malicious, CC:                                  # label, then a detailed label or none
 *         - srcIP=10.0.0.34 & dstPort=443             # every condition of a line
 *         - dstIP=192.0.2.0/24 & Bytes>=100           # or those of another line
 *
 * Names and texts do not depend on case, `all` holds always, `!=` is what `=` is not. Times are days or ISO times in UTC, or
 * epoch seconds; a day with `=` is the whole day. A missing number or address fulfils `!=` only; of `Bytes`, `Packets` and
 * `IPBytes`, which are sums, it counts as 0. Comments and blank lines may stand anywhere.
 * @param path in messages
 * @throws FormatError, with the line, for what is no rule
 * Source: stratosphereips/netflowlabeler, README.md. Version 0.4 of the program reads >= as > and compares texts by case;
 * here they mean what its README says.
 */
export function parseRules(text: string, path: string): LabelRule[] {
  const rules: LabelRule[] = [];
  let current: (FlowLabel & { readonly line: number; rules: number }) | undefined;
  const closed = (): void => {
    if (current?.rules === 0)
      throw new FormatError(
        `label: ${path}, line ${current.line}: "${current.label}" has no conditions. Add a line such as "- srcIP=all" below it.`,
      );
  };
  for (const [i, raw] of text
    .replace(/^\ufeff/, "")
    .split(/\r\n?|\n/)
    .entries()) {
    const content = raw.replace(/(^|\s)#.*$/, "").trim();
    if (content === "") continue;
    const where = `label: ${path}, line ${i + 1}`;
    if (!content.startsWith("-")) {
      closed();
      current = { ...parseLabel(content, where), line: i + 1, rules: 0 };
      continue;
    }
    if (current === undefined)
      throw new FormatError(
        `${where}: conditions before any label. Put a line such as "Malicious, CC:" above them.`,
      );
    const { label, detail } = current;
    rules.push({ label, detail, line: i + 1, ...parseConditions(content.slice(1), where) });
    current.rules++;
  }
  closed();
  if (rules.length === 0) throw new FormatError(`label: ${path} holds no rules.`);
  return rules;
}

function parseLabel(content: string, where: string): FlowLabel {
  const [, names, rest] = /^([^:]*)(?::(.*))?$/.exec(content) ?? [];
  const parts = (names ?? "").split(",").map((part) => part.trim());
  if ((rest ?? "").trim() !== "" || parts.length > 2 || parts.some((part) => part === "" || /\t/.test(part)))
    throw new FormatError(
      `${where}: "${content}" is no label. Expected "Label:" or "Label, Detailed-label:", or conditions after "-".`,
    );
  return { label: parts[0], detail: parts[1] ?? EMPTY };
}

function parseConditions(content: string, where: string): Pick<LabelRule, "columns" | "holds"> {
  const conditions = content.split("&").map((part) => parseCondition(part.trim(), where));
  const tests = conditions.map(({ holds }) => holds);
  return {
    columns: conditions.flatMap(({ columns }) => columns),
    holds: (values) => tests.every((test) => test(values)),
  };
}

function parseCondition(condition: string, where: string): Pick<LabelRule, "columns" | "holds"> {
  const [, name, operator, value] = /^([\w.]+)\s*(!=|>=|<=|==|=|>|<)\s*(\S.*)$/.exec(condition) ?? [];
  if (name === undefined)
    throw new FormatError(
      `${where}: "${condition}" is no condition. Expected FIELD, one of ${operators.join(" ")}, and a value, such as dstPort=53.`,
    );
  const field = ruleField(name);
  if (field === undefined) throw new FormatError(`${where}: ${unknownField(name)}`);
  const { columns } = field;
  if (value.toLowerCase() === "all") return { columns, holds: () => operator !== "!=" };
  return { columns, holds: testOf(field, operator as Operator, value, `${where}: ${condition}`) };
}

function unknownField(name: string): string {
  const known = ruleFields.map(({ names }) => names[0]);
  return foreignFields.includes(name.toLowerCase())
    ? `Zeek's conn.log has no ${name}.`
    : `no field "${name}" (has: ${known.join(", ")}).${didYouMean(name, known)}`;
}

function testOf(field: RuleField, operator: Operator, value: string, where: string): LabelRule["holds"] {
  const [column] = field.columns;
  if (field.kind === "number" || field.kind === "time") {
    const range = field.kind === "number" ? numberRange(value) : timeRange(value);
    if (range === undefined)
      throw new FormatError(
        `${where}: "${value}" is no ${field.kind === "number" ? "number" : "time: write 2024-05-31, 2024-05-31T14:00:00 or epoch seconds"}.`,
      );
    const compare = comparison(operator, range);
    if (field.kind === "time") return (values) => compare(values.time(column));
    if (field.columns.length === 1) return (values) => compare(values.number(column));
    return (values) => compare(field.columns.reduce((sum, each) => sum + (values.number(each) || 0), 0));
  }
  const negated = operator === "!=";
  if (!negated && operator !== "=" && operator !== "==")
    throw new FormatError(`${where}: ${field.names[0]} has no order; use = or !=.`);
  if (field.kind === "text") {
    const wanted = value.toLowerCase();
    return (values) => (values.text(column)?.toLowerCase() === wanted) !== negated;
  }
  const network = parseNetwork(value);
  if (network === undefined)
    throw new FormatError(`${where}: "${value}" is no address or network (10.0.0.1, 10.0.0.0/8, fe80::/10).`);
  return (values) => {
    const address = values.address(column);
    return (address !== null && inNetwork(address, network)) !== negated;
  };
}

/** What a value stands for: both ends are in it. */
interface Range {
  readonly from: number;
  readonly to: number;
}

function comparison(operator: Operator, { from, to }: Range): (value: number) => boolean {
  switch (operator) {
    case "=":
    case "==":
      return (value) => value >= from && value <= to;
    case "!=":
      return (value) => !(value >= from && value <= to);
    case ">":
      return (value) => value > to;
    case ">=":
      return (value) => value >= from;
    case "<":
      return (value) => value < from;
    case "<=":
      return (value) => value <= to;
  }
}

function numberRange(text: string): Range | undefined {
  const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return Number.isNaN(value) ? undefined : { from: value, to: value };
}

const DAY_US = 86_400e6;

function timeRange(text: string): Range | undefined {
  const iso = text.replaceAll("/", "-");
  const isDay = /^\d{4}-\d\d-\d\d$/.test(iso);
  const from = parseTimeUs(isDay ? `${iso}T00:00:00` : iso);
  return from === undefined ? undefined : { from, to: isDay ? from + DAY_US - 1 : from };
}
