import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DataError, UsageError } from "../base/errors.js";
import { localPath, shownPath, writeFileAtomic } from "../base/files.js";
import { didYouMean } from "../base/nearest.js";
import { readThrough } from "../dataset/ingest.js";
import { datasetFiles } from "../dataset/read.js";
import { dialects } from "../dataset/registry.js";
import { Audit } from "../explain/audit/audit.js";
import type { AuditFacts } from "../explain/audit/facts.js";
import { auditPage } from "../report/auditPage.js";
import { auditText } from "../report/auditText.js";
import type { Command } from "./command.js";
import { outPlace } from "./outPlace.js";

export const command: Command = {
  summary: "look at raw files: bad rows, repetitions, contradictions, columns that give the label away",
  help: `Usage: nidslab audit PATH [--json] [--html FILE] [--dialect NAME | --target COLUMN] [--files GLOB]... [--shortcuts error]

Reads a file or folder as ingest does and says what is wrong, odd or telling in it; nothing is changed. Per file: dialect,
rows, bad rows by reason with line numbers, missing and infinite values, constants, repeated rows, the order of the clock,
classes. Over all files: repetitions, contradictory labels, and the shortcut probe: how well each column alone tells
attacks from benign rows (macro-F1 over five folds; above 0.9 it is called a shortcut).

  --json             the whole audit as JSON: files, totals, shortcuts
  --html FILE        a page with the values of every column
  --dialect NAME     read as this dialect (nidslab datasets lists them)
  --target COLUMN    PATH is a plain table (CSV, TSV, Parquet) whose labels stand in COLUMN
  --files GLOB       only these files of the folder; may be repeated
  --shortcuts error  exit 1 when a column is a shortcut

Example:
  nidslab audit data/testbed --html audit.html`,
  async run(args) {
    const options = parse(args);
    checkPlaces(options);
    const { path, dialect, files, target } = options;
    const columns = target === undefined ? null : { target };
    const known = await datasetFiles({ path, dialect, files, rows: null, columns });
    const audit = new Audit(known);
    await readThrough(known, options.path, audit);
    const facts = audit.finish();
    if (options.html !== undefined) writeFileAtomic(options.html, auditPage(options.path, facts));
    process.stdout.write(
      options.json ? `${JSON.stringify(facts, null, 2)}\n` : auditText(options.path, facts),
    );
    if (options.html !== undefined) process.stderr.write(`${options.html}\n`);
    return options.failOnShortcut ? shortcutCode(facts) : 0;
  },
};

/** What would else be found after minutes of reading. */
function checkPlaces({ path, html, dialect }: ReturnType<typeof parse>): void {
  if (!existsSync(localPath(path)))
    throw new DataError(
      `audit: ${shownPath(path)} is not there. Name a file or folder that nidslab datasets says can be read.`,
    );
  const names = ["auto", ...dialects.map(({ name }) => name)];
  if (!names.includes(dialect))
    throw new UsageError(
      `audit: --dialect ${dialect} is not known (has: ${names.join(", ")}).${didYouMean(dialect, names)}`,
    );
  if (html !== undefined && outPlace(localPath(html))?.isDirectory())
    throw new UsageError(
      `audit: --html ${html} is a folder. Name a file: --html ${join(html, "audit.html")}`,
    );
}

function shortcutCode({ shortcuts }: AuditFacts): number {
  const found = shortcuts.columns.filter(({ shortcut }) => shortcut).map(({ column }) => column);
  if (found.length === 0) return 0;
  process.stderr.write(
    `nidslab: audit: ${found.join(", ")} alone tell attacks from benign rows (macro-F1 above ${shortcuts.limit}).\n`,
  );
  return 1;
}

function parse(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: "boolean" },
      html: { type: "string" },
      dialect: { type: "string" },
      target: { type: "string" },
      files: { type: "string", multiple: true },
      shortcuts: { type: "string" },
    },
  });
  if (positionals.length !== 1)
    throw new UsageError(
      `audit: ${positionals.length} paths given, expected one. Example: nidslab audit data/testbed`,
    );
  if (values.shortcuts !== undefined && !["error", "report"].includes(values.shortcuts))
    throw new UsageError(`audit: --shortcuts ${values.shortcuts}: expected error or report.`);
  return {
    path: positionals[0],
    json: values.json === true,
    html: values.html,
    dialect: values.dialect ?? "auto",
    target: values.target,
    files: values.files ?? null,
    failOnShortcut: values.shortcuts === "error",
  };
}
