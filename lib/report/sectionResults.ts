import { comparisonTable, familyTable, noveltyTable } from "./comparison.js";
import { reliabilityFigure, thresholdFigure } from "./decisionFigures.js";
import { type Block, code, enumerate, note, paragraph, sentence, strong } from "./document.js";
import { drawnCurves } from "./drawnCurves.js";
import { confusionFigure, familyRecallFigure, prFigure, rocFigure, scoreFigure } from "./evalFigures.js";
import { familyHeat } from "./familyHeat.js";
import { count, fixed, interval, percent } from "./numbers.js";
import { type Champion, type ReportInput, type Result, resultsOf, splitsInOrder } from "./results.js";
import { attackAgainstBenign } from "./scores.js";
import { classBlocks } from "./sectionClasses.js";
import { foldBlocks } from "./sectionFolds.js";
import { type Column, countCell, numberCell, type ReportTable, textCell } from "./table.js";
import { bootstrapWords, difference, recordedRule } from "./words.js";

/** The champion's numbers, large, and how it was chosen. */
export function summarySection(input: ReportInput, champion: Champion): Block[] {
  const best = resultOf(input, champion);
  if (best === undefined) return [];
  const { intervals } = best.details.test;
  const benign = best.metrics.test.tn + best.metrics.test.fp;
  return [
    { kind: "heading", id: "summary", text: "In short" },
    {
      kind: "facts",
      facts: [
        { value: champion.model, label: `champion of split ${champion.split}, chosen on validation` },
        { value: interval(intervals.average_precision), label: "average precision on test" },
        { value: interval(intervals.recall), label: "recall: share of attack flows found" },
        { value: interval(intervals.fpr), label: `false positive rate, of ${count(benign)} benign flows` },
      ],
    },
    paragraph(
      ...sentence`The champion is the model with the ${champion.chosen}. Nothing was chosen on the test part: neither the model, nor its threshold, nor when training stopped. Each number is followed by half the width of its 95% interval (${bootstrapWords(input.settings)}).`,
    ),
    ...validationParagraph(best),
    ...randomParagraph(input, champion, best),
  ];
}

function resultOf(
  input: ReportInput,
  { split, model }: { split: string; model: string },
): Result | undefined {
  return input.results.find((result) => result.split === split && result.model === model);
}

/** How far validation, which comes from the training side, is from test. */
function validationParagraph({ metrics: { validation, test } }: Result): Block[] {
  const pairs = [validation.average_precision, test.average_precision, validation.fpr, test.fpr];
  const [ap, testAp, fpr, testFpr] = pairs.map((value) => (value === null ? "undefined" : fixed(value, 3)));
  return [
    paragraph(
      `On validation, which comes from the training side of the split, its average precision is ${ap} and its false positive rate ${fpr}; on test they are ${testAp} and ${testFpr}. The distance between the two is what a change of traffic costs, and what validation alone cannot show.`,
    ),
  ];
}

/** What the same model reaches when the rows are divided at random, and why that says little. */
function randomParagraph(input: ReportInput, champion: Champion, best: Result): Block[] {
  const { headline, splits } = input.settings;
  if (splits[headline].recipe === "stratified") {
    return [
      note(
        strong("Read with care: "),
        "the headline split is a random one. Flows of one attack run, which are nearly alike, lie on both sides of it, so these numbers say how well a model remembers this data and not how it would do on another day or in another network.",
      ),
    ];
  }
  return splitsInOrder(input.settings)
    .filter((split) => split !== headline && splits[split].recipe === "stratified")
    .flatMap((split) => {
      const other = resultOf(input, { split, model: champion.model });
      const here = best.metrics.test.macro_f1;
      const there = other?.metrics.test.macro_f1 ?? null;
      if (here === null || there === null) return [];
      const twins = input.splits[split].shared_content.test;
      const own = input.splits[headline].shared_content.test;
      const known = sentence` There, ${count(twins.rows)} test rows (${percent(twins.share)}) have the content of a training row, on ${code(headline)} ${count(own.rows)} (${percent(own.share)}).`;
      return [
        note(
          strong("Why not the random split? "),
          ...sentence`On split ${code(split)}, where rows are drawn at random, ${code(champion.model)} reaches a macro-F1 of ${fixed(there, 3)}; on ${code(headline)} it reaches ${fixed(here, 3)}, ${difference(there, here)}.`,
          " A random draw puts flows of the same attack run on both sides, and a model is rewarded for recognising what it has already seen. It is shown for comparison with papers that report only such numbers; it does not estimate what happens elsewhere.",
          ...known,
        ),
      ];
    });
}

