import { FormatError } from "../base/errors.js";
import { ConnRows } from "./connRows.js";
import { readLines } from "./lines.js";
import type { RowBatch, RowCounts, RowReader } from "./rowReader.js";
import { ZeekJson } from "./zeekJson.js";
import { ZeekTsv } from "./zeekTsv.js";

/** What the beginning of a file looks like to Zeek's reader. */
export type ZeekKind = { readonly kind: "conn" } | { readonly kind: "other"; readonly why: string };

/** Said of a text that is nothing like a Zeek log. */
export const NO_LOG = "neither Zeek's header lines nor JSON lines";

/** Whether a text begins like a conn.log (tab-separated with header lines, or JSON lines), and if not, why not. */
export function sniffZeek(head: string): ZeekKind {
  const lines = head.replace(/^\ufeff/, "").split(/\r?\n/);
  const first = lines.find((line) => line.trim() !== "")?.trim() ?? "";
  if (first.startsWith("{")) {
    return /"conn_state"\s*:/.test(first) && /"id\.orig_h"\s*:/.test(first)
      ? { kind: "conn" }
      : { kind: "other", why: "JSON lines, but not of a conn.log (no conn_state)" };
  }
  if (first.startsWith("#")) {
    const path = lines.find((line) => line.startsWith("#path"))?.split(/\s+/)[1];
    if (path !== undefined && path !== "conn")
      return { kind: "other", why: `a Zeek log of "${path}", not of conn` };
    const fields = lines.find((line) => line.startsWith("#fields"));
    if (fields === undefined)
      return {
        kind: "other",
        why: /^#(separator|set_separator|types|path)\b/m.test(head) ? "header lines without #fields" : NO_LOG,
      };
    return /\bid\.orig_h\b/.test(fields) && /\bconn_state\b/.test(fields)
      ? { kind: "conn" }
      : { kind: "other", why: "a Zeek log, but #fields are not those of a conn.log" };
  }
  if (/^\d+\.\d+\t\S+\t\S+\t\d+\t/.test(first))
    return { kind: "other", why: "rows like a conn.log's, but no #fields line before them" };
  return { kind: "other", why: NO_LOG };
}

/**
 * Read a Zeek conn.log: TSV as its `#` header lines say (also when they come again in the middle), JSON lines, gzip of
 * either, IoT-23's glued last column. Times are integer microseconds. Rows with too few fields or bad values are
 * left out and counted by reason with their first line numbers; nothing is guessed. A log in JSON counts as unlabelled
 * until a row has a label.
 * @throws FormatError (from `batches`) when the file is not a conn.log, has no header or is a truncated gzip
 * Source: https://docs.zeek.org/en/master/log-formats.html, IoT-23 (Garcia, Parmisano, Erquiaga 2020).
 */
export class ConnLog implements RowReader {
  private readonly rows = new ConnRows();

  constructor(private readonly path: string) {}

  get counts(): RowCounts {
    return this.rows.counts();
  }

  async *batches(): AsyncGenerator<RowBatch, void> {
    const { rows, path } = this;
    let reader: ZeekTsv | ZeekJson | undefined;
    for await (const { first, lines } of readLines(path, rows.repaired)) {
      reader ??= lines
        .find((line) => line.trim() !== "")
        ?.trimStart()
        .startsWith("{")
        ? new ZeekJson(rows)
        : new ZeekTsv(path, rows);
      for (let i = 0; i < lines.length; i++) reader.line(lines[i], first + i);
      if (rows.full) yield rows.take();
    }
    if (reader === undefined)
      throw new FormatError(`zeek: ${path} is empty; a conn.log has at least its header lines.`);
    reader.end();
    yield rows.take();
  }
}
