import { readFileSync, statSync } from "node:fs";
import type { PairedFile } from "../../eval/pairedResult.js";
import type { CvDetails, CvMetrics, Details, Metrics } from "../../eval/result.js";
import type { AuditFacts } from "../../explain/audit/facts.js";
import type { ClustersResult } from "../../explain/clusters/result.js";
import type { CrossResult } from "../../explain/cross/result.js";
import type { LeaksResult } from "../../explain/leaks/result.js";
import type { ModelExplanation } from "../../explain/modelExplanation.js";
import type { IngestCard, SplitCard } from "../../report/dataCard.js";
import { parseHistory } from "../../report/history.js";
import { buildReport } from "../../report/report.js";
import {
  type Champion,
  championOf,
  type FoldedResult,
  type ModelFile,
  type ReportInput,
  type ReportSettings,
  type Result,
  type ScoreGroups,
  type TrainingHistory,
} from "../../report/results.js";
import { scoreGroups } from "../../report/scores.js";
import { hasFolds } from "../../split/recipe.js";
import type { Params } from "../params.js";
import type { Stage, StageIo } from "../stage.js";

/**
 * What a reader looks at. Reads what eval, train, split and ingest left; first deletes what they left for splits and
 * models that are no longer in run. Writes report.md, report.html, comparison.*, figures/, cards/,
 * data-card.json and best.json below reports/.
 */
export const report: Stage = {
  name: "report",
  async run(params, io) {
    removeStale(params, io);
    const input = await readReportInput(params, io);
    const { champion, texts } = await buildReport(input);
    for (const [name, text] of texts) io.writeText(`reports/${name}`, text);
    for (const [folder, ending] of [
      ["figures", ".svg"],
      ["cards", ".md"],
    ])
      for (const name of io.list(`reports/${folder}`))
        if (name.endsWith(ending) && !texts.has(`${folder}/${name}`)) io.remove(`reports/${folder}/${name}`);
    io.writeJson("reports/data-card.json", { ingest: input.ingest, splits: input.splits });
    io.writeJson("reports/best.json", champion);
    io.log(`champion of split ${champion.split}: ${champion.model} (${champion.chosen})`);
    io.log("reports/report.html");
  },
};

/** Everything that the report is made of, as the stages before it left it. */
export async function readReportInput(params: Params, io: StageIo): Promise<ReportInput> {
  const settings = settingsOf(params);
  const results = readResults(params, io);
  const champion = championOf(results, settings.headline, params.run.models);
  const ingest = io.readJson<IngestCard>("artifacts/ingest.json");
  const splits = Object.fromEntries(
    params.run.splits.map((name) => [name, io.readJson<SplitCard>(`artifacts/splits/${name}.json`)]),
  );
  return {
    settings,
    results,
    folded: readFolded(params, io),
    ingest,
    audit: io.readJson<AuditFacts>("artifacts/audit.json"),
    splits,
    cross: io.readJson<CrossResult>("reports/cross.json"),
    clusters: io.readJson<ClustersResult>("reports/clusters.json"),
    leaks: io.readJson<LeaksResult>("reports/leaks.json"),
    paired: Object.fromEntries(
      params.run.splits.map((name) => [name, io.readJson<PairedFile>(`reports/paired/${name}.json`)]),
    ),
    scores: await readScores(champion, results, io),
    explained: params.run.models.map((model) =>
      io.readJson<ModelExplanation>(`reports/explain/${model}.json`),
    ),
    histories: readHistories(results, io),
  };
}

/** What the report says about how the results came about. */
export function settingsOf(params: Params): ReportSettings {
  return {
    seed: params.seed,
    headline: params.report.headline,
    target: params.task.target,
    splits: params.splits,
    run: params.run,
    decision: params.decision,
    models: params.models,
    ...params.eval.bootstrap,
  };
}

function readResults(params: Params, io: StageIo): Result[] {
  return splitsWith(params, false).flatMap((split) =>
    params.run.models.map((model): Result => {
      const folder = `artifacts/models/${split}/${model}`;
      const file = io.readJson<ModelFile>(`${folder}/model.json`);
      return {
        split,
        model,
        metrics: io.readJson<Metrics>(`reports/metrics/${split}/${model}.json`),
        details: io.readJson<Details>(`reports/details/${split}/${model}.json`),
        file,
        onnxBytes: statSync(io.path(`${folder}/model.onnx`)).size,
      };
    }),
  );
}

function readFolded(params: Params, io: StageIo): FoldedResult[] {
  return splitsWith(params, true).flatMap((split) =>
    params.run.models.map((model) => ({
      split,
      model,
      metrics: io.readJson<CvMetrics>(`reports/metrics/${split}/${model}.json`),
      details: io.readJson<CvDetails>(`reports/details/${split}/${model}.json`),
    })),
  );
}

function readHistories(results: readonly Result[], io: StageIo): TrainingHistory[] {
  return results.flatMap(({ split, model }) => {
    const path = `artifacts/models/${split}/${model}/history.csv`;
    if (!io.exists(path)) return [];
    return [{ split, model, ...parseHistory(readFileSync(io.path(path), "utf8"), path) }];
  });
}

/** Splits of `run` with folds, or with a test part. */
function splitsWith({ run, splits }: Params, folds: boolean): string[] {
  return run.splits.filter((name) => hasFolds(splits[name]) === folds);
}

async function readScores(
  { split, model }: Champion,
  results: readonly Result[],
  io: StageIo,
): Promise<ScoreGroups> {
  const families = results.find((r) => r.split === split && r.model === model)!.details.test.families;
  const path = `artifacts/eval/${split}/${model}/predictions.parquet`;
  const table = await io.readTable(path, ["part", "family", "score"]);
  return { groups: scoreGroups(table, families) };
}

/**
 * Outputs of splits and models that are not in `run`: dvc keeps them. The report must not show them, and stages that
 * depend on whole folders (this one, the notebooks) must not see other files than a fresh clone would have.
 */
function removeStale({ run }: Params, io: StageIo): void {
  for (const root of ["artifacts/splits", "artifacts/features"]) {
    for (const entry of io.list(root)) {
      if (!run.splits.includes(entry.replace(/\.(parquet|json)$/, ""))) io.remove(`${root}/${entry}`);
    }
  }
  for (const name of io.list("reports/explain"))
    if (!run.models.includes(name.replace(/\.json$/, ""))) io.remove(`reports/explain/${name}`);
  for (const root of ["artifacts/eval", "artifacts/models", "reports/metrics", "reports/details"]) {
    for (const split of io.list(root)) {
      if (!run.splits.includes(split)) {
        io.remove(`${root}/${split}`);
        continue;
      }
      for (const entry of io.list(`${root}/${split}`)) {
        if (!run.models.includes(entry.replace(/\.json$/, ""))) io.remove(`${root}/${split}/${entry}`);
      }
    }
  }
}
