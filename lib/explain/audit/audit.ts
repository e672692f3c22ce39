import { breathe } from "../../base/breathe.js";
import { type FilePlace, missingColumn, type StoredColumn, storedColumns } from "../../dataset/canonical.js";
import { ContentGroups, DuplicateCounter, FinerGroups } from "../../dataset/content.js";
import type { BatchLabels } from "../../dataset/labels.js";
import type { RowObserver } from "../../dataset/observer.js";
import type { KnownFile, KnownFiles } from "../../dataset/read.js";
import { contentColumns, modelColumns } from "../../dataset/registry.js";
import { TextCounts } from "../../dataset/textCounts.js";
import type { RowBatch, RowCounts } from "../../flow/rowReader.js";
import { ProfileKernel } from "../../table/rows/profile.js";
import { type Column, mappedCodes, Table, type TextColumn } from "../../table/table.js";
import type { AuditFacts, FileAudit, Shortcut, Shortcuts } from "./facts.js";
import { FileAuditor } from "./fileAudit.js";
import { SHORTCUT_LIMIT } from "./limits.js";
import { RowSample } from "./sample.js";
import { ShortcutProbe } from "./shortcuts.js";

/** The shortcut probe looks at all rows of data as large as NSL-KDD, and at an even part of what is larger: up to 40,000. */
const ALL_PROBED = 150_000;
const PROBED_ROWS = 40_000;
const IS_ATTACK = "is attack";

/**
 * Looks at raw files while they are read and counts what is wrong, odd or telling in them: rows that cannot be used,
 * missing values, infinities, constants, repetitions, contradictory labels, clocks that run backwards, negative
 * durations, and columns that give the label away by themselves. It changes nothing.
 */
export class Audit implements RowObserver {
  private readonly files: FileAudit[] = [];
  private readonly groups = new ContentGroups();
  private readonly finer = new FinerGroups();
  private readonly byLabel = new DuplicateCounter();
  private readonly byAttack = new DuplicateCounter();
  private readonly labels = new TextCounts();
  private readonly profiles = new ProfileKernel();
  private readonly sample = new RowSample(ALL_PROBED, PROBED_ROWS);
  private readonly stored: readonly StoredColumn[];
  private readonly columns: readonly string[];
  /** Those by which ingest knows equal rows too, and the others. */
  private readonly content: readonly string[];
  private readonly others: readonly string[];
  private current: FileAuditor | undefined;
  private found: Shortcuts = { limit: SHORTCUT_LIMIT, rows: 0, columns: [] };

  constructor(private readonly known: KnownFiles) {
    const stored = storedColumns(known.dialects);
    const names = stored.map(({ name }) => name);
    this.columns = modelColumns(names);
    this.content = contentColumns(names).filter((name) => this.columns.includes(name));
    this.others = this.columns.filter((name) => !this.content.includes(name));
    this.stored = stored.filter(({ name }) => this.columns.includes(name));
  }

  begin(file: KnownFile, place: FilePlace): void {
    this.current = new FileAuditor(file, place, this.profiles);
  }

  batch(batch: RowBatch, labels: BatchLabels): Int32Array {
    const content = this.groups.add(batch.table, this.content);
    const groups = this.finer.add(content, batch.table, this.content, this.others);
    const isAttack = this.current?.add(batch, labels, groups) ?? new Uint8Array(0);
    const names = labels.entries.map(({ label, special }) => (special === null ? label : null) ?? "(none)");
    const codes = this.labels.add(recode(labels.codes, names));
    this.byLabel.add(groups, codes);
    this.byAttack.add(groups, isAttack);
    const flags: Column = { kind: "number", type: "int64", values: new Float64Array(isAttack) };
    this.sample.add(this.probed(batch.table).with(IS_ATTACK, flags));
    return content;
  }

  end(counts: RowCounts): void {
    if (this.current !== undefined) this.files.push(this.current.finish(counts));
    this.current = undefined;
  }

  async done(): Promise<void> {
    this.found = await this.shortcuts();
  }

  /** What was found; to be called when all is done. */
  finish(): AuditFacts {
    const byLabel = this.byLabel.finish();
    const sum = (of: (file: FileAudit) => number): number =>
      this.files.reduce((total, file) => total + of(file), 0);
    return {
      files: this.files,
      ignored_files: this.known.ignored.map(({ name, why }) => ({ path: name, why })),
      totals: {
        files: this.files.length,
        rows: sum(({ rows }) => rows),
        bad_rows: sum(({ bad_rows }) => Object.values(bad_rows).reduce((a, b) => a + b, 0)),
        duplicates: byLabel.repeated,
        duplicates_with_label: byLabel.repeated_with_label,
        contradictory: byLabel.contradictory,
        contradictory_benign: this.byAttack.finish().contradictory,
      },
      shortcuts: this.found,
    };
  }

  /** The columns that may become features, the same for all dialects. */
  private probed(table: Table): Table {
    return Table.of(
      new Map(
        this.stored.map(({ name, type }): [string, Column] => [
          name,
          table.has(name) ? table.column(name) : missingColumn(type, table.rows),
        ]),
      ),
    );
  }

  private async shortcuts(): Promise<Shortcuts> {
    const all = this.sample.table();
    if (all.rows === 0) return this.found;
    const flags = all.numbers(IS_ATTACK);
    const usable = Int32Array.from(flags.keys()).filter((row) => flags[row] < 2);
    const rows = all.take(usable);
    const probe = new ShortcutProbe(Uint8Array.from(rows.numbers(IS_ATTACK)));
    const columns: Shortcut[] = [];
    for (const name of this.columns) {
      await breathe(); // whoever writes the rows has a word to say in between
      const score = probe.macroF1(rows.column(name));
      if (score === null) continue;
      columns.push({
        column: name,
        file_column: this.fileColumn(name),
        macro_f1: score,
        shortcut: score > SHORTCUT_LIMIT,
      });
    }
    columns.sort((a, b) => b.macro_f1 - a.macro_f1 || (a.column < b.column ? -1 : 1));
    return { limit: SHORTCUT_LIMIT, rows: rows.rows, columns };
  }

  /** What the first file that has the column calls it. */
  private fileColumn(name: string): string {
    const found = this.files.flatMap(({ columns }) => columns).find((column) => column.name === name);
    return found?.file_column ?? name;
  }
}

/** A text column with a text for each of the codes. */
function recode(codes: Int32Array, texts: readonly string[]): TextColumn {
  const dictionary = [...new Set(texts)];
  const map = texts.map((value) => dictionary.indexOf(value));
  return { kind: "text", codes: mappedCodes(codes, map), dictionary };
}
