import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "../base/errors.js";
import { localPath, writeFileAtomic } from "../base/files.js";
import { readFlows } from "../dataset/readFlows.js";
import { Detector } from "../serve/detector.js";
import { hostSummary } from "../serve/hosts.js";
import { modelColumnKinds } from "../serve/modelColumnKinds.js";
import { csvText } from "../table/csv.js";
import { writeParquet } from "../table/parquet.js";
import type { Table } from "../table/table.js";
import type { Command } from "./command.js";
import { threadsOf, unreadableText } from "./flowOptions.js";
import { modelFolder } from "./modelFolder.js";

export const command: Command = {
  summary: "score flows with a trained model",
  help: `Usage: nidslab predict --in PATH [--model DIR] [--out FILE] [--hosts FILE] [options]

Scores every flow of PATH (whatever ingest reads, or canonical Parquet) and writes one line a row: row number, decision,
class, score or probabilities. Without --out the lines go to stdout as CSV.

  --model DIR       a folder with model.json and model.onnx (default: the champion of this project, reports/best.json)
  --in PATH         a file or a folder (nidslab datasets lists what can be read)
  --out FILE        .csv or .parquet
  --hosts FILE      also list originators: flows, alerts, highest score, first and last seen (.csv or .parquet)
  --embedding FILE  also write where a network puts each flow, trained with embedding_output: true (.csv or .parquet)
  --threshold X     decide at X instead of the frozen threshold; recorded in the output as an override
  --table           PATH is a plain table (CSV, TSV, Parquet) for a model that was trained on one (dataset.columns)
  --fill-missing    accept data that lack columns of the model (they count as missing values)
  --threads N       threads of ONNX Runtime (default 2)

Example:
  nidslab predict --in new/conn.log --out decisions.csv --hosts hosts.csv`,
  async run(args) {
    const options = parse(args);
    const folder = modelFolder("predict", options.model);
    const detector = await Detector.open(folder, options.threads);
    const input = await readFlows(options.in, {
      dialect: "auto",
      files: null,
      table: options.table ? modelColumnKinds(detector.info) : undefined,
    });
    const { decisions, filled, ignored } = await detector.detect(input.table, {
      ...options,
      absent: input.absent,
    });
    const embedding =
      options.embedding === undefined
        ? undefined
        : await detector.embed(input.table, { ...options, absent: input.absent });
    await detector.close();
    if (filled.length > 0) warn(`columns that the data lack count as missing: ${filled.join(", ")}`);
    const unused = [...ignored, ...input.ignored];
    if (unused.length > 0) warn(`columns that the model does not take are ignored: ${unused.join(", ")}`);
    for (const fault of input.dropped) warn(unreadableText(fault));
    const hosts = options.hosts === undefined ? undefined : hostSummary(input.table, decisions);
    if (options.out === undefined) process.stdout.write(csvText(decisions));
    else await write(options.out, decisions);
    if (options.hosts !== undefined && hosts !== undefined) await write(options.hosts, hosts);
    if (options.embedding !== undefined && embedding !== undefined) await write(options.embedding, embedding);
    const alerts = Array.from(decisions.numbers("decision")).filter((value) => value === 1).length;
    const at = options.threshold ?? detector.info.threshold;
    warn(
      `${detector.info.split}/${detector.info.name} (${detector.info.type}): ${alerts} of ${decisions.rows} flows at or above the ` +
        `${options.threshold === undefined ? "frozen threshold" : "given threshold (override)"} ${at}`,
    );
    return 0;
  },
};

interface Options {
  readonly model: string | undefined;
  readonly in: string;
  readonly out: string | undefined;
  readonly hosts: string | undefined;
  readonly embedding: string | undefined;
  readonly threshold: number | undefined;
  readonly fillMissing: boolean;
  readonly table: boolean;
  readonly threads: number;
}

function parse(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: { type: "string" },
      in: { type: "string" },
      out: { type: "string" },
      hosts: { type: "string" },
      embedding: { type: "string" },
      threshold: { type: "string" },
      threads: { type: "string", default: "2" },
      "fill-missing": { type: "boolean", default: false },
      table: { type: "boolean", default: false },
    },
  });
  if (values.in === undefined)
    throw new UsageError(
      "predict: --in is missing: the file or folder to score. See nidslab predict --help.",
    );
  const [model, out, hosts, embedding] = [values.model, values.out, values.hosts, values.embedding].map(
    (path) => (path === undefined ? undefined : localPath(path)),
  );
  for (const file of [out, hosts, embedding]) if (file !== undefined) formatOf(file);
  const files = [localPath(values.in), out, hosts, embedding].filter((file) => file !== undefined);
  if (new Set(files.map((file) => resolve(file))).size < files.length)
    throw new UsageError("predict: --in, --out, --hosts and --embedding must be different files.");
  return {
    model,
    in: values.in,
    out,
    hosts,
    embedding,
    threshold: values.threshold === undefined ? undefined : numberOf("--threshold", values.threshold),
    fillMissing: values["fill-missing"],
    table: values.table,
    threads: threadsOf("predict", values.threads),
  };
}

function numberOf(option: string, given: string): number {
  const value = Number(given);
  if (given.trim() === "" || !Number.isFinite(value))
    throw new UsageError(`predict: ${option} expects a number, found "${given}".`);
  return value;
}

function formatOf(file: string): "csv" | "parquet" {
  if (file.endsWith(".csv")) return "csv";
  if (file.endsWith(".parquet")) return "parquet";
  throw new UsageError(
    `predict: ${file} ends neither in .csv nor in .parquet; the ending says what is written.`,
  );
}

async function write(file: string, table: Table): Promise<void> {
  if (formatOf(file) === "csv") writeFileAtomic(file, csvText(table));
  else await writeParquet(file, table);
}

function warn(line: string): void {
  process.stderr.write(`predict: ${line}\n`);
}
