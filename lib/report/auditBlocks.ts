import { compareText } from "../base/json.js";
import type { AuditFacts, ColumnAudit, FileAudit } from "../explain/audit/facts.js";
import { type Block, code, enumerate, type Inline, paragraph, sentence, strong } from "./document.js";
import { count, percent, plural } from "./numbers.js";
import { type Cell, countCell, numberCell, type ReportTable, textCell } from "./table.js";

/** Findings of a kind, files of a finding and columns that are named; the rest is counted. */
const FOUND_SHOWN = 5;

/** Columns of a finding that are named. */
const COLUMNS_SHOWN = 12;

/** Columns that the table of the probe shows. */
const PROBED_SHOWN = 10;

/** The totals of an audit, shown large. */
export function auditTotals({ totals, shortcuts }: AuditFacts): Block {
  const found = shortcuts.columns.filter(({ shortcut }) => shortcut).length;
  return {
    kind: "facts",
    facts: [
      { value: count(totals.rows), label: `rows in ${plural(totals.files, "file")}` },
      { value: count(totals.bad_rows), label: "rows that cannot be used" },
      { value: percent(ratio(totals.duplicates, totals.rows)), label: "rows that repeat an earlier one" },
      { value: count(totals.contradictory), label: "rows of equal content under two labels" },
      { value: count(found), label: "columns that give the label away" },
    ],
  };
}

/** What a person should know before trusting numbers made from these files, most telling first. */
export function auditFindings(facts: AuditFacts): Block[] {
  const items = [
    ...shortcutFindings(facts),
    ...repetitionFindings(facts),
    ...joined(facts.files.flatMap(fileFindings), facts.files.length),
  ];
  return items.length === 0 ? [paragraph("Nothing odd was found.")] : [{ kind: "list", items }];
}

/** Something odd in one file. */
interface Finding {
  readonly file: string;
  readonly title: string;
  readonly text: readonly Inline[];
}

/** The same finding in several files is said once; of findings that differ a few are said, the rest counted. */
function joined(findings: readonly Finding[], files: number): Inline[][] {
  const titles = new Map<string, Map<string, Finding[]>>();
  for (const finding of findings) {
    const groups = titles.get(finding.title) ?? new Map<string, Finding[]>();
    titles.set(finding.title, groups);
    const key = JSON.stringify(finding.text);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...titles].flatMap(([title, groups]) => {
    const all = [...groups.values()];
    const items = all.slice(0, FOUND_SHOWN).map((group): Inline[] => {
      const where: Inline[] =
        files === 1
          ? []
          : group.length === files
            ? ["Every file: "]
            : [...aFew(group.map(({ file }) => code(file))), ": "];
      return [strong(`${title}. `), ...where, ...group[0].text];
    });
    const rest = all.slice(FOUND_SHOWN).reduce((sum, group) => sum + group.length, 0);
    return rest === 0
      ? items
      : [...items, [strong(`${title}. `), `The like in ${plural(rest, "more file")}.`]];
  });
}

/** Some names, and how many more there are. */
function aFew(names: readonly Inline[], shown = FOUND_SHOWN): Inline[] {
  const more = names.length - shown;
  return enumerate(more > 0 ? [...names.slice(0, shown), `${count(more)} more`] : names);
}

function shortcutFindings({ shortcuts }: AuditFacts): Inline[][] {
  const found = shortcuts.columns.filter(({ shortcut }) => shortcut);
  if (found.length === 0) return [];
  const [{ column, file_column, macro_f1 }] = found;
  const tells = `attacks from benign rows with macro-F1 ${macro_f1.toFixed(3)} (limit ${shortcuts.limit}) on folds drawn at random. A model may have learned little else.`;
  return found.length === 1
    ? [[strong("Shortcut. "), ...named(column, file_column), ` alone tells ${tells}`]]
    : [
        [
          strong("Shortcuts. "),
          "Each of ",
          ...aFew(found.map((each) => code(each.column))),
          ` alone tells, the first best, ${tells}`,
        ],
      ];
}

function repetitionFindings({ totals }: AuditFacts): Inline[][] {
  const items: Inline[][] = [];
  if (totals.duplicates > 0)
    items.push([
      strong("Repetitions. "),
      ...sentence`${count(totals.duplicates)} of ${count(totals.rows)} rows (${percent(ratio(totals.duplicates, totals.rows))}) repeat an earlier row in every column that may become a feature, ports and host roles included; a random split puts such rows on both sides.`,
    ]);
  if (totals.contradictory > 0)
    items.push([
      strong("Contradictions. "),
      ...sentence`${count(totals.contradictory)} rows have a content that occurs under more than one label, ${count(totals.contradictory_benign)} of them as benign and as an attack: no model can get all of those right.`,
    ]);
  return items;
}

