import type { ExplainedFlow, ModelExplanation } from "../explain/modelExplanation.js";
import { type Block, code, note, paragraph, sentence, strong } from "./document.js";
import { flowFigure } from "./explainedFlow.js";
import { beeswarmFigure } from "./explainFigures.js";
import { type Figure, figureOf } from "./figure.js";
import { count, fixed, plainNumber } from "./numbers.js";
import type { Champion, ReportInput } from "./results.js";
import { type ReportTable, textCell } from "./table.js";

/** Columns that a figure shows. */
const SHOWN = 15;

type Importance = NonNullable<ModelExplanation["importance"]>;

/** Why models decide as they do: the champion in figures, the others in a table; empty where nothing was explained. */
export function explainSection(input: ReportInput, champion: Champion): Block[] {
  const best = input.explained.find(({ model }) => model === champion.model);
  if (best === undefined) return [];
  return [
    { kind: "heading", id: "why", text: "Why the models decide as they do" },
    paragraph(
      "Two questions, two answers. ",
      strong("Permutation importance: "),
      "what would be lost on validation rows if a column said nothing? Its values change places among the rows. ",
      strong("Shapley values: "),
      "what did each column add to the score of one flow? They add up to the score. Neither says what an attack needs: both are about the model, with all that it learned from this network.",
    ),
    ...importanceBlocks(best),
    ...shapBlocks(best),
    ...flowBlocks(best),
    {
      kind: "details",
      summary: "The strongest columns of every model",
      blocks: [{ kind: "table", table: table(input) }],
    },
  ];
}

function importanceBlocks({ importance, model, split }: ModelExplanation): Block[] {
  if (importance === null) {
    return [
      paragraph(
        ...sentence`The validation rows of split ${code(split)} are all of one class: there is no permutation importance.`,
      ),
    ];
  }
  const { metric, rows, repeats } = importance;
  return [
    {
      kind: "figure",
      name: "importance",
      figure: importanceFigure(importance, `model ${model}, split ${split}, ${count(rows)} validation flows`),
      caption: `Permutation importance of ${model} on ${count(rows)} validation flows of split ${split}: mean ${lossWords(metric)} over ${repeats} permutations, with the 95% interval of that mean (Student's t; the flows stay the same).`,
    },
    note(
      "Columns that say nearly the same stand in for each other: each alone then looks unimportant, together they are not.",
    ),
  ];
}

function lossWords(metric: Importance["metric"]): string {
  return metric === "log_loss" ? "rise of the log-loss" : "loss of average precision";
}

function importanceFigure({ columns, metric, baseline }: Importance, subtitle: string): Figure {
  const shown = columns.slice(0, SHOWN);
  const title = "Permutation importance";
  return figureOf(
    {
      kind: "dots",
      title,
      subtitle,
      x: { title: `Mean ${lossWords(metric)} (of ${fixed(baseline, 3)})` },
      rows: shown.map(({ name }) => ({ name })),
      series: [
        {
          name: "mean and 95% interval",
          values: shown.map(({ drop }) => drop),
          lo: shown.map(({ lo }) => lo),
          hi: shown.map(({ hi }) => hi),
        },
      ],
    },
    `${title}: ${shown
      .slice(0, 5)
      .map(({ name, drop }) => `${name} ${fixed(drop, 4)}`)
      .join(", ")}.`,
  );
}

function shapBlocks({ shap, model, split }: ModelExplanation): Block[] {
  const { columns, contributions, values } = shap.sample;
  if (columns.length === 0) {
    return [paragraph(...sentence`No column changes the score of ${code(model)}.`)];
  }
  const error =
    shap.standard_error === undefined
      ? ""
      : ` An approximation: standard errors up to ${plainNumber(shap.standard_error)} on average.`;
  return [
    {
      kind: "figure",
      name: "beeswarm",
      figure: beeswarmFigure(
        columns.map((name, i) => ({
          name,
          contributions: contributions[i],
          values: values[i].map((value) => value ?? Number.NaN),
        })),
        `Contribution to ${shap.of}`,
        { subtitle: `model ${model}, split ${split}, ${count(shap.rows)} test flows` },
      ),
      caption: `${shap.method} of ${model}: what each column added to ${shap.of} of ${count(shap.rows)} test flows, a point a flow; right is towards attack. The ${columns.length} columns with the largest mean |contribution|; missing values and categories are hollow.${error}`,
    },
  ];
}

function flowBlocks({ flows, model, split }: ModelExplanation): Block[] {
  const blocks = [flows.found, flows.missed].flatMap((flow, i): Block[] => {
    if (flow === null) return [];
    const name = i === 0 ? "found" : "missed";
    return [flowBlock(flow, name, `model ${model}, split ${split}`)];
  });
  if (blocks.length === 0) return [];
  const absent = [...(flows.found === null ? ["found"] : []), ...(flows.missed === null ? ["missed"] : [])];
  return [
    paragraph(
      ...sentence`Two single flows of the test part, chosen by a rule: ${flows.rule}. ${code("nidslab explain --in FILE --row N")} does the same for any flow.`,
      ...(absent.length === 0 ? [] : [` No attack was ${absent.join(" or ")}.`]),
    ),
    ...blocks,
  ];
}

function flowBlock(
  { row_id, label, family, explanation }: ExplainedFlow,
  name: string,
  subtitle: string,
): Block {
  const { method, score, threshold } = explanation;
  const named = label === family ? label : `${label} (${family})`;
  const title = `Why an attack was ${name}: ${label}`;
  return {
    kind: "figure",
    name: `why-${name}`,
    figure: flowFigure(explanation, { title, subtitle: `${subtitle}, flow ${row_id}` }),
    caption: `Flow ${count(row_id)}, ${named}, was ${name}: score ${fixed(score, 4)}, threshold ${fixed(threshold, 4)}. ${method}: from the base value, the score before anything is known of the flow, to the flow's own, a step a column.`,
  };
}

function table({ explained, settings }: ReportInput): ReportTable {
  return {
    caption: `Models of split ${settings.headline}: the columns with the largest mean |Shapley value| on test flows, and those whose permutation costs most on validation flows.`,
    columns: [
      { name: "model", title: "Model" },
      { name: "method", title: "Method" },
      { name: "shap", title: "Strongest by Shapley values" },
      { name: "permutation", title: "Strongest by permutation" },
    ],
    rows: explained.map(({ model, shap, importance }) => [
      textCell(model),
      textCell(shap.method === "constant" ? "none" : `${shap.method}, ${shap.of}`),
      textCell(listed(shap.mean_abs.filter(({ value }) => value > 0).map(({ name }) => name))),
      textCell(
        importance === null
          ? "–"
          : listed(importance.columns.filter(({ lo }) => lo > 0).map(({ name }) => name)),
      ),
    ]),
  };
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.slice(0, 5).join(", ");
}
