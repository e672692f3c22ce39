import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readCost } from "../base/cost.js";
import { DataError, UsageError } from "../base/errors.js";
import { readJson, writeFileAtomic } from "../base/files.js";
import { compareText } from "../base/json.js";
import { didYouMean } from "../base/nearest.js";
import type { CvMetrics, Metrics } from "../eval/result.js";
import { costPage, type MeasuredCost, splitsOf, timeFigure } from "../report/costPage.js";
import { absent, fixed } from "../report/numbers.js";
import { renderSvg } from "../report/svg.js";
import type { Command } from "./command.js";
import { textTable } from "./textTable.js";

export const command: Command = {
  summary: "what the models cost here: fit seconds, microseconds a flow, memory, and what that buys",
  help: `Usage: nidslab cost [--json] [--html FILE] [--figure FILE [--split NAME]]

Shows what train and eval measured the last time that they ran on this machine (runs/cost/, not tracked by Git): seconds
of fitting, microseconds of scoring a flow, peak memory, size and operations of model.onnx, beside the average precision
on test rows. Times depend on the machine and on what else runs; the report has only what does not.

  --json          the measurements as JSON
  --html FILE     a page with the table, and a figure of quality against cost a split
  --figure FILE   that figure alone, as .svg
  --split NAME    which split the figure shows (default: the first)

Example:
  nidslab cost --figure cost.svg --split site`,
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: "boolean" },
        html: { type: "string" },
        figure: { type: "string" },
        split: { type: "string" },
      },
    });
    if (values.figure !== undefined && !values.figure.endsWith(".svg"))
      throw new UsageError(`cost: --figure ${values.figure}: a name that ends in .svg was expected.`);
    if (values.split !== undefined && values.figure === undefined)
      throw new UsageError("cost: --split says what --figure shows, and there is no --figure.");
    const costs = readCosts(process.cwd());
    const splits = splitsOf(costs);
    const { split = splits[0] } = values;
    if (!splits.includes(split))
      throw new UsageError(
        `cost: no model was measured on split "${split}" (has: ${splits.join(", ")}).${didYouMean(split, splits)}`,
      );
    if (values.html !== undefined) writeFileAtomic(values.html, await costPage(costs));
    if (values.figure !== undefined)
      writeFileAtomic(values.figure, await renderSvg(timeFigure(costs, split).vegaLite));
    process.stdout.write(values.json ? `${JSON.stringify(costs, null, 2)}\n` : tableOf(costs));
    for (const written of [values.html, values.figure])
      if (written !== undefined) process.stderr.write(`${written}\n`);
    return 0;
  },
};

/** @throws DataError when nothing was measured yet */
function readCosts(root: string): MeasuredCost[] {
  const folder = join(root, "runs/cost");
  const names = existsSync(folder) ? readdirSync(folder).sort(compareText) : [];
  const costs = names.flatMap((name): MeasuredCost[] => {
    const cost = name.endsWith(".json") ? readCost(join(folder, name)) : null;
    return cost === null ? [] : [{ ...cost, average_precision: qualityOf(root, cost.split, cost.model) }];
  });
  if (costs.length === 0)
    throw new DataError(
      "cost: runs/cost holds no measurements. They are made where train and eval run: nidslab repro, or " +
        "nidslab repro --force where everything is up to date.",
    );
  return costs;
}

function qualityOf(root: string, split: string, model: string): number | null {
  const path = join(root, `reports/metrics/${split}/${model}.json`);
  if (!existsSync(path)) return null;
  const metrics = readJson<Metrics | CvMetrics>(path, "Run nidslab repro.");
  return ("cv" in metrics ? metrics.cv : metrics.test).average_precision;
}

function tableOf(costs: readonly MeasuredCost[]): string {
  const shown = (value: number | null | undefined, digits = 0): string =>
    value == null ? absent : fixed(value, digits);
  const header = [
    "split",
    "model",
    "AP",
    "fit s",
    "cpu s",
    "us/flow",
    "cpu us/flow",
    "train MiB",
    "eval MiB",
    "bytes",
    "operations",
  ];
  return textTable(
    header,
    costs.map((cost) => [
      cost.split,
      cost.model,
      shown(cost.average_precision, 3),
      shown(cost.train?.seconds, 2),
      shown(cost.train?.cpu_seconds, 2),
      shown(cost.eval?.us_per_flow, 2),
      shown(cost.eval?.cpu_us_per_flow, 2),
      shown(cost.train?.peak_mib),
      shown(cost.eval?.peak_mib),
      shown(cost.onnx_bytes),
      shown(cost.operations),
    ]),
  );
}