function fileFindings(file: FileAudit): Finding[] {
  const found: Finding[] = [];
  const say = (title: string, ...text: readonly Inline[]): unknown =>
    found.push({ file: file.path, title, text });
  for (const [reason, rows] of Object.entries(file.bad_rows))
    say(
      "Bad rows",
      `${plural(rows, "row")}: ${reason.replace(/_/g, " ")} (line ${lines(file, reason, rows)}).`,
    );
  const repaired = Object.entries(file.repaired).filter(
    ([reason]) => !reason.startsWith("infinite_") && !reason.startsWith("not_a_number_"),
  );
  if (repaired.length > 0)
    say(
      "Repaired",
      `${repaired.map(([reason, n]) => `${reason.replace(/_/g, " ")} ${count(n)}`).join(", ")}.`,
    );
  const infinite = file.columns.filter((column) => column.infinite + column.not_a_number > 0);
  if (infinite.length > 0)
    say("Infinite or not a number", ...listed(infinite, (c) => c.infinite + c.not_a_number), ".");
  if (file.negative_durations > 0) say("Negative durations", `${plural(file.negative_durations, "row")}.`);
  if (file.clock !== null && file.clock.backwards > 0)
    say("Clock", `${plural(file.clock.backwards, "row")} begin before the row above.`);
  if (file.clock !== null && file.clock.missing > 0)
    say("Clock", `${plural(file.clock.missing, "row")} without a time.`);
  const constants = file.columns.filter(({ constant }) => constant);
  if (constants.length > 0)
    say(
      "Constant",
      ...aFew(
        constants.map(({ name }) => code(name)),
        COLUMNS_SHOWN,
      ),
      ".",
    );
  const empty = file.columns.filter(({ missing }) => missing > 0 && missing === usable(file));
  if (empty.length > 0)
    say(
      "Empty",
      ...aFew(
        empty.map(({ name }) => code(name)),
        COLUMNS_SHOWN,
      ),
      ".",
    );
  if (file.absent_columns.length > 0)
    say(
      "Not in the file",
      ...aFew(
        file.absent_columns.map((name) => code(name)),
        COLUMNS_SHOWN,
      ),
      ".",
    );
  if (file.ignored_columns.length > 0)
    say(
      "Not read",
      ...aFew(
        file.ignored_columns.map((name) => code(name)),
        COLUMNS_SHOWN,
      ),
      ".",
    );
  return found;
}

const usable = (file: FileAudit): number =>
  file.rows - Object.values(file.bad_rows).reduce((sum, rows) => sum + rows, 0);

function lines(file: FileAudit, reason: string, rows: number): string {
  const first = file.bad_lines[reason] ?? [];
  return `${first.map(count).join(", ")}${rows > first.length ? ", …" : ""}`;
}

function listed(columns: readonly ColumnAudit[], rows: (column: ColumnAudit) => number): Inline[] {
  return enumerate(columns.map((column) => code(column.name))).concat(
    ` (${columns.map((column) => count(rows(column))).join(", ")} rows)`,
  );
}

function named(column: string, fileColumn: string): Inline[] {
  return column === fileColumn ? [code(column)] : [code(column), " (", code(fileColumn), " in the file)"];
}

/** The families of a file's rows, most frequent first; what has no usable label is named so. */
export function classesOf({ families }: FileAudit): string {
  return Object.entries(families)
    .sort(([a, m], [b, n]) => n - m || compareText(a, b))
    .map(([family, rows]) => `${special[family] ?? family} ${count(rows)}`)
    .join(", ");
}

const special: Readonly<Record<string, string>> = { no_column: "without labels", empty: "label missing" };

/** One line a file: what it is, its rows and what they are. */
export function auditFilesTable({ files }: AuditFacts): ReportTable {
  return {
    caption: "Files, their rows and classes. Repeated: rows equal to an earlier one of the same file.",
    columns: [
      { name: "file", title: "File" },
      { name: "dialect", title: "Dialect" },
      { name: "rows", title: "Rows", align: "right" },
      { name: "bad", title: "Bad", align: "right" },
      { name: "repeated", title: "Repeated", align: "right" },
      { name: "classes", title: "Classes" },
    ],
    rows: files.map((file): Cell[] => [
      textCell(file.path),
      textCell(file.dialect),
      countCell(file.rows),
      countCell(file.rows - usable(file)),
      countCell(file.duplicates),
      textCell(classesOf(file)),
    ]),
  };
}

/** The columns that tell most by themselves. */
export function auditShortcutTable({ shortcuts }: AuditFacts): ReportTable {
  return {
    caption:
      `Macro-F1 of one column alone, attack against benign, over five folds of ${count(shortcuts.rows)} rows: each value gets the class that most rows of its value have in the other folds. ` +
      `Above ${shortcuts.limit} a column is called a shortcut.`,
    columns: [
      { name: "column", title: "Column" },
      { name: "file_column", title: "In the file" },
      { name: "macro_f1", title: "Macro-F1", align: "right" },
    ],
    rows: shortcuts.columns
      .slice(0, Math.max(PROBED_SHOWN, shortcuts.columns.filter(({ shortcut }) => shortcut).length))
      .map(({ column, file_column, macro_f1, shortcut }): Cell[] => [
        textCell(column, shortcut),
        textCell(file_column),
        numberCell(macro_f1),
      ]),
  };
}

/** An audit as a section of the report. */
export function auditSection(facts: AuditFacts): Block[] {
  return [
    { kind: "heading", id: "audit", text: "Audit of the raw files" },
    auditTotals(facts),
    ...auditFindings(facts),
    ...(facts.shortcuts.columns.length === 0
      ? []
      : [{ kind: "table", table: auditShortcutTable(facts) } satisfies Block]),
    {
      kind: "details",
      summary: `Files (${count(facts.files.length)})`,
      blocks: [{ kind: "table", table: auditFilesTable(facts) }],
    },
  ];
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
