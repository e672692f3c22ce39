import type { CrossMatrix, CrossModel, CrossResult, FewShotCurve } from "../explain/cross/result.js";
import type { TrialMetric } from "../explain/trial.js";
import { crossMatrixFigure, fewShotFigure } from "./crossFigures.js";
import { type Block, code, enumerate, type Inline, paragraph, sentence, strong } from "./document.js";
import { absent, fixed, percent, plural } from "./numbers.js";
import { type Cell, countCell, intervalCell, numberCell, type ReportTable, textCell } from "./table.js";

/** Train in one domain, test in another, and what moved between the two; empty where `cross` is null. */
export function crossSection({ cross }: { readonly cross: CrossResult | null }): Block[] {
  if (cross === null || cross.matrices.length === 0) return [];
  return [
    { kind: "heading", id: "cross-domain", text: "From one network to another" },
    paragraph(
      "A model is trained in one domain and tested in every other. On the diagonal it stays at home, on rows that were held out there; what it loses elsewhere is the price of moving it. Beside that stands what moved: without it nobody can say whether a drop is the model's fault.",
    ),
    ...cross.matrices.flatMap(matrixBlocks),
    { kind: "details", summary: "How these numbers came about", blocks: [notes(cross)] },
  ];
}

function notes({ notes: sentences, matrices }: CrossResult): Block {
  const left = matrices.flatMap(({ left_out }) =>
    Object.entries(left_out).map(([domain, why]): Inline[] => sentence`Left out: ${code(domain)}: ${why}.`),
  );
  const few = matrices.flatMap(({ domains }) => domains.filter(({ untested }) => untested.length > 0));
  return {
    kind: "list",
    items: [
      ...sentences.map((text): Inline[] => [text]),
      ...matrices.flatMap(({ rows_per_domain: limit }) =>
        limit === null ? [] : [[`At most ${plural(limit, "flow")} of each domain take part.`]],
      ),
      ...left,
      ...few.map(({ domain, untested }): Inline[] => [
        ...sentence`No test row in ${code(domain)}, because their rows repeat each other: `,
        ...enumerate(untested.map((family) => code(family))),
        ".",
      ]),
    ],
  };
}

function matrixBlocks(matrix: CrossMatrix): Block[] {
  return [
    { kind: "subheading", text: titleOf(matrix) },
    ...matrix.models.flatMap((model) => modelBlocks(matrix, model)),
    { kind: "table", table: movedTable(matrix) },
    { kind: "table", table: apartTable(matrix) },
  ];
}

function titleOf({ by, name }: CrossMatrix): string {
  return by.length === 0 ? `Domains of ${name}` : `Domains by ${by.join(" and ")} (${name})`;
}

function modelBlocks({ name, domains }: CrossMatrix, model: CrossModel): Block[] {
  const names = domains.map(({ domain }) => domain);
  const figure = (metric: TrialMetric, file: string, title: string): Block => ({
    kind: "figure",
    name: `cross-${name}-${model.model}-${file}`,
    figure: crossMatrixFigure(model, names, metric, title),
    caption: `${title} on the test rows of each column's domain. Shades run from .5 (white) to 1.`,
  });
  return [
    paragraph(
      strong(`${model.model}: `),
      ...dropWords(model),
      ` It was given the ${plural(model.columns, "column")} that every domain has (schema ${model.schema_hash.slice(0, 12)})`,
      model.left_out_columns.length === 0
        ? "."
        : `; ${plural(model.left_out_columns.length, "column")} that a domain lacks wholly were left out.`,
    ),
    figure("macro_f1", "macro-f1", "Macro-F1"),
    figure("roc_auc", "roc-auc", "ROC-AUC"),
    ...fewShotBlocks(name, model, names),
  ];
}

/** The mean drop, and where it is largest. */
function dropWords({ cells }: CrossModel): Inline[] {
  const moved = cells.flatMap((cell) => {
    const drop = cell.drop?.macro_f1 ?? null;
    return drop === null ? [] : [{ ...cell, lost: drop }];
  });
  if (moved.length === 0) return ["nothing could be compared."];
  const mean = moved.reduce((sum, { lost }) => sum + lost, 0) / moved.length;
  const worst = moved.reduce((a, b) => (b.lost > a.lost ? b : a));
  return sentence`away from home macro-F1 is ${fixed(mean, 3)} lower on average, and ${fixed(worst.lost, 3)} lower where it is worst (trained in ${code(worst.train)}, tested in ${code(worst.test)}: ${shown(worst.macro_f1.point)}).`;
}

