import { DataError } from "../base/errors.js";
import type { TextColumn } from "../table/table.js";
import type { Dialect, LabelMeaning } from "./dialect.js";
import type { LabelParams } from "./params.js";
import type { ReadFile } from "./read.js";

/** What a row's label became. `null` label: there is none that can be used. */
export interface RowLabel {
  readonly label: string | null;
  readonly family: string | null;
  readonly original: string | null;
}

/** A distinct label of a file. */
export interface LabelEntry extends RowLabel {
  readonly keep: boolean;
  /** Why its rows are dropped; null when they are not. */
  readonly dropped: string | null;
}

/** The labels of one file: one entry for each distinct text, and which rows stay. */
export interface FileLabels {
  readonly codes: Int32Array;
  readonly entries: readonly LabelEntry[];
  /** Rows by kind of label that is neither benign nor an attack. */
  readonly special: Readonly<Record<string, number>>;
}

type Special = "unknown" | "empty" | "background" | "no_column";

/**
 * Apply the label policy to a file's labels. Nothing becomes benign unless the policy says so.
 * @throws DataError when the policy of a kind that occurs is `error`
 */
export function applyLabels(dialect: Dialect, file: ReadFile, policy: LabelParams): FileLabels {
  const { labels, lines, table } = file.rows;
  if (labels === null) return unlabelled(file, table.rows, policy);
  const meanings = labels.dictionary.map((label) => dialect.meaning(label));
  const special = countSpecial(labels, meanings);
  meanings.forEach((meaning, code) => {
    if (meaning.kind === "benign" || meaning.kind === "attack" || policy[meaning.kind] !== "error") return;
    const line = lines[labels.codes.indexOf(code)];
    throw new DataError(
      `ingest: ${file.name}, line ${line}: label ${shown(meaning.original)} is ${meaning.kind} ` +
        `(${special[meaning.kind]} rows), and labels.${meaning.kind} is "error". ` +
        `Set it to drop or benign in params.yaml, or correct the file.`,
    );
  });
  return {
    codes: labels.codes,
    entries: meanings.map((meaning) => entryOf(meaning, policy)),
    special,
  };
}

function entryOf(meaning: LabelMeaning, policy: LabelParams): LabelEntry {
  const { original } = meaning;
  if (meaning.kind === "attack")
    return { label: meaning.label, family: meaning.family, original, keep: true, dropped: null };
  const isBenign = meaning.kind === "benign" || policy[meaning.kind] === "benign";
  return isBenign
    ? { label: "benign", family: "benign", original, keep: true, dropped: null }
    : { label: null, family: null, original, keep: false, dropped: `label_${meaning.kind}` };
}

function countSpecial(labels: TextColumn, meanings: readonly LabelMeaning[]): Record<string, number> {
  const counts: Partial<Record<Special, number>> = {};
  for (const code of labels.codes) {
    const { kind } = meanings[code];
    if (kind !== "benign" && kind !== "attack") counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

function unlabelled(file: ReadFile, rows: number, policy: LabelParams): FileLabels {
  if (policy.no_column === "error") {
    throw new DataError(
      `ingest: ${file.name} has no label column, so nothing can be learned from it (${rows} rows). ` +
        "Leave it out with dataset.files in params.yaml, or set labels.no_column to benign if you know that all " +
        "of it is; nidslab predict reads unlabelled files.",
    );
  }
  const keep = policy.no_column === "benign";
  const name = keep ? "benign" : null;
  return {
    codes: new Int32Array(rows),
    entries: [{ label: name, family: name, original: null, keep, dropped: keep ? null : "label_no_column" }],
    special: { no_column: rows },
  };
}

function shown(label: string | null): string {
  return label === null ? "(none)" : `"${label}"`;
}
