import { existsSync } from "node:fs";
import { isAbsolute, relative } from "node:path";
import { DataError, FormatError, ParamsError } from "../base/errors.js";
import { Tally } from "../base/tally.js";
import { readHead } from "../table/bytes/head.js";
import { csvHead, scanCsv } from "../table/csv/plan.js";
import { cell } from "../table/table.js";
import type { Dialect } from "./dialect.js";
import type { MeaningOf } from "./labels.js";
import type { LabelMapEntry, LabelParams } from "./params.js";

/**
 * A user's own names for the labels of the data, in place of the dialect's: `labels.map` of params.yaml. `benign` and
 * `unknown` are themselves; any other name is that of an attack, in its family (the name itself when none is given).
 */
export class LabelMap {
  private readonly seen = new Set<string>();

  /** @param where how messages call it */
  constructor(
    private readonly where: string,
    private readonly entries: ReadonlyMap<string, LabelMapEntry>,
    private readonly lineFor: (label: string) => string,
  ) {}

  /** What labels of a dialect mean, by the text that goes to label_original. Rows without a label follow the policy. */
  of(dialect: Dialect): MeaningOf {
    return (text) => {
      const own = dialect.meaning(text);
      const { original } = own;
      if (original === null) return own.kind === "empty" ? own : { kind: "empty", original };
      const entry = this.entries.get(original);
      if (entry === undefined) return { kind: "unmapped", original };
      this.seen.add(original);
      const { name, family = name } = entry;
      return name === "benign" || name === "unknown"
        ? { kind: name, original }
        : { kind: "attack", original, label: name, family };
    };
  }

  /** Labels of the map that no row had. */
  unused(): string[] {
    return [...this.entries.keys()].filter((label) => !this.seen.has(label));
  }

  /** @param unmapped rows by label that the map lacks @throws DataError when there are some */
  expectAll(unmapped: ReadonlyMap<string, number>): void {
    if (unmapped.size === 0) return;
    const named = [...unmapped].map(
      ([label, rows]) => `\n  "${label}" (${rows} row${rows === 1 ? "" : "s"})`,
    );
    const [first] = unmapped.keys();
    throw new DataError(
      `ingest: ${this.where} lacks ${unmapped.size} label${unmapped.size > 1 ? "s" : ""} of the data:${named.join("")}\n` +
        `Add a line for each, such as\n  ${this.lineFor(first)}\n` +
        "(benign and unknown are names, too; unknown rows follow labels.unknown).",
    );
  }
}

/**
 * The map that params.yaml names: none, one that stands there, or a CSV file with the columns label, name and, where
 * wanted, family. The file must lie in the dataset's folder: what the ingest stage depends on must be all that it reads.
 * @throws ParamsError, DataError or FormatError for a file that is elsewhere, not there or not such a table
 */
export async function readLabelMap(map: LabelParams["map"], datasetPath: string): Promise<LabelMap | null> {
  if (map === null || map === undefined) return null;
  if (typeof map !== "string")
    return new LabelMap(
      "labels.map in params.yaml",
      new Map(Object.entries(map)),
      (label) => `${JSON.stringify(label)}: {name: NAME, family: FAMILY}`,
    );
  const inside = relative(datasetPath, map);
  if (inside === "" || inside.startsWith("..") || isAbsolute(inside))
    throw new ParamsError(
      `labels.map: ${map} does not lie in dataset.path (${datasetPath}), so a change of it would not be noticed. ` +
        "Put the file there, or its content into params.yaml: labels: {map: {LABEL: {name: NAME, family: FAMILY}}}.",
    );
  if (!existsSync(map)) throw new DataError(`labels.map: ${map} is not there. Correct it in params.yaml.`);
  return new LabelMap(map, await readEntries(map), (label) => `${quoted(label)},NAME,FAMILY`);
}

async function readEntries(path: string): Promise<Map<string, LabelMapEntry>> {
  const header = csvHead(readHead(path), ",", 1)[0] ?? [];
  const names = header.map((name) => name.trim().toLowerCase());
  const index = ["label", "name", "family"].map((name) => names.indexOf(name));
  if (index[0] < 0 || index[1] < 0)
    throw new FormatError(
      `labels.map: ${path} needs the columns label and name (and may have family), has ${header.join(", ") || "none"}.`,
    );
  const columns = ["label", "name", "family"]
    .map((name, i) => ({ name, index: index[i], parse: "text" as const }))
    .filter((column) => column.index >= 0);
  const counts = { dropped: new Tally(), repaired: new Tally(), rowsRead: 0 };
  const entries = new Map<string, LabelMapEntry>();
  const plan = { delimiter: ",", header, width: header.length, columns, missing: [""] };
  for await (const { table, lines } of scanCsv(path, plan, counts, { workers: 0 })) {
    for (let row = 0; row < table.rows; row++) {
      const [label, name, family] = ["label", "name", "family"].map((column) =>
        table.has(column) ? (cell(table.column(column), row) as string | null) : null,
      );
      const where = `labels.map: ${path}, line ${lines[row]}`;
      if (label === null || name === null)
        throw new FormatError(
          `${where}: a label and a name are needed, found "${label ?? ""},${name ?? ""}".`,
        );
      if (entries.has(label)) throw new FormatError(`${where}: "${label}" is there twice.`);
      entries.set(label, { name, family: family ?? undefined });
    }
  }
  if (counts.dropped.total > 0) {
    const [reason, { first_lines }] = Object.entries(counts.dropped.toJSON())[0];
    throw new FormatError(`labels.map: ${path}, line ${first_lines[0]}: ${reason.replaceAll("_", " ")}.`);
  }
  return entries;
}

function quoted(label: string): string {
  return /[",]/.test(label) ? `"${label.replaceAll('"', '""')}"` : label;
}