/** All models on all splits, and the curves of the headline split. */
export function comparisonSection(input: ReportInput, champion: Champion): Block[] {
  const split = input.settings.headline;
  const results = resultsOf(input, split);
  const test = results[0]?.metrics.test;
  const prevalence = test === undefined || test.n === 0 ? null : (test.tp + test.fn) / test.n;
  const subtitle =
    test === undefined
      ? `Split ${split}, test part`
      : `Split ${split}, test part: ${count(test.n)} flows, ${percent(prevalence ?? 0)} attacks`;
  const { drawn, omission } = drawnCurves(results);
  return [
    { kind: "heading", id: "comparison", text: "All models on all splits" },
    { kind: "table", table: comparisonTable(input, champion) },
    paragraph(
      "Average precision depends on the share of attacks, so it can be compared between models of one split and not between splits. An interval covers the draw of flows; that two intervals overlap is no test of a difference.",
    ),
    ...subsetBlocks(input),
    ...foldBlocks(input),
    {
      kind: "figure",
      name: `roc-${split}`,
      figure: rocFigure(
        drawn.map(({ model, details, metrics }) => ({
          name: model,
          ...details.test.roc,
          area: metrics.test.roc_auc,
        })),
        { subtitle },
      ),
      caption: `Every point of a curve is a threshold: how many attacks are found, for how many false alarms. Both axes show 0 to 1. In practice only the far left matters, where false alarms are few.${omission}`,
    },
    {
      kind: "figure",
      name: `pr-${split}`,
      figure: prFigure(
        drawn.map(({ model, details, metrics }) => ({
          name: model,
          ...details.test.pr,
          area: metrics.test.average_precision,
        })),
        { subtitle, prevalence },
      ),
      caption: `How clean the alarms are, against how many attacks are found. The grey line is the share of attacks, which flagging at random reaches. Both axes show 0 to 1.${omission}`,
    },
  ];
}

/** Named subsets of the test part that papers report on their own. */
function subsetBlocks(input: ReportInput): Block[] {
  const split = input.settings.headline;
  const rows = resultsOf(input, split).flatMap(({ model, details }) =>
    Object.entries(details.test.subsets).map(([name, metrics]) => {
      const why = "not defined on this subset";
      return [
        textCell(name),
        textCell(model),
        countCell(metrics.n),
        ...[metrics.accuracy, metrics.macro_f1, metrics.recall, metrics.fpr, metrics.roc_auc].map((value) =>
          numberCell(value, why),
        ),
      ];
    }),
  );
  if (rows.length === 0) return [];
  const titles = ["Flows", "Accuracy", "Macro-F1", "Recall", "FPR", "ROC-AUC"];
  const columns = titles.map((title): Column => ({ name: title.toLowerCase(), title, align: "right" }));
  return [
    {
      kind: "table",
      table: {
        caption: `Parts of the test part of split ${split} that papers report on their own.`,
        columns: [{ name: "subset", title: "Subset" }, { name: "model", title: "Model" }, ...columns],
        rows,
      },
    },
  ];
}

/** Recall by attack family on the headline split: seen and new families apart, untested ones by name. */
export function familySection(input: ReportInput, champion: Champion): Block[] {
  const split = input.settings.headline;
  const best = resultOf(input, champion);
  if (best === undefined) return [];
  const table = familyTable(input, split);
  const results = resultsOf(input, split);
  const { families, untested } = best.details.test;
  return [
    { kind: "heading", id: "families", text: "Which attacks are found" },
    paragraph(
      ...sentence`One number for all attacks hides that large families outvote small ones. Here every family of the test part of ${code(split)} stands alone. A family is ${strong("new")} when no row of the training part has it: finding one means that the model generalises, not that it remembers.`,
    ),
    ...(families.length === 0
      ? [paragraph("The test part has no attack families.")]
      : [
          {
            kind: "figure",
            name: `families-${split}-${champion.model}`,
            figure: familyRecallFigure(families, {
              subtitle: `Split ${split}, ${champion.model}, test part. At the right: flows found / flows`,
            }),
            caption:
              "Recall at the threshold that was fixed on validation; lines are 95% intervals. The fewer flows a family has, the wider its interval; where none or all of its flows are found, every resample agrees and the interval has no width; with none of n found, the true recall may still be as high as about 3/n.",
          } satisfies Block,
        ]),
    ...(families.length === 0 || results.length < 2
      ? []
      : [
          {
            kind: "figure",
            name: `families-${split}`,
            figure: familyHeat(results),
            caption:
              "Recall of every model, each at the threshold that was fixed on validation. The darker, the more of a family is found; families that most models find come first. What each model pays for it in false alarms, and the intervals, stand in the tables.",
          } satisfies Block,
        ]),
    { kind: "table", table: noveltyTable(input, split) },
    ...(table === null ? [] : [{ kind: "table", table } satisfies Block]),
    untested.length === 0
      ? paragraph(
          ...sentence`Every family of the training part of ${code(split)} also occurs in its test part.`,
        )
      : paragraph(
          strong("Untested: "),
          ...enumerate(untested.map((family) => code(family))),
          untested.length === 1
            ? " is in the training part and absent from the test part. This report says nothing about it."
            : " are in the training part and absent from the test part. This report says nothing about them.",
        ),
  ];
}

