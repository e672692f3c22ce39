import { compareText } from "../base/json.js";
import type { IngestFacts } from "../dataset/ingest.js";
import type { CrossMatrix } from "../explain/cross/result.js";
import type { LeaksResult } from "../explain/leaks/result.js";
import { count, percent } from "../report/numbers.js";
import type { Result } from "../report/results.js";
import {
  type Cell,
  type Column,
  countCell,
  intervalCell,
  numberCell,
  type ReportTable,
  textCell,
} from "../report/table.js";
import type { SplitFacts } from "../split/report.js";
import { cell, type Table } from "../table/table.js";

const nothing = "(missing)";

const nameOf = (value: number | string | null): string => (value === null ? nothing : String(value));

/** What a column of counts is headed by: "site a", "attack". */
const headOf = (column: string, value: number | string | null): string =>
  column === "is_attack" ? (value === 1 ? "attack" : "benign") : `${column} ${nameOf(value)}`;

/** "benign" first, then by count, then by name. */
export function ordered(totals: ReadonlyMap<string, number>): string[] {
  return [...totals.keys()].sort(
    (a, b) =>
      Number(b === "benign") - Number(a === "benign") || totals.get(b)! - totals.get(a)! || compareText(a, b),
  );
}

/**
 * Rows by the values of one column, split up by those of others: one line a value of `by`, one column a combination
 * of values of `across`, and a total. Lines by falling total, "benign" first.
 * @throws SchemaError when a column is not there
 */
export function countTable(table: Table, by: string, across: readonly string[] = []): ReportTable {
  const lines = table.column(by);
  const others = across.map((name) => table.column(name));
  const counts = new Map<string, Map<string, number>>();
  const totals = new Map<string, number>();
  const heads = new Set<string>();
  for (let row = 0; row < table.rows; row++) {
    const line = nameOf(cell(lines, row));
    totals.set(line, (totals.get(line) ?? 0) + 1);
    if (others.length === 0) continue;
    const head = others.map((column, k) => headOf(across[k], cell(column, row))).join(", ");
    heads.add(head);
    const own = counts.get(line) ?? new Map<string, number>();
    counts.set(line, own.set(head, (own.get(head) ?? 0) + 1));
  }
  const sortedHeads = [...heads].sort(compareText);
  const columns: Column[] = [
    { name: by, title: by },
    ...sortedHeads.map((head): Column => ({ name: head, title: head, align: "right" })),
    { name: "rows", title: "all", align: "right" },
    { name: "share", title: "share", align: "right" },
  ];
  const rows = ordered(totals).map((line) => [
    textCell(line),
    ...sortedHeads.map((head) => countCell(counts.get(line)?.get(head) ?? 0)),
    countCell(totals.get(line)!),
    textCell(percent(totals.get(line)! / table.rows)),
  ]);
  return { caption: `Rows by ${[by, ...across].join(" and ")}`, columns, rows };
}

/** The numbers of a column by the groups of another, "benign" first; missing values are left out. */
export function valuesBy(table: Table, column: string, by: string): Readonly<Record<string, Float64Array>> {
  const values = table.numbers(column);
  const groups = table.text(by);
  const sizes = new Map<string, number>();
  groups.codes.forEach((code) => {
    const name = nameOf(code < 0 ? null : groups.dictionary[code]);
    sizes.set(name, (sizes.get(name) ?? 0) + 1);
  });
  const found = new Map(ordered(sizes).map((name) => [name, [] as number[]]));
  groups.codes.forEach((code, row) => {
    if (!Number.isNaN(values[row]))
      found.get(nameOf(code < 0 ? null : groups.dictionary[code]))!.push(values[row]);
  });
  return Object.fromEntries([...found].map(([name, list]) => [name, Float64Array.from(list)]));
}

/** Columns with missing values: how many rows lack them, most first. */
export function missingTable(table: Table): ReportTable {
  const counts = table.names.map((name) => {
    const column = table.column(name);
    let missing = 0;
    for (let row = 0; row < table.rows; row++) if (cell(column, row) === null) missing++;
    return { name, missing };
  });
  const rows = counts
    .filter(({ missing }) => missing > 0)
    .sort((a, b) => b.missing - a.missing || compareText(a.name, b.name))
    .map(({ name, missing }) => [
      textCell(name),
      countCell(missing),
      textCell(percent(missing / table.rows)),
    ]);
  return {
    caption: `Missing values: ${rows.length} of ${table.names.length} columns have some`,
    columns: [
      { name: "column", title: "column" },
      { name: "missing", title: "rows without a value", align: "right" },
      { name: "share", title: "share", align: "right" },
    ],
    rows,
  };
}