function fewShotBlocks(name: string, model: CrossModel, targets: readonly string[]): Block[] {
  if (!model.few_shot.some(({ points }) => points.length > 1)) return [];
  return [
    {
      kind: "figure",
      name: `cross-${name}-${model.model}-few-shot`,
      figure: fewShotFigure(model.few_shot, targets),
      caption:
        "Macro-F1 after some labelled flows of the target were added to training: means over the training domains, a line a target. The test rows are the same for all shares, the threshold stays that of the training domain.",
    },
    {
      kind: "details",
      summary: "Few-shot adaptation, every pair",
      blocks: [{ kind: "table", table: fewShotTable(model.few_shot) }],
    },
  ];
}

function fewShotTable(curves: readonly FewShotCurve[]): ReportTable {
  const { points } = curves[0];
  return {
    caption:
      "Macro-F1 by the share of the target's labelled flows in training ± half the width of its 95% interval.",
    columns: [
      { name: "train", title: "Trained in" },
      { name: "test", title: "Tested in" },
      ...points.map(({ share }) => ({
        name: `share_${share}`,
        title: `${fixed(100 * share, 0)}% of the target`,
        align: "right" as const,
      })),
    ],
    rows: curves.map(({ train, test, points: own }): Cell[] => [
      textCell(train),
      textCell(test),
      ...own.map(({ macro_f1 }) => intervalCell(macro_f1)),
    ]),
  };
}

export function movedTable({ shifts, models }: CrossMatrix): ReportTable {
  const dropOf = (train: string, test: string): number | null =>
    models[0].cells.find((cell) => cell.train === train && cell.test === test)?.drop?.macro_f1 ?? null;
  const largest = (name: string | undefined, value: number | undefined): Cell =>
    textCell(name === undefined || value === undefined ? absent : `${name} (${fixed(value, 2)})`);
  return {
    caption: `What moved from the training rows of one domain to the test rows of another, and what ${models[0].model} lost. Shifted: columns with a population stability index (PSI) above .25. KS: largest distance between two cumulative distributions. Mix of families: total variation, 0 the same, 1 none in common. Unknown: test flows with a category that training never saw. Repeated: test flows whose content is among the training rows.`,
    columns: [
      { name: "train", title: "Trained in" },
      { name: "test", title: "Tested in" },
      { name: "drop", title: "Macro-F1 lost", align: "right" },
      { name: "shifted", title: "Shifted", align: "right" },
      { name: "psi", title: "Largest PSI" },
      { name: "ks", title: "Largest KS" },
      { name: "families", title: "Mix of families", align: "right" },
      { name: "unknown", title: "Unknown", align: "right" },
      { name: "repeated", title: "Repeated", align: "right" },
    ],
    rows: shifts.map((shift): Cell[] => [
      textCell(shift.train),
      textCell(shift.test),
      numberCell(dropOf(shift.train, shift.test), "macro-F1 is undefined in one of the two"),
      textCell(`${shift.shifted} of ${shift.columns}`),
      largest(shift.largest_psi[0]?.column, shift.largest_psi[0]?.psi),
      largest(shift.largest_ks[0]?.column, shift.largest_ks[0]?.ks),
      numberCell(shift.class_shift?.distance ?? null, "no row has a family", 2),
      textCell(shift.unknown_categories === null ? absent : percent(shift.unknown_categories)),
      countCell(shift.shared_content),
    ]),
  };
}

export function apartTable({ classifiers }: CrossMatrix): ReportTable {
  return {
    caption:
      "Can a model tell two domains apart? ROC-AUC of a small gradient boosting on rows that it was not fitted on: .5 it cannot, 1 every flow gives its domain away. Of benign flows alone the mix of attacks cannot help. By: columns whose shuffling costs most.",
    columns: [
      { name: "a", title: "Domain" },
      { name: "b", title: "or" },
      { name: "roc_auc", title: "ROC-AUC", align: "right" },
      { name: "benign_roc_auc", title: "Benign flows alone", align: "right" },
      { name: "columns", title: "By" },
    ],
    rows: classifiers.map(({ domains: [a, b], roc_auc, benign_roc_auc, columns }): Cell[] => [
      textCell(a),
      textCell(b),
      intervalCell(roc_auc, "too few rows"),
      intervalCell(benign_roc_auc, "too few benign rows"),
      textCell(
        columns
          .slice(0, 3)
          .map(({ column, auc_lost }) => `${column} (${fixed(auc_lost, 3)})`)
          .join(", ") || "many columns, none alone",
      ),
    ]),
  };
}

function shown(value: number | null): string {
  return value === null ? "undefined" : fixed(value, 3);
}
