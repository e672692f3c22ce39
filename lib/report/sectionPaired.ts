import type { Difference, Pair, PairedMetric, PairedPart } from "../eval/paired.js";
import { pairOf } from "./best.js";
import { type Block, code, enumerate, type Inline, note, paragraph, sentence, strong } from "./document.js";
import { type Figure, figureOf } from "./figure.js";
import { absent, count, fixed } from "./numbers.js";
import { type Champion, type ReportInput, resultsOf, splitsInOrder } from "./results.js";
import { type Cell, type Column, countCell, type ReportTable, textCell } from "./table.js";
import { bootstrapWords } from "./words.js";

const titles: Readonly<Record<PairedMetric, string>> = {
  accuracy: "Accuracy",
  macro_f1: "Macro-F1",
  roc_auc: "ROC-AUC",
  average_precision: "AP",
  recall: "Recall",
  fpr: "FPR",
};
const metrics = Object.keys(titles) as PairedMetric[];

/** Which models really differ: in pairs on the same rows, and the champion on validation beside its choice. */
export function pairedSection(input: ReportInput, champion: Champion): Block[] {
  const file = input.paired[champion.split];
  const test = file?.parts.test;
  if (test === undefined || test.pairs.length === 0) return fewUnits(input);
  const { models, control } = file;
  return [
    { kind: "heading", id: "paired", text: "Which models differ" },
    paragraph(
      ...sentence`Two intervals that overlap say little about a difference, because both models met the same rows. Here ${control === null ? "every two models are compared" : "each model is compared with the champion, which no test row chose,"} on the same resamples of split ${code(champion.split)} (${bootstrapWords({ ...input.settings, resamples: test.resamples })}): what is left is what the models do differently. With ${count(test.pairs.length)} pairs some would seem to differ by chance, so p-values are corrected (Holm), and a pair ${strong("differs")} where the corrected one is below ${String(file.alpha)}. Intervals are of one pair alone. No corrected p-value of ${count(test.resamples)} resamples is below ${fixed((2 * test.pairs.length) / (test.resamples + 1), 3)}, which stands where no resample lies on the other side of 0.`,
    ),
    ...fewUnits(input),
    ...championParagraph(champion, file.parts.validation),
    ...(control === null
      ? [{ kind: "table" as const, table: matrix(models, test, "average_precision", champion.split) }]
      : []),
    {
      kind: "figure",
      name: `paired-${champion.split}-${champion.model}`,
      figure: forest(learned(input, champion), test, champion),
      caption:
        "Differences on test between each model and the champion, with 95% intervals of the paired bootstrap. An interval that does not hold 0 is a difference before the correction for several pairs; the note at the right goes by the corrected p-value. Models that learn nothing (majority) are left out: their distance would hide the others'.",
    },
    {
      kind: "details",
      summary: "Every pair and metric, and McNemar's test",
      blocks: splitsInOrder(input.settings).flatMap((split): Block[] => {
        const part = input.paired[split]?.parts.test ?? input.paired[split]?.parts.cv;
        return part === undefined || part.pairs.length === 0
          ? []
          : [{ kind: "table", table: pairTable(part, split) }];
      }),
    },
    paragraph(
      "All this is about the draw of test rows. What another training seed would change is a spread of its own (below, where a model names several seeds); the two are never mixed.",
    ),
  ];
}

/** A note where intervals rest on so few units that they say little. */
function fewUnits({ settings, results, folded }: ReportInput): Block[] {
  const few = new Map<string, number>();
  for (const { split, details } of results)
    if (details.test.units?.few) few.set(split, details.test.units.count);
  for (const { split, details } of folded) if (details.cv.units?.few) few.set(split, details.cv.units.count);
  if (few.size === 0) return [];
  const where = Array.from(few, ([split, units]): Inline[] => [code(split), ` (${count(units)})`]);
  return [
    note(
      strong("Few units: "),
      `intervals and tests resample whole ${settings.unit}s, and there are fewer than ten of them on split `,
      ...where.flatMap((each, i) => (i === 0 ? each : [", ", ...each])),
      ". So few give few different resamples: such an interval means little, and is mostly too narrow.",
    ),
  ];
}

/** The choice on validation, beside what the paired test says of it. */
function championParagraph(champion: Champion, validation: PairedPart | undefined): Block[] {
  if (validation === undefined) return [];
  const others = validation.pairs.filter((pair) => pair.a === champion.model || pair.b === champion.model);
  const known = others.filter((pair) => pair.metrics.average_precision.p_holm !== null);
  const equal = known.filter((pair) => !pair.metrics.average_precision.differs);
  if (known.length === 0) return [];
  return [
    paragraph(
      ...sentence`${code(champion.model)} was chosen by its average precision on validation. There the paired test `,
      ...(equal.length === 0
        ? ["finds every other model to differ from it."]
        : [
            "finds no difference between it and ",
            ...enumerate(equal.map((pair) => code(otherOf(pair, champion.model)))),
            ": the choice among these is one of many that the data allow.",
          ]),
    ),
  ];
}

