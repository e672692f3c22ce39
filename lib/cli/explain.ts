import { parseArgs } from "node:util";
import { DataError, UsageError } from "../base/errors.js";
import { localPath, writeFileAtomic } from "../base/files.js";
import { didYouMean } from "../base/nearest.js";
import { readFlows } from "../dataset/readFlows.js";
import { explainFlow, type FlowExplanation } from "../explain/flow.js";
import { type MethodChoice, methods, openExplainer } from "../explain/shap/explainer.js";
import { modelMatrix, windowsFor } from "../features/modelMatrix.js";
import type { Background } from "../onnx/background.js";
import type { ModelInfo } from "../onnx/savedModel.js";
import { flowFigure } from "../report/explainedFlow.js";
import { renderSvg } from "../report/svg.js";
import { Detector } from "../serve/detector.js";
import { modelColumnKinds } from "../serve/modelColumnKinds.js";
import type { Table } from "../table/table.js";
import type { Command } from "./command.js";
import { explanationText } from "./explanationText.js";
import { threadsOf, unreadableText } from "./flowOptions.js";
import { modelFolder } from "./modelFolder.js";

/** Columns that are listed, unless --top says otherwise. */
const TOP = 10;

export const command: Command = {
  summary: "say why a model decides as it does about one flow",
  help: `Usage: nidslab explain --in PATH --row N [--model DIR] [--figure FILE] [--json] [options]

Prints the columns that push the score of one flow most, strongest first: value, what is usual among benign flows of the
training data, contribution. Base value and contributions add up to the score's scale that is named: exact Shapley values
for trees (TreeSHAP) and linear models (LinearSHAP), an approximation with standard errors for others (KernelSHAP).

  --model DIR       a folder with model.json and model.onnx (default: the champion of this project, reports/best.json)
  --in PATH         what predict reads: a file or a folder
  --row N           number of the flow, from 0: the column "row" of predict
  --top N           columns that are listed (default ${TOP})
  --method NAME     ${methods.join(", ")} (default auto: the first that the model allows)
  --figure FILE     also draw it: .svg
  --json            print one JSON object
  --table           PATH is a plain table (CSV, TSV, Parquet) for a model that was trained on one (dataset.columns)
  --fill-missing    accept data that lack columns of the model (they count as missing values)
  --threads N       threads (default 2)

Example:
  nidslab explain --in new/conn.log --row 17 --figure why.svg`,
  async run(args) {
    const options = parse(args);
    const folder = modelFolder("explain", options.model);
    const { info, background, explanation } = await explainRow(folder, options);
    if (options.figure !== undefined) {
      const title = `Why flow ${options.row} has its score`;
      const figure = flowFigure(explanation, { title, subtitle: `${info.split}/${info.name}` });
      writeFileAtomic(options.figure, await renderSvg(figure.vegaLite));
    }
    const { split, name, type } = info;
    if (options.json) {
      const model = { folder, split, name, type };
      process.stdout.write(`${JSON.stringify({ row: options.row, model, ...explanation }, null, 2)}\n`);
    } else {
      process.stdout.write(
        explanationText(`Flow ${options.row} of ${options.in}`, info, background, explanation),
      );
    }
    return 0;
  },
};

async function explainRow(
  folder: string,
  options: Options,
): Promise<{
  readonly info: ModelInfo;
  readonly background: Background;
  readonly explanation: FlowExplanation;
}> {
  const explainer = await openExplainer(folder, options);
  const { info, background } = explainer;
  const detector = await Detector.open(folder, options.threads);
  try {
    const input = await readFlows(options.in, {
      dialect: "auto",
      files: null,
      table: options.table ? modelColumnKinds(info) : undefined,
    });
    for (const fault of input.dropped) warn(unreadableText(fault));
    const at = placeOf(input.table, options, input.rowsRead);
    const { features, scores, filled } = await detector.score(input.table, {
      fillMissing: options.fillMissing,
      absent: input.absent,
      verb: "explain",
    });
    if (filled.length > 0) warn(`columns that the data lack count as missing: ${filled.join(", ")}`);
    const levels = Object.fromEntries(info.columns.map(({ name, levels: own = [] }) => [name, own]));
    const windows = windowsFor(input.table, info.window);
    const X = modelMatrix(features, info.columns, levels, windows, { absent: "missing" })(Int32Array.of(at));
    const explanations = await explainer.explain(X);
    const explanation = explainFlow(explainer, explanations, 0, X.data, scores.score[at], options.top);
    return { info, background, explanation };
  } finally {
    await detector.close();
    await explainer.close();
  }
}

/** Where the row with this number stands. @throws DataError when there is none */
function placeOf(flows: Table, { in: path, row }: Options, rowsRead: number): number {
  if (!flows.has("input_row")) {
    if (row < flows.rows) return row;
  } else {
    const place = flows.numbers("input_row").indexOf(row);
    if (place >= 0) return place;
  }
  if (row < rowsRead) {
    throw new DataError(`explain: row ${row} of ${path} could not be read (see above). Choose another one.`);
  }
  const has = rowsRead === 0 ? "has no rows" : `has rows 0 to ${rowsRead - 1}`;
  throw new DataError(`explain: --row ${row} is not in ${path}, which ${has}.`);
}

interface Options {
  readonly model: string | undefined;
  readonly in: string;
  readonly row: number;
  readonly top: number;
  readonly method: MethodChoice;
  readonly figure: string | undefined;
  readonly json: boolean;
  readonly table: boolean;
  readonly fillMissing: boolean;
  readonly threads: number;
}

function parse(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: { type: "string" },
      in: { type: "string" },
      row: { type: "string" },
      top: { type: "string", default: String(TOP) },
      method: { type: "string", default: "auto" },
      figure: { type: "string" },
      json: { type: "boolean", default: false },
      table: { type: "boolean", default: false },
      "fill-missing": { type: "boolean", default: false },
      threads: { type: "string", default: "2" },
    },
  });
  const missing = (option: string, what: string): UsageError =>
    new UsageError(`explain: ${option} is missing: ${what}. See nidslab explain --help.`);
  if (values.in === undefined) throw missing("--in", "the file or folder that holds the flow");
  if (values.row === undefined) throw missing("--row", "the number of the flow, from 0");
  const method = methods.find((name) => name === values.method);
  if (method === undefined) {
    throw new UsageError(
      `explain: --method ${values.method} is not known (has: ${methods.join(", ")}).${didYouMean(values.method, methods)}`,
    );
  }
  if (values.figure !== undefined && !values.figure.endsWith(".svg"))
    throw new UsageError(`explain: --figure ${values.figure} does not end in .svg, which is what is drawn.`);
  return {
    model: values.model,
    in: values.in,
    row: wholeNumber("--row", values.row, 0),
    top: wholeNumber("--top", values.top, 1),
    method,
    figure: values.figure === undefined ? undefined : localPath(values.figure),
    json: values.json,
    table: values.table,
    fillMissing: values["fill-missing"],
    threads: threadsOf("explain", values.threads),
  };
}

function wholeNumber(option: string, given: string, least: number): number {
  if (/^\d{1,15}$/.test(given) && Number(given) >= least) return Number(given);
  throw new UsageError(`explain: ${option} expects a whole number from ${least}, found "${given}".`);
}

function warn(line: string): void {
  process.stderr.write(`explain: ${line}\n`);
}
