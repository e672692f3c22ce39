import type { ModelCost } from "../base/cost.js";
import { costFigure } from "./costFigures.js";
import { type Block, code, figuresOf, paragraph, sentence } from "./document.js";
import type { Figure } from "./figure.js";
import { pageHtml } from "./page.js";
import { renderSvg } from "./svg.js";
import { type Column, countCell, numberCell, type ReportTable, textCell } from "./table.js";

/** A model's cost with what it buys: average precision on test rows (k-fold: on rows that were kept out). */
export interface MeasuredCost extends ModelCost {
  readonly average_precision: number | null;
}

/** Splits in the order in which they come. */
export function splitsOf(costs: readonly MeasuredCost[]): string[] {
  return [...new Set(costs.map(({ split }) => split))];
}

/** Average precision against microseconds a flow on one split. */
export function timeFigure(costs: readonly MeasuredCost[], split: string): Figure {
  return costFigure(
    costs
      .filter((cost) => cost.split === split)
      .map((cost) => ({
        name: cost.model,
        quality: cost.average_precision,
        cost: cost.eval?.us_per_flow ?? null,
      })),
    {
      title: "Quality against cost",
      subtitle: `Split ${split}, test part, on this machine. Up is better, left is cheaper`,
      quality: "Average precision",
      cost: "Microseconds a flow",
    },
  );
}

/** All costs as one HTML file: the table, and a figure a split. */
export async function costPage(costs: readonly MeasuredCost[]): Promise<string> {
  const blocks: Block[] = [
    { kind: "heading", id: "table", text: "All models" },
    { kind: "table", table: costTable(costs) },
    paragraph(
      ...sentence`Measured by the stages train and eval the last time that they ran, on the machine that ran them, while whatever else ran there: use ratios within one table. Scoring is by ONNX Runtime, all test flows in one call; one flow at a time costs more. Kept in ${code("runs/cost/")}, which Git does not track.`,
    ),
    ...splitsOf(costs).flatMap((split): Block[] => [
      { kind: "heading", id: `split-${split}`, text: `Split ${split}` },
      {
        kind: "figure",
        name: `cost-${split}`,
        figure: timeFigure(costs, split),
        caption: "A model that lies below and to the right of another one is worse and slower.",
      },
    ]),
  ];
  const svg = new Map<string, string>();
  for (const { name, figure } of figuresOf(blocks)) svg.set(name, await renderSvg(figure.vegaLite));
  return pageHtml({
    title: "What the models cost",
    lead: "Seconds, microseconds and memory on this machine, and what they buy.",
    blocks,
    svg,
  });
}

function costTable(costs: readonly MeasuredCost[]): ReportTable {
  const right = (name: string, title: string): Column => ({ name, title, align: "right" });
  const train = "train has not run here since costs are kept: its outputs came from a cache";
  const evaluated = "eval has not run here since costs are kept: its outputs came from a cache";
  return {
    caption: "Cost of every model that was trained or evaluated here.",
    columns: [
      { name: "split", title: "Split" },
      { name: "model", title: "Model" },
      right("average_precision", "AP, test"),
      right("fit_seconds", "Fit, s"),
      right("fit_cpu_seconds", "Fit, processor s"),
      right("us_per_flow", "Score, µs a flow"),
      right("cpu_us_per_flow", "Score, processor µs a flow"),
      right("train_peak_mib", "Peak memory, train, MiB"),
      right("eval_peak_mib", "Peak memory, eval, MiB"),
      right("onnx_bytes", "model.onnx, bytes"),
      right("operations", "Operations a flow"),
    ],
    rows: costs.map((cost) => [
      textCell(cost.split),
      textCell(cost.model),
      numberCell(cost.average_precision, "not measured yet"),
      numberCell(cost.train?.seconds ?? null, train, 2),
      numberCell(cost.train?.cpu_seconds ?? null, train, 2),
      numberCell(cost.eval?.us_per_flow ?? null, evaluated, 2),
      numberCell(cost.eval?.cpu_us_per_flow ?? null, evaluated, 2),
      countCell(cost.train?.peak_mib ?? null, train),
      countCell(cost.eval?.peak_mib ?? null, evaluated),
      countCell(cost.onnx_bytes),
      countCell(cost.operations, "trained by a version that did not count them"),
    ]),
  };
}
