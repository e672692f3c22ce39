import { DataError } from "../../base/errors.js";
import { shownPath } from "../../base/files.js";
import { ingestInto } from "../../dataset/ingest.js";
import { Audit } from "../../explain/audit/audit.js";
import type { AuditFacts } from "../../explain/audit/facts.js";
import type { Stage } from "../stage.js";

/**
 * Raw files to canonical rows, audited while they pass. Reads dataset.path, writes artifacts/flows.parquet, ingest.json
 * and audit.json.
 * @throws DataError when a column alone gives the label away and audit.shortcuts is `error`
 */
export const ingest: Stage = {
  name: "ingest",
  async run(params, io) {
    const dataset = { ...params.dataset, path: io.path(params.dataset.path) };
    const { map } = params.labels;
    const labels = { ...params.labels, map: typeof map === "string" ? io.path(map) : map };
    let audit: Audit | undefined;
    const facts = await ingestInto(
      dataset,
      labels,
      params.seed,
      (columns) => io.openTable("artifacts/flows.parquet", columns),
      (known) => {
        audit = new Audit(known);
        return audit;
      },
    );
    const audited = audit?.finish();
    io.writeJson("artifacts/ingest.json", facts);
    io.writeJson("artifacts/audit.json", audited);
    if (audited !== undefined) {
      for (const line of shortcutLines(audited)) io.log(line);
      if (params.audit.shortcuts === "error") refuseShortcuts(audited);
    }
    const { rows } = facts;
    for (const { file, dropped } of facts.files) {
      for (const [reason, { count, first_lines }] of Object.entries(dropped)) {
        const lines = `${first_lines.join(", ")}${count > first_lines.length ? ", …" : ""}`;
        io.log(`dropped: ${count} rows of ${shownPath(file)}: ${reason} (lines ${lines})`);
      }
    }
    for (const { column, name, kind, why, example } of facts.table ?? []) {
      const as = name === null ? "left out" : `${kind}${name === column ? "" : `, as ${name}`}`;
      io.log(
        `column ${column}: ${as}${why === undefined ? "" : ` (${why})`}${example === null ? "" : `, such as ${example}`}`,
      );
    }
    const unused = facts.label_map?.unused ?? [];
    if (unused.length > 0) io.log(`labels.map: no row has the label ${unused.join(", ")}`);
    io.log(
      `${rows.read} rows of ${facts.files.length} files (${facts.dialects.map(({ name }) => name).join(", ")}): ${rows.kept} kept, ` +
        `${rows.dropped} dropped${rows.capped > 0 ? `, ${rows.capped} above dataset.rows` : ""}`,
    );
  },
};

/** The strongest few; artifacts/audit.json and the report have all. */
function shortcutLines({ shortcuts }: AuditFacts, shown = 5): string[] {
  const found = shortcuts.columns.filter(({ shortcut }) => shortcut);
  const lines = found
    .slice(0, shown)
    .map(({ column, macro_f1 }) => `shortcut: ${column} alone reaches macro-F1 ${macro_f1.toFixed(3)}`);
  const more = found.length - shown;
  return more > 0 ? [...lines, `shortcut: and ${more} more (artifacts/audit.json)`] : lines;
}

function refuseShortcuts({ shortcuts }: AuditFacts): void {
  const found = shortcuts.columns.filter(({ shortcut }) => shortcut).map(({ column }) => column);
  if (found.length === 0) return;
  throw new DataError(
    `ingest: ${found.join(", ")} alone tell attacks from benign rows (macro-F1 above ${shortcuts.limit}), and audit.shortcuts is ` +
      '"error". Set it to report in params.yaml, or give data that cannot be told apart by one column.',
  );
}
