import { shownPath } from "../base/files.js";
import type { AuditFacts, FileAudit } from "../explain/audit/facts.js";
import { auditFindings, classesOf } from "./auditBlocks.js";
import type { Inline } from "./document.js";
import { count, percent, plural } from "./numbers.js";

/** Columns that the probe names when none of them is a shortcut. */
const NAMED = 5;

/** Files that are named with why they were not read. */
const UNREAD = 10;

/** An audit for a terminal. */
export function auditText(name: string, facts: AuditFacts): string {
  const { totals, shortcuts } = facts;
  const lines = [
    `${shownPath(name)}: ${plural(totals.rows, "row")} in ${plural(totals.files, "file")}`,
    "",
    ...facts.files.map(fileLine),
    "",
    ...auditFindings(facts).flatMap((block) =>
      block.kind === "list"
        ? block.items.map((item) => `- ${plainText(item)}`)
        : block.kind === "paragraph"
          ? [plainText(block.text)]
          : [],
    ),
  ];
  if (shortcuts.columns.length > 0) {
    lines.push(
      "",
      `One column alone, macro-F1 (five folds, ${count(shortcuts.rows)} rows; above ${shortcuts.limit}: a shortcut):`,
    );
    const shown = Math.max(NAMED, shortcuts.columns.filter(({ shortcut }) => shortcut).length);
    for (const { column, file_column, macro_f1 } of shortcuts.columns.slice(0, shown))
      lines.push(
        `  ${macro_f1.toFixed(3)}  ${column}${file_column === column ? "" : ` (${file_column} in the file)`}`,
      );
  }
  if (facts.ignored_files.length > 0) {
    lines.push("", `Not read: ${plural(facts.ignored_files.length, "file")}`);
    for (const { path, why } of facts.ignored_files.slice(0, UNREAD))
      lines.push(`  ${shownPath(path)}: ${why}`);
    const more = facts.ignored_files.length - UNREAD;
    if (more > 0) lines.push(`  and ${count(more)} more (--json names them all)`);
  }
  return `${lines.join("\n")}\n`;
}

function fileLine(file: FileAudit): string {
  const bad = Object.values(file.bad_rows).reduce((sum, rows) => sum + rows, 0);
  const repeated = file.rows === 0 ? "0" : percent(file.duplicates / file.rows);
  return `${shownPath(file.path)}  ${file.dialect}  ${plural(file.rows, "row")}, ${count(bad)} bad, ${repeated} repeated\n  ${classesOf(file) || "no rows"}`;
}

function plainText(parts: readonly Inline[]): string {
  return parts
    .map((part) => {
      if (typeof part === "string") return part;
      if ("code" in part) return part.code;
      return "strong" in part ? part.strong : part.link;
    })
    .join("");
}
