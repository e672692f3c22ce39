import { compareText } from "../base/json.js";
import { FEW } from "../eval/groupMetrics.js";
import { countsByPart, type DialectCard, type SplitCard } from "./dataCard.js";
import { type Block, code, enumerate, type Inline, paragraph, sentence, strong } from "./document.js";
import { classCountsFigure } from "./evalFigures.js";
import { count, percent, plural } from "./numbers.js";
import { type ReportInput, splitsInOrder } from "./results.js";
import { foldPartBlocks } from "./sectionFolds.js";
import { type Cell, countCell, type ReportTable, textCell } from "./table.js";
import { recipeWords } from "./words.js";

/** What was measured and on what: the dataset, its rows and labels, and how each split divides them. */
export function questionSection(input: ReportInput): Block[] {
  const { ingest, settings } = input;
  const task = {
    binary: "Each model decides for every row whether it is benign or an attack.",
    family: "Each model decides for every row whether it is benign or which family of attack it is.",
    label: "Each model decides for every row whether it is benign or which attack it is.",
  }[settings.target];
  return [
    { kind: "heading", id: "question", text: "What was measured, and on what" },
    paragraph(
      strong("Data. "),
      ...sentence`${ingest.datasets.join(", ")}: ${count(ingest.rows.kept)} rows from ${plural(ingest.files.length, "file")}.`,
      ...ingest.dialects.flatMap(dialectWords),
      ...ingest.files.flatMap(({ file, notes = [] }) =>
        notes.flatMap((note): Inline[] => [" ", code(file), `: ${note}.`]),
      ),
    ),
    paragraph(
      strong("Labels. "),
      ...ingest.dialects.map(({ label_policy }) => `${sentenceCase(label_policy)} `),
      policyWords(input),
    ),
    paragraph(
      strong("Task. "),
      task ?? `Each model decides the column ${settings.target} for every row.`,
      " Counts, rates and curves are attack against benign, whatever the task.",
    ),
    ...columnBlocks(ingest.dialects),
    { kind: "subheading", text: "How training and test data were separated" },
    {
      kind: "list",
      items: splitsInOrder(settings).map((name) => [
        strong(name === settings.headline ? `${name} (headline split): ` : `${name}: `),
        ...recipeWords(settings.splits[name]),
      ]),
    },
  ];
}

function dialectWords({ title, row, citation }: DialectCard): Inline[] {
  return [...sentence` Read as ${title}. One row is ${row}.`, ` Source of the format: ${citation}.`];
}

/** What a model must not see, and why. */
function columnBlocks(dialects: readonly DialectCard[]): Block[] {
  const never = distinctColumns(dialects.flatMap((dialect) => dialect.never));
  const oracle = distinctColumns(dialects.flatMap((dialect) => dialect.oracle));
  const list = (columns: DialectCard["never"]): Inline[][] =>
    columns.map(({ name, why }) => [code(name), why === "" ? "" : `: ${why}`]);
  if (never.length + oracle.length === 0) return [];
  return [
    {
      kind: "details",
      summary: `Columns that no model sees (${count(never.length + oracle.length)})`,
      blocks: [
        paragraph("Never features, because they give the answer away or name the place of the recording:"),
        { kind: "list", items: list(never) },
        ...(oracle.length === 0
          ? []
          : [
              paragraph(
                "What a lab has and a sensor has not; used only where a model's profile says oracle:",
              ),
              { kind: "list", items: list(oracle) } satisfies Block,
            ]),
      ],
    },
  ];
}

/** Several dialects have columns in common. */
function distinctColumns(columns: DialectCard["never"]): DialectCard["never"] {
  return columns.filter(({ name }, i) => columns.findIndex((other) => other.name === name) === i);
}

/** With a capital at its beginning and one full stop at its end. */
function sentenceCase(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;
}

function policyWords({ ingest }: ReportInput): string {
  const verbs: Readonly<Record<string, string>> = {
    drop: "dropped",
    benign: "taken as benign",
    error: "refused",
  };
  const kinds = Object.entries(ingest.labels)
    .filter(([, { rows }]) => rows > 0)
    .map(
      ([kind, { rows, policy }]) => `${count(rows)} ${kind.replace(/_/g, " ")} (${verbs[policy] ?? policy})`,
    );
  return kinds.length === 0
    ? "Every row had a label that says benign or attack."
    : `Rows without such a label: ${kinds.join(", ")}.`;
}

/** The data card: every row accounted for, classes by part, repeated rows and overlap. */
export function dataSection(input: ReportInput): Block[] {
  const { settings, ingest } = input;
  const card = input.splits[settings.headline];
  return [
    { kind: "heading", id: "data", text: "Data card" },
    ...useBlocks(input),
    { kind: "table", table: rowsTable(input) },
    paragraph(
      ...sentence`${count(ingest.duplicates.repeated)} of ${count(ingest.rows.kept)} rows (${percent(ratio(ingest.duplicates.repeated, ingest.rows.kept))}) repeat the content of an earlier row, by the columns that features come from (ports and host roles left out; the audit counts them in, and finds fewer). ${count(ingest.duplicates.contradictory)} rows have a content that occurs under more than one label: no model can get all of those right.`,
    ),
    ...ignoredBlocks(input),
    { kind: "subheading", text: "Classes by part" },
    {
      kind: "figure",
      name: `classes-${settings.headline}`,
      figure: classCountsFigure(countsByPart(card), { subtitle: `Split ${settings.headline}` }),
      caption:
        "Flows of every class in every part. The axis is logarithmic and begins at 0: a mark at 0 means that the part has no flow of this class.",
    },
    ...splitsInOrder(settings).flatMap((name): Block[] => {
      const card = input.splits[name];
      const blocks = card.folds === undefined ? partBlocks(name, card) : foldPartBlocks(name, input);
      return name === settings.headline
        ? blocks
        : [{ kind: "details", summary: `Classes by part, split ${name}`, blocks }];
    }),
    ...overlapBlocks(input),
  ];
}