/** What ingest did with every row that it read: kept, dropped, repaired (by reason), repeated. */
export function ingestTable(facts: IngestFacts): ReportTable {
  const reasons = (what: string, counts: Readonly<Record<string, number>>): Cell[][] =>
    Object.entries(counts).map(([reason, n]) => [textCell(`${what}: ${reason}`), countCell(n)]);
  return {
    caption: `${facts.datasets.join(", ")}: what became of the rows (${facts.dialects.map(({ title }) => title).join("; ")})`,
    columns: [
      { name: "what", title: "rows" },
      { name: "rows", title: "count", align: "right" },
    ],
    rows: [
      [textCell("read"), countCell(facts.rows.read)],
      [textCell("kept"), countCell(facts.rows.kept)],
      ...reasons("dropped", facts.dropped),
      ...reasons("repaired", facts.repaired),
      [textCell("repeat the content of an earlier row"), countCell(facts.duplicates.repeated)],
      [textCell("same content under more than one label"), countCell(facts.duplicates.contradictory)],
    ],
  };
}

/** Splits side by side: rows by part, families that test lacks or has alone, test rows that training has too. */
export function splitTable(splits: Readonly<Record<string, SplitFacts>>): ReportTable {
  const right = (name: string, title: string): Column => ({ name, title, align: "right" });
  return {
    caption: "How the splits differ",
    columns: [
      { name: "split", title: "split" },
      right("train", "train"),
      right("validation", "validation"),
      right("test", "test"),
      { name: "untested", title: "families that test lacks" },
      { name: "novel", title: "families that only test has" },
      right("shared", "test rows equal to a training row"),
    ],
    rows: Object.entries(splits).map(([name, { rows, untested, novel, shared_content: shared }]) => [
      textCell(name),
      countCell(rows.train),
      countCell(rows.validation),
      countCell(rows.test),
      textCell(untested.join(", ") || "none"),
      textCell(novel.join(", ") || "none"),
      textCell(percent(shared.test.share)),
    ]),
  };
}

/** Test metrics of several results side by side, one line each, with 95% intervals. */
export function metricsTable(results: readonly Result[]): ReportTable {
  const shown = [
    ["average_precision", "average precision"],
    ["roc_auc", "ROC-AUC"],
    ["macro_f1", "macro-F1"],
    ["recall", "recall"],
    ["fpr", "false positive rate"],
  ] as const;
  return {
    caption: "Test part, each model at its own threshold, with 95% intervals",
    columns: [
      { name: "split", title: "split" },
      { name: "model", title: "model" },
      ...shown.map(([name, title]): Column => ({ name, title, align: "right" })),
    ],
    rows: results.map(({ split, model, details }) => [
      textCell(split),
      textCell(model),
      ...shown.map(([name]) => intervalCell(details.test.intervals[name], details.test.reasons[name])),
    ]),
  };
}

/** One model on data that would flatter it: each test's numbers and what they show. */
export function leaksTable({ tests, model, split, rows, of_rows: all }: LeaksResult): ReportTable {
  return {
    caption: `Leak tests of ${model} on split ${split}, ${count(rows)} of ${count(all)} flows`,
    columns: [
      { name: "test", title: "test" },
      { name: "macro_f1", title: "macro-F1", align: "right" },
      { name: "roc_auc", title: "ROC-AUC", align: "right" },
      { name: "verdict", title: "verdict" },
      { name: "shows", title: "shows" },
    ],
    rows: tests.map(({ title, macro_f1, roc_auc, verdict, shows }) => [
      textCell(title),
      numberCell(macro_f1.point, "undefined on these rows"),
      numberCell(roc_auc.point, "undefined on these rows"),
      textCell(verdict),
      textCell(shows),
    ]),
  };
}

/** The domains of a matrix: their rows by part, and families that cannot be measured there. */
export function domainsTable({ by, domains }: CrossMatrix): ReportTable {
  const right = (name: string, title: string): Column => ({ name, title, align: "right" });
  return {
    caption: by.length === 0 ? "Domains" : `Domains by ${by.join(" and ")}`,
    columns: [
      { name: "domain", title: "domain" },
      right("rows", "flows"),
      right("attacks", "of them attacks"),
      right("train", "training"),
      right("test", "test"),
      { name: "untested", title: "families without a test row" },
    ],
    rows: domains.map(({ domain, rows, attacks, train, test, untested }) => [
      textCell(domain),
      countCell(rows),
      countCell(attacks),
      countCell(train),
      countCell(test),
      textCell(untested.join(", ") || "none"),
    ]),
  };
}

/** The rule and value of every model's threshold, and what it gives on validation and on test. */
export function thresholdTable(results: readonly Result[]): ReportTable {
  const right = (name: string, title: string): Column => ({ name, title, align: "right" });
  return {
    caption: "Thresholds: chosen on validation, measured once on test. FPR: false positive rate",
    columns: [
      { name: "model", title: "model" },
      { name: "rule", title: "rule" },
      right("threshold", "threshold"),
      right("validation_f1", "F1 (validation)"),
      right("test_f1", "F1 (test)"),
      right("validation_fpr", "FPR (validation)"),
      right("test_fpr", "FPR (test)"),
    ],
    rows: results.map(({ model, metrics: { validation, test }, details }) => [
      textCell(model),
      textCell(details.decision.rule),
      numberCell(details.decision.threshold, "no threshold", 4),
      numberCell(validation.f1, details.validation.reasons.f1),
      numberCell(test.f1, details.test.reasons.f1),
      numberCell(validation.fpr, details.validation.reasons.fpr, 4),
      numberCell(test.fpr, details.test.reasons.fpr, 4),
    ]),
  };
}
