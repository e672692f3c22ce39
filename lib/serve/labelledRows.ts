import { DataError } from "../base/errors.js";
import { compareText } from "../base/json.js";
import type { FlowInput } from "../dataset/readFlows.js";
import type { Table } from "../table/table.js";

/** The rows of an input that can be measured on. */
export interface LabelledRows {
  /** The input's columns; `family` is there. */
  readonly flows: Table;
  /** Rows left out, by the label that says neither benign nor attack. */
  readonly unlabelled: Readonly<Record<string, number>>;
}

/**
 * The rows whose label says benign or attack; the others are left out and counted, as ingest does by default.
 * @throws DataError when there is none
 */
export function labelledRows({ table }: FlowInput, path: string): LabelledRows {
  const unlabelled = new Map<string, number>();
  const kept: number[] = [];
  if (table.has("label")) {
    const { codes } = table.text("label");
    const originals = table.has("label_original") ? table.text("label_original") : null;
    codes.forEach((code, row) => {
      if (code >= 0) {
        kept.push(row);
        return;
      }
      const original =
        originals === null || originals.codes[row] < 0 ? "none" : originals.dictionary[originals.codes[row]];
      unlabelled.set(original, (unlabelled.get(original) ?? 0) + 1);
    });
  }
  if (kept.length === 0) {
    const found = [...unlabelled.keys()].filter((name) => name !== "none");
    throw new DataError(
      `evaluate: ${path} ${found.length > 0 ? `has no label that says benign or attack (found: ${found.slice(0, 8).join(", ")})` : "has no labels"}, ` +
        "so nothing can be measured on it. nidslab predict scores unlabelled flows, nidslab label labels a Zeek log by rules.",
    );
  }
  const rows = table.take(kept);
  return {
    flows: rows.has("family") ? rows : rows.with("family", rows.column("label")),
    unlabelled: Object.fromEntries([...unlabelled].sort(([a], [b]) => compareText(a, b))),
  };
}