/** What the data are good for, and the limits that their own counts show. */
function useBlocks({ settings, ingest, splits }: ReportInput): Block[] {
  const { coverage } = splits[settings.headline];
  const rows = (family: string): number => Object.values(coverage[family]).reduce((sum, n) => sum + n, 0);
  const families = Object.keys(coverage).filter((family) => family !== "benign");
  const few = families
    .filter((family) => rows(family) > 0 && rows(family) < FEW)
    .map((family) => code(family));
  return [
    paragraph(
      strong("Intended use. "),
      `Comparing models of flows on rows that none of them has seen, under the splits named above. ${plural(families.length, "attack family", "attack families")} and benign traffic of ${plural(ingest.files.length, "file")} are no picture of what other networks carry, and the share of attacks is what its authors made it.`,
    ),
    ...(few.length === 0
      ? []
      : [
          paragraph(
            strong("Known limits. "),
            ...enumerate(few),
            ` ${few.length === 1 ? "has" : "have"} fewer than ${FEW} rows in all: too few for a number of their own.`,
          ),
        ]),
  ];
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

function partBlocks(name: string, card: SplitCard): Block[] {
  const unused = Object.entries(card.unused).filter(([, rows]) => rows > 0);
  const missing = card.left_out_of_validation.map(({ family }): Inline => code(family));
  return [
    { kind: "table", table: partsTable(name, countsByPart(card)) },
    ...(unused.length === 0
      ? []
      : [
          paragraph(
            strong("Unused: "),
            unused.map(([why, rows]) => `${count(rows)} rows (${why.replace(/_/g, " ")})`).join(", "),
            ".",
          ),
        ]),
    ...(missing.length === 0
      ? []
      : [
          paragraph(
            strong("Not in validation: "),
            ...enumerate(missing),
            ", because their rows fall into too few groups of equal content. Thresholds were chosen without them.",
          ),
        ]),
  ];
}

function rowsTable({ ingest }: ReportInput): ReportTable {
  const line = (what: string, reason: string, rows: number, bold = false): Cell[] => [
    textCell(what, bold),
    textCell(reason),
    countCell(rows),
  ];
  const reasons = (what: string, counts: Readonly<Record<string, number>>): Cell[][] =>
    Object.keys(counts)
      .sort(compareText)
      .map((reason) => line(what, reason.replace(/_/g, " "), counts[reason]));
  return {
    caption: "Every row of the raw files, by what became of it. A repaired row is kept.",
    columns: [
      { name: "rows", title: "Rows" },
      { name: "reason", title: "Reason" },
      { name: "count", title: "Count", align: "right" },
    ],
    rows: [
      line("read", "", ingest.rows.read),
      ...reasons("dropped", ingest.dropped),
      ...(ingest.rows.capped > 0
        ? [line("left out", "dataset.rows in params.yaml", ingest.rows.capped)]
        : []),
      ...reasons("repaired", ingest.repaired),
      line("kept", "", ingest.rows.kept, true),
    ],
  };
}

function ignoredBlocks({ ingest }: ReportInput): Block[] {
  if (ingest.ignored_files.length === 0) return [];
  return [
    {
      kind: "details",
      summary: `Not read: ${plural(ingest.ignored_files.length, "file")} of the dataset's folder`,
      blocks: [
        { kind: "list", items: ingest.ignored_files.map(({ file, why }) => [code(file), `: ${why}`]) },
      ],
    },
  ];
}

function partsTable(
  split: string,
  parts: Readonly<Record<string, Readonly<Record<string, number>>>>,
): ReportTable {
  const names = Object.keys(parts);
  const total = (family: string): number => names.reduce((sum, part) => sum + (parts[part][family] ?? 0), 0);
  const families = [...new Set(names.flatMap((part) => Object.keys(parts[part])))].sort(
    (a, b) => Number(b === "benign") - Number(a === "benign") || total(b) - total(a) || compareText(a, b),
  );
  const sum = (part: string): number => Object.values(parts[part]).reduce((a, b) => a + b, 0);
  return {
    caption: `Flows by class and part of split ${split}.`,
    columns: [
      { name: "class", title: "Class" },
      ...names.map((name) => ({ name, title: name, align: "right" as const })),
    ],
    rows: [
      ...families.map((family) => [
        textCell(family),
        ...names.map((part) => countCell(parts[part][family] ?? 0)),
      ]),
      [textCell("all", true), ...names.map((part) => countCell(sum(part)))],
    ],
  };
}

function overlapBlocks({ settings, splits }: ReportInput): Block[] {
  const hasTestPart = (name: string): boolean => splits[name].folds === undefined;
  return [
    { kind: "subheading", text: "Rows of equal content in training and test" },
    paragraph(
      "A test row whose feature columns all equal those of a training row can be answered from memory. A random split has many of them because attack tools repeat themselves.",
    ),
    {
      kind: "table",
      table: {
        caption: "Test rows that repeat the content of a training row.",
        columns: [
          { name: "split", title: "Split" },
          { name: "rows", title: "Test rows", align: "right" },
          { name: "share", title: "Share of the test part", align: "right" },
          { name: "under_another_label", title: "Of these, under another label", align: "right" },
        ],
        rows: splitsInOrder(settings)
          .filter(hasTestPart)
          .map((name) => {
            const { rows, share, under_another_label } = splits[name].shared_content.test;
            return [
              textCell(name),
              countCell(rows),
              textCell(percent(share)),
              countCell(under_another_label),
            ];
          }),
      },
    },
  ];
}
