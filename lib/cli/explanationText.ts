import type { FlowExplanation } from "../explain/flow.js";
import type { Background } from "../onnx/background.js";
import type { ModelInfo } from "../onnx/savedModel.js";
import { usualText, valueText } from "../report/explainedFlow.js";
import { fixed, plainNumber, plural } from "../report/numbers.js";
import { textTable } from "./textTable.js";

/** An explanation as a page of a terminal. */
export function explanationText(
  title: string,
  { split, name, type }: ModelInfo,
  background: Background,
  explanation: FlowExplanation,
): string {
  const { base, columns, decision, method, of, rest, score, sum, threshold } = explanation;
  const signed = (value: number): string => `${value < 0 ? "" : "+"}${fixed(value, 4)}`;
  const header = ["column", "value", "unit", "usual (benign)", "", "contribution"];
  const rows = columns.map((each) => [
    each.column,
    valueText(each),
    each.unit ?? "",
    usualText(each),
    each.unusual ? "unusual" : "",
    each.standard_error === undefined
      ? signed(each.contribution)
      : `${signed(each.contribution)} ± ${fixed(each.standard_error, 4)}`,
  ]);
  const table =
    columns.length === 0
      ? "No column contributes.\n"
      : textTable(header, rows).replace(/^/gm, "  ").trimEnd();
  const others =
    rest.columns > 0 ? `, ${plural(rest.columns, "other column")} ${signed(rest.contribution)}` : "";
  return [
    `${title}: ${decision} (score ${plainNumber(score)}, threshold ${plainNumber(threshold)})`,
    `${split}/${name} (${type}), ${method} of the ${of}`,
    "",
    table.trimEnd(),
    "",
    `  base ${fixed(base, 4)}, listed ${signed(columns.reduce((total, each) => total + each.contribution, 0))}${others}, sum ${fixed(sum, 4)}`,
    `  Usual: 5% to 95%, or the commonest levels, of ${plural(background.benign, "benign training row")}.`,
    ...(method === "KernelSHAP"
      ? ["  KernelSHAP is an approximation: ± is one standard error, from the coalitions that were drawn."]
      : []),
    "",
  ].join("\n");
}