function otherOf({ a, b }: Pair, model: string): string {
  return a === model ? b : a;
}

/** A pair's difference as `of` minus the other. */
function differenceOf(pair: Pair, of: string, metric: PairedMetric): Difference {
  const found = pair.metrics[metric];
  if (pair.b === of) return found;
  const flip = (value: number | null): number | null => (value === null ? null : -value);
  return {
    ...found,
    ...{ a: found.b, b: found.a, difference: flip(found.difference), lo: flip(found.hi), hi: flip(found.lo) },
  };
}

/** Rows minus columns. */
function matrix(
  models: readonly string[],
  part: PairedPart,
  metric: PairedMetric,
  split: string,
): ReportTable {
  return {
    caption: `${titles[metric]} on the test part of split ${split}: the model of the row minus that of the column. Bold: the two differ; in plain type they do not, as far as ${count(part.n)} rows tell.`,
    columns: [
      { name: "model", title: "Model" },
      ...models.map((model): Column => ({ name: model, title: model, align: "right" })),
    ],
    rows: models.map((row) => [
      textCell(row),
      ...models.map((column): Cell => {
        const pair = row === column ? undefined : pairOf(part.pairs, row, column);
        if (pair === undefined) return textCell("");
        const { difference, differs } = differenceOf(pair, row, metric);
        return textCell(signed(difference), differs);
      }),
    ]),
  };
}

/** Models of the split that learn from the rows: what learns nothing lies so far away that nothing else could be told apart. */
function learned(input: ReportInput, { split, model }: Champion): string[] {
  const compared = resultsOf(input, split).filter(
    (result) => result.model === model || result.file.type !== "majority",
  );
  return compared.map((result) => result.model);
}

function forest(models: readonly string[], part: PairedPart, champion: Champion): Figure {
  const others = models.filter((model) => model !== champion.model);
  const shown: readonly PairedMetric[] = ["average_precision", "macro_f1"];
  const of = (model: string, metric: PairedMetric): Difference =>
    differenceOf(pairOf(part.pairs, model, champion.model)!, model, metric);
  const rows = shown.flatMap((metric) => others.map((model) => ({ model, metric, ...of(model, metric) })));
  return figureOf(
    {
      kind: "dots",
      title: "Differences from the champion",
      subtitle: `Split ${champion.split}, test part: each model minus ${champion.model}`,
      x: { title: "Difference (below 0: worse than the champion)" },
      rows: rows.map(({ model, metric, p_holm, differs }) => ({
        name: model,
        section: titles[metric],
        note: p_holm === null ? "not tested" : differs ? "differs" : "does not differ",
      })),
      series: [
        {
          name: "difference",
          values: rows.map(({ difference }) => difference),
          lo: rows.map(({ lo }) => lo),
          hi: rows.map(({ hi }) => hi),
        },
      ],
    },
    `Differences between every model and ${champion.model}: ${rows
      .map(({ model, metric, difference, differs }) => {
        return `${titles[metric]} of ${model} ${signed(difference)}${differs ? ", differs" : ""}`;
      })
      .join("; ")}.`,
  );
}

/** Every pair: b minus a with its interval and corrected p-value, and the rows that only one of them decides right. */
function pairTable({ pairs, n }: PairedPart, split: string): ReportTable {
  const right = (name: string, title: string): Column => ({ name, title, align: "right" });
  return {
    caption: `Split ${split}, ${count(n)} rows: the second model minus the first, [95% interval], corrected p. McNemar: rows that only one of the two decides right, corrected p (exact binomial below 25 such rows, else chi-square with continuity correction).`,
    columns: [
      { name: "first", title: "First" },
      { name: "second", title: "Second" },
      ...metrics.map((metric) => right(metric, titles[metric])),
      right("only_first", "Only first right"),
      right("only_second", "Only second right"),
      right("mcnemar_p", "McNemar p"),
    ],
    rows: pairs.map((pair) => [
      textCell(pair.a),
      textCell(pair.b),
      ...metrics.map((metric) => textCell(differenceText(pair.metrics[metric]))),
      countCell(pair.mcnemar.only_a),
      countCell(pair.mcnemar.only_b),
      textCell(pText(pair.mcnemar.p_holm)),
    ]),
  };
}

/** `+0.012 [0.004, 0.020], p 0.031` */
function differenceText({ difference, lo, hi, p_holm }: Difference): string {
  if (difference === null) return absent;
  if (lo === null || hi === null) return signed(difference);
  const p = p_holm === null ? "" : `, p ${pText(p_holm)}`;
  return `${signed(difference)} [${fixed(lo, 3)}, ${fixed(hi, 3)}]${p}`;
}

function pText(p: number): string {
  return p < 0.001 ? "< 0.001" : fixed(p, 3);
}

function signed(value: number | null): string {
  if (value === null) return absent;
  const text = fixed(value, 3);
  return value > 0 && !/^0\.0*$/.test(text) ? `+${text}` : text;
}
