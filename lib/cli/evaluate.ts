import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "../base/errors.js";
import { localPath, writeError, writeJson } from "../base/files.js";
import { prettyJson } from "../base/json.js";
import { type EvaluationOutput, evaluateData } from "../serve/evaluateData.js";
import { writeParquet } from "../table/parquet.js";
import type { Table } from "../table/table.js";
import type { Command } from "./command.js";
import { evaluationText } from "./evaluationText.js";
import { threadsOf, unreadableText } from "./flowOptions.js";
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
    // Before the work: a place that cannot be written to then costs nothing.
    if (options.out !== undefined) makeFolder(options.out);
    const { output, predictions, dropped } = await evaluateData({
      ...options,
      folder: modelFolder("evaluate", options.model),
      root: projectFolder(),
    });
    for (const fault of dropped) process.stderr.write(`evaluate: ${unreadableText(fault)}\n`);
    if (options.out !== undefined) await write(options.out, output, predictions);
    process.stdout.write(options.json ? prettyJson(output) : evaluationText(output));
    return 0;
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
    ...{ model: values.model, path: values.in, json: values.json, target: values.target },
    out: values.out === undefined ? undefined : localPath(values.out),
    fillMissing: values["fill-missing"],
    resamples: Number(values.resamples),
    threads: threadsOf("evaluate", values.threads),
  };
}

/** @throws DataError when a file stands there, or it must not be written */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw writeError(path, cause);
  }
}

async function write(
  folder: string,
  { metrics, details, ...facts }: EvaluationOutput,
  predictions: Table,
): Promise<void> {
  writeJson(join(folder, "metrics.json"), metrics);
  writeJson(join(folder, "details.json"), details);
  writeJson(join(folder, "evaluation.json"), facts);
  await writeParquet(join(folder, "predictions.parquet"), predictions);
}