/** Where the thresholds come from, whether they held, and what the champion's decisions look like. */
export function thresholdSection(input: ReportInput, champion: Champion): Block[] {
  const split = input.settings.headline;
  const best = resultOf(input, champion);
  const subtitle = `Split ${split}, ${champion.model}, test part`;
  return [
    { kind: "heading", id: "thresholds", text: "Thresholds and decisions" },
    paragraph(
      "A model gives a score; a flow is called an attack when its score is at or above the threshold. The threshold is chosen on validation rows by the rule below and then frozen. Where the false positive rate on test is far from that on validation, the threshold did not carry over: scores mean something else on the new data.",
    ),
    { kind: "table", table: thresholdTable(input, split) },
    ...(best === undefined
      ? []
      : [
          {
            kind: "figure",
            name: `confusion-${split}-${champion.model}`,
            figure: confusionFigure(best.details.test.confusion, { subtitle }),
            caption:
              "Counts of flows; percentages and shades are shares of a row, that is of the flows that truly are in that class.",
          } satisfies Block,
        ]),
    ...reliabilityBlocks(input),
    ...(best === undefined ? [] : classBlocks(best)),
    ...(best === undefined || input.scores === null
      ? []
      : [
          {
            kind: "figure",
            name: `scores-${split}-${champion.model}`,
            figure: scoreFigure(input.scores.groups, best.metrics.test.threshold, { subtitle }),
            caption:
              "Where the scores lie, each group as shares of its own flows. A good threshold has benign flows on its left and attacks on its right.",
          } satisfies Block,
          {
            kind: "figure",
            name: `threshold-${split}-${champion.model}`,
            figure: thresholdFigure(attackAgainstBenign(input.scores.groups), best.metrics.test.threshold, {
              subtitle,
            }),
            caption:
              "What every threshold would have given on the test part. The grey line is the one that was chosen on validation and frozen; choosing the best one here would be a choice on test.",
          } satisfies Block,
        ]),
  ];
}

/** Whether probabilities mean what they say, of the models that give any. */
function reliabilityBlocks(input: ReportInput): Block[] {
  const split = input.settings.headline;
  const results = resultsOf(input, split).filter(({ details }) => details.test.reliability !== null);
  if (results.length === 0) return [];
  const { drawn, omission } = drawnCurves(results);
  const series = drawn.map(({ model, metrics, details }) => ({
    name: model,
    bins: details.test.reliability!,
    ece: metrics.test.ece,
  }));
  return [
    {
      kind: "figure",
      name: `reliability-${split}`,
      figure: reliabilityFigure(series, { subtitle: `Split ${split}, test part` }),
      caption: `Flows in bins of equal width by their probability of an attack: how many of them are attacks. On the grey diagonal a probability means what it says; below it a model claims more than happens.${omission}`,
    },
  ];
}

function thresholdTable(input: ReportInput, split: string): ReportTable {
  const right = (name: string, title: string): Column => ({ name, title, align: "right" });
  return {
    caption: `Thresholds on split ${split}: chosen on validation, measured on test.`,
    columns: [
      { name: "model", title: "Model" },
      { name: "rule", title: "Rule" },
      right("threshold", "Threshold"),
      right("validation_fpr", "False positive rate, validation"),
      right("test_fpr", "False positive rate, test"),
      right("validation_recall", "Recall, validation"),
      right("test_recall", "Recall, test"),
      right("false_alarms", "False alarms, test"),
    ],
    rows: resultsOf(input, split).map(({ model, metrics, details }) => {
      const rule = input.settings.models[model]?.decision ?? input.settings.decision;
      return [
        textCell(model),
        textCell(recordedRule(details.decision.rule, rule)),
        numberCell(metrics.test.threshold, "this model has no threshold", 4),
        numberCell(metrics.validation.fpr, details.validation.reasons.fpr),
        numberCell(metrics.test.fpr, details.test.reasons.fpr),
        numberCell(metrics.validation.recall, details.validation.reasons.recall),
        numberCell(metrics.test.recall, details.test.reasons.recall),
        countCell(metrics.test.fp),
      ];
    }),
  };
}
