import { join } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "../base/errors.js";
import { localPath, writeJson } from "../base/files.js";
import { type FlowInput, readFlows } from "../dataset/readFlows.js";
import { defaultWindows } from "../eval/overTime.js";
import type { ModelInfo } from "../onnx/savedModel.js";
import { Detector } from "../serve/detector.js";
import { evaluateFlows } from "../serve/evaluation.js";
import { recordEvaluation } from "../serve/evaluationLog.js";
import { type LabelledRows, labelledRows } from "../serve/labelledRows.js";
import { trainedRows } from "../serve/trainedRows.js";
import { contentHash } from "../table/contentHash.js";
import { writeParquet } from "../table/parquet.js";
import type { Command } from "./command.js";
import { type EvaluationOutput, evaluationText } from "./evaluationText.js";
import { columnKinds, threadsOf, unreadableText } from "./flowOptions.js";
import { modelFolder, projectFolder } from "./modelFolder.js";

export const command: Command = {
  summary: "measure a trained model on other labelled data, at its frozen threshold",
  help: `Usage: nidslab evaluate --in PATH [--model DIR] [--json] [--out FOLDER] [options]

Scores labelled flows that the model never saw, decides at its frozen threshold, and prints the metrics, intervals and
breakdowns that the report has of a test part. Rows whose label says neither benign nor attack are left out and counted.
Attacks that training did not have count as attacks, and are listed as unknown.

  --model DIR       a folder with model.json and model.onnx (default: the champion of this project, reports/best.json)
  --in PATH         what ingest reads, or canonical Parquet: a file or a folder
  --json            all of it, in the structure of reports/metrics and reports/details
  --out FOLDER      write metrics.json, details.json, evaluation.json and predictions.parquet
  --target COLUMN   PATH is a plain table (CSV, TSV, Parquet) whose labels stand in COLUMN
  --fill-missing    accept data that lack columns of the model (they count as missing values)
  --resamples N     of the bootstrap (default 1000; 0: no intervals)
  --threads N       threads of ONNX Runtime (default 2)

How often the same rows were evaluated on this machine is counted in runs/evaluations.jsonl: each look that leads to a change
makes the next numbers too good.

Example:
  nidslab evaluate --model artifacts/models/site/forest --in other-network/conn.log.labeled`,
  async run(args) {
    const options = parse(args);
    const folder = modelFolder("evaluate", options.model);
    const detector = await Detector.open(folder, options.threads);
    try {
      const { info } = detector;
      const input = await readFlows(options.in, {
        ...{ dialect: "auto", files: null, target: options.target },
        table: options.target === undefined ? undefined : columnKinds(info),
      });
      for (const fault of input.dropped) warn(unreadableText(fault));
      const rows = labelledRows(input, options.in);
      const evaluation = await evaluateFlows(detector, rows.flows, {
        ...{ fillMissing: options.fillMissing, absent: input.absent },
        ...{ resamples: options.resamples, windows: defaultWindows },
      });
      const { metrics, details, unknown, filled } = evaluation;
      const data = dataFacts(options.in, input, rows);
      const output: EvaluationOutput = {
        model: modelFacts(info, options.model ?? folder),
        data: { ...data, filled, unknown },
        trained_on: await trainedRows(projectFolder(), info, rows.flows),
        evaluations: recordEvaluation(join(projectFolder(), "runs", "evaluations.jsonl"), {
          ...{ data: data.sha256, rows: data.rows, model: info.onnx_sha256, threshold: info.threshold },
          name: `${info.split}/${info.name}`,
        }),
        ...{ metrics, details },
      };
      if (options.out !== undefined) await write(options.out, output, evaluation.predictions);
      process.stdout.write(options.json ? `${JSON.stringify(output, null, 2)}\n` : evaluationText(output));
      return 0;
    } finally {
      await detector.close();
    }
  },
};

function parse(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: { type: "string" },
      in: { type: "string" },
      out: { type: "string" },
      json: { type: "boolean", default: false },
      target: { type: "string" },
      "fill-missing": { type: "boolean", default: false },
      resamples: { type: "string", default: "1000" },
      threads: { type: "string", default: "2" },
    },
  });
  if (values.in === undefined)
    throw new UsageError(
      "evaluate: --in is missing: the labelled file or folder. See nidslab evaluate --help.",
    );
  if (!/^\d{1,6}$/.test(values.resamples))
    throw new UsageError(
      `evaluate: --resamples expects a whole number from 0 to 999999, found "${values.resamples}".`,
    );
  return {
    ...{ model: values.model, in: values.in, json: values.json, target: values.target },
    out: values.out === undefined ? undefined : localPath(values.out),
    fillMissing: values["fill-missing"],
    resamples: Number(values.resamples),
    threads: threadsOf("evaluate", values.threads),
  };
}

function modelFacts(info: ModelInfo, folder: string): EvaluationOutput["model"] {
  const { split, name, type, profile, onnx_sha256, data } = info;
  return { folder: localPath(folder), split, name, type, profile, onnx_sha256, dataset: data.dataset };
}

function dataFacts(
  path: string,
  { rowsRead, dropped }: FlowInput,
  { flows, unlabelled }: LabelledRows,
): Omit<EvaluationOutput["data"], "filled" | "unknown"> {
  // Where a file lies, and where its rows stand in it, say nothing of what they hold.
  const content = flows.names.filter((name) => !["input_row", "row_id", "source", "dataset"].includes(name));
  return {
    path,
    sha256: contentHash(flows.select(content)),
    rows_read: rowsRead,
    rows: flows.rows,
    unreadable: dropped.reduce((sum, { count }) => sum + count, 0),
    unlabelled,
  };
}

async function write(
  folder: string,
  { metrics, details, ...facts }: EvaluationOutput,
  predictions: Parameters<typeof writeParquet>[1],
): Promise<void> {
  writeJson(join(folder, "metrics.json"), metrics);
  writeJson(join(folder, "details.json"), details);
  writeJson(join(folder, "evaluation.json"), facts);
  await writeParquet(join(folder, "predictions.parquet"), predictions);
}

function warn(line: string): void {
  process.stderr.write(`evaluate: ${line}\n`);
}
