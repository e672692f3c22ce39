import { DataError } from "../base/errors.js";
import { Tally } from "../base/tally.js";
import type { RowBatch } from "../flow/rowReader.js";
import { codeCounts } from "../table/table.js";
import { cic2018Class } from "./cic/labels.js";
import type { Dialect, LabelMeaning } from "./dialect.js";
import type { LabelParams, LabelPolicy } from "./params.js";

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
  /** What it is when it is neither benign nor an attack. */
  readonly special: Special | null;
}

/** The labels of a batch: the entry of each row. */
export interface BatchLabels {
  readonly codes: Int32Array;
  readonly entries: readonly LabelEntry[];
}

type Special = keyof LabelPolicy | "attempted";

/** For those who keep every row whatever its label says: such a label is then missing. */
export const keepAll: LabelPolicy = { unknown: "drop", empty: "drop", background: "drop", no_column: "drop" };

/** What to call a label; a user's own map, which may lack it, or the dialect's taxonomy. */
export type MeaningOf = (
  label: string,
) => LabelMeaning | { readonly kind: "unmapped"; readonly original: string };

/**
 * Applies the label policy to the rows of one file, batch by batch, and counts what it drops. Nothing becomes benign
 * unless the policy says so.
 */
export class FileLabels {
  /** Rows dropped for their label, by reason. */
  readonly dropped = new Tally();
  /** Rows by kind of label that is neither benign nor an attack. */
  readonly special: Partial<Record<Special, number>> = {};
  /** Every original label seen. */
  readonly originals = new Set<string>();
  /** Rows by label that the user's map lacks. */
  readonly unmapped = new Map<string, number>();
  private readonly known = new Map<string, LabelEntry>();

  /** @param file its name in messages */
  constructor(
    private readonly file: string,
    private readonly policy: LabelParams,
    private readonly meaningOf: MeaningOf,
  ) {}

  static of(dialect: Dialect, file: string, policy: LabelParams, map?: MeaningOf): FileLabels {
    return new FileLabels(file, policy, map ?? ((label) => dialect.meaning(label)));
  }

  /** @throws DataError when the policy of a kind that occurs is `error` */
  apply({ labels, lines, table }: RowBatch): BatchLabels {
    const batch: BatchLabels =
      labels === null
        ? { codes: new Int32Array(table.rows), entries: [this.noColumn(lines)] }
        : {
            codes: labels.codes,
            entries: labels.dictionary.map((text, code) =>
              this.entryOf(text, () => lines[labels.codes.indexOf(code)]),
            ),
          };
    const rows = codeCounts(batch.codes, batch.entries.length);
    batch.entries.forEach(({ special }, code) => {
      if (special !== null && rows[code] > 0)
        this.special[special] = (this.special[special] ?? 0) + rows[code];
    });
    if (batch.entries.some(({ dropped }, code) => dropped !== null && rows[code] > 0))
      this.countDropped(batch, lines);
    return batch;
  }

  private countDropped({ codes, entries }: BatchLabels, lines: Float64Array): void {
    for (let row = 0; row < codes.length; row++) {
      const { dropped, original } = entries[codes[row]];
      if (dropped === null) continue;
      if (dropped === UNMAPPED) {
        const label = original ?? "";
        this.unmapped.set(label, (this.unmapped.get(label) ?? 0) + 1);
      }
      this.dropped.add(dropped, lines[row]);
    }
  }

  private entryOf(text: string, line: () => number): LabelEntry {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const meaning = this.meaningOf(text);
    const { original } = meaning;
    this.originals.add(original ?? "(none)");
    if (isUnusable(meaning) && this.policy[meaning.kind] === "error") {
      throw new DataError(
        `ingest: ${this.file}, line ${line()}: label ${shown(original)} is ${meaning.kind}, and ` +
          `labels.${meaning.kind} is "error". ` +
          `Set it to drop or benign in params.yaml, or correct the file.`,
      );
    }
    const entry = entryOf(meaning, this.policy);
    this.known.set(text, entry);
    return entry;
  }

  private noColumn(lines: Float64Array): LabelEntry {
    if (this.policy.no_column === "error") {
      throw new DataError(
        `ingest: ${this.file} has no label column, so nothing can be learned from it (${lines.length} rows or more). ` +
          "Leave it out with dataset.files in params.yaml, or set labels.no_column to benign if you know that all " +
          "of it is; nidslab predict reads unlabelled files.",
      );
    }
    const keep = this.policy.no_column === "benign";
    const name = keep ? "benign" : null;
    return {
      label: name,
      family: name,
      original: null,
      keep,
      dropped: keep ? null : "label_no_column",
      special: "no_column",
    };
  }
}

const UNMAPPED = "label_unmapped";

/** Whether a label says neither benign nor which attack. */
function isUnusable(
  meaning: ReturnType<MeaningOf>,
): meaning is Extract<LabelMeaning, { kind: "unknown" | "empty" | "background" }> {
  return meaning.kind === "unknown" || meaning.kind === "empty" || meaning.kind === "background";
}

function entryOf(meaning: ReturnType<MeaningOf>, policy: LabelParams): LabelEntry {
  const { original } = meaning;
  if (meaning.kind === "unmapped")
    return { label: null, family: null, original, keep: false, dropped: UNMAPPED, special: null };
  if (meaning.kind === "attack") {
    const { family } = meaning;
    const label =
      policy.taxonomy === "cic-2018" ? (cic2018Class(meaning.label) ?? meaning.label) : meaning.label;
    return { label, family, original, keep: true, dropped: null, special: null };
  }
  if (meaning.kind === "attempted" && policy.attempted === "own")
    return {
      label: meaning.label,
      family: "attempted",
      original,
      keep: true,
      dropped: null,
      special: "attempted",
    };
  const special = meaning.kind === "benign" ? null : meaning.kind;
  return special === null || (policy[special] ?? "benign") === "benign"
    ? { label: "benign", family: "benign", original, keep: true, dropped: null, special }
    : { label: null, family: null, original, keep: false, dropped: `label_${special}`, special };
}

function shown(label: string | null): string {
  return label === null ? "(none)" : `"${label}"`;
}
