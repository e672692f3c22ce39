import { costFigure } from "./costFigures.js";
import { type Block, code, paragraph, sentence } from "./document.js";
import { bytes } from "./numbers.js";
import { type ReportInput, type Result, resultsOf } from "./results.js";
import { type Column, countCell, intervalCell, type ReportTable, textCell } from "./table.js";

/**
 * Quality against cost on the headline split. The costs are those that are the same on every machine: the report is
 * reproducible to the byte, and times are not (`nidslab cost` has them).
 */
export function costSection(input: ReportInput): Block[] {
  const split = input.settings.headline;
  const results = resultsOf(input, split);
  return [
    { kind: "heading", id: "cost", text: "What the models cost" },
    paragraph(
      ...sentence`Operations are those of ${code("model.onnx")} for one flow, preprocessing included: additions, multiplications, comparisons on the mean path of each tree. They are the same on every machine, and say less than a clock: ${code("nidslab cost")} shows the seconds, microseconds and memory of the machine that it runs on.`,
    ),
    { kind: "table", table: costTable(split, results) },
    {
      kind: "figure",
      name: `cost-${split}`,
      figure: costFigure(
        results.map(({ model, metrics, file }) => ({
          name: model,
          quality: metrics.test.average_precision,
          cost: file.operations ?? null,
        })),
        {
          title: "Quality against cost",
          subtitle: `Split ${split}, test part. Up is better, left is cheaper`,
          quality: "Average precision",
          cost: "Operations a flow",
        },
      ),
      caption: "A model that lies below and to the right of another one is worse and dearer.",
    },
  ];
}

function costTable(split: string, results: readonly Result[]): ReportTable {
  const right = (name: string, title: string): Column => ({ name, title, align: "right" });
  return {
    caption: `Cost of the models of split ${split}.`,
    columns: [
      { name: "model", title: "Model" },
      right("average_precision", "AP, test"),
      right("operations", "Operations a flow"),
      right("onnx_bytes", "model.onnx"),
    ],
    rows: results.map(({ model, details, file, onnxBytes }) => [
      textCell(model),
      intervalCell(details.test.intervals.average_precision, details.test.reasons.average_precision),
      countCell(file.operations ?? null, "trained by a version that did not count them"),
      textCell(bytes(onnxBytes)),
    ]),
  };
}
