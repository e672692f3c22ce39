import type { RowBatch, RowCounts, RowReader } from "#lib/flow/rowReader.js";
import { concatTables, type TextColumn } from "#lib/table/table.js";

/** Every row of a reader in one batch, and what it counted. */
export async function readAll(reader: RowReader): Promise<RowBatch & RowCounts> {
  const batches: RowBatch[] = [];
  for await (const batch of reader.batches()) batches.push(batch);
  const labels = batches.map((batch) => batch.labels).filter((column) => column !== null);
  const joined = (pick: (batch: RowBatch) => Float64Array): Float64Array =>
    Float64Array.from(batches.flatMap((batch) => [...pick(batch)]));
  return {
    table: concatTables(batches.map(({ table }) => table)),
    labels: labels.length === 0 ? null : joinedText(labels),
    lines: joined(({ lines }) => lines),
    inputRows: joined(({ inputRows }) => inputRows),
    ...reader.counts,
  };
}

function joinedText(columns: readonly TextColumn[]): TextColumn {
  const dictionary = [...new Set(columns.flatMap((column) => column.dictionary))];
  const codes = columns.flatMap((column) =>
    Array.from(column.codes, (code) => (code < 0 ? -1 : dictionary.indexOf(column.dictionary[code]))),
  );
  return { kind: "text", codes: Int32Array.from(codes), dictionary };
}
