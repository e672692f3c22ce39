import { champion } from "../eval/champion.js";
import type { DecisionRule } from "../eval/decision.js";
import type { IntervalKind } from "../eval/interval95.js";
import type { PairedFile } from "../eval/pairedResult.js";
import type { CvDetails, CvMetrics, Details, Metrics } from "../eval/result.js";
import type { UnitName } from "../eval/units.js";
import type { AuditFacts } from "../explain/audit/facts.js";
import type { ClustersResult } from "../explain/clusters/result.js";
import type { CrossResult } from "../explain/cross/result.js";
import type { LeaksResult } from "../explain/leaks/result.js";
import type { ModelExplanation } from "../explain/modelExplanation.js";
import type { ModelInfo } from "../onnx/savedModel.js";
import type { SplitRecipe } from "../split/recipe.js";
import type { IngestCard, SplitCard } from "./dataCard.js";
import type { History } from "./history.js";

/** What the report reads of artifacts/models/<split>/<model>/model.json. */
export type ModelFile = Pick<
  ModelInfo,
  | "type"
  | "params"
  | "profile"
  | "view"
  | "window"
  | "context"
  | "search"
  | "selection"
  | "seed"
  | "onnx_sha256"
  | "columns"
  | "summary"
  | "calibration"
  | "threshold_note"
  | "operations"
>;

/** One model on one split. */
export interface Result {
  readonly split: string;
  readonly model: string;
  readonly metrics: Metrics;
  readonly details: Details;
  readonly file: ModelFile;
  /** Size of model.onnx. */
  readonly onnxBytes: number;
}

/** One model on one k-fold split: measured on out-of-fold rows, never beside a test part. */
export interface FoldedResult {
  readonly split: string;
  readonly model: string;
  readonly metrics: CvMetrics;
  readonly details: CvDetails;
}

/** The settings that the report puts into words. */
export interface ReportSettings {
  readonly seed: number;
  readonly headline: string;
  readonly target: string;
  readonly splits: Readonly<Record<string, SplitRecipe>>;
  readonly run: { readonly splits: readonly string[]; readonly models: readonly string[] };
  readonly decision: DecisionRule;
  readonly models: Readonly<
    Record<
      string,
      | {
          readonly decision?: DecisionRule;
          readonly context?: boolean | readonly string[];
          readonly profile?: ModelFile["profile"];
        }
      | undefined
    >
  >;
  readonly resamples: number;
  /** What the bootstrap draws, and how its intervals are read. */
  readonly unit: UnitName;
  readonly interval: IntervalKind;
}

/** Scores of the champion on the headline's test part, by group of rows. */
export interface ScoreGroups {
  readonly groups: Readonly<Record<string, ArrayLike<number>>>;
}

/** What a model that trains in rounds or epochs left of its training (history.csv), the steps in the first column. */
export interface TrainingHistory extends History {
  readonly split: string;
  readonly model: string;
}

/** Everything that a report is made of. */
export interface ReportInput {
  readonly settings: ReportSettings;
  /** Splits with a test part, in the order of run.splits and run.models. */
  readonly results: readonly Result[];
  /** K-fold splits, in the same order. */
  readonly folded: readonly FoldedResult[];
  readonly ingest: IngestCard;
  readonly audit: AuditFacts;
  /** By split. */
  readonly splits: Readonly<Record<string, SplitCard>>;
  /** reports/cross.json and reports/leaks.json; null: not read. */
  readonly cross: CrossResult | null;
  readonly leaks: LeaksResult | null;
  /** reports/clusters.json; null: not read. */
  readonly clusters: ClustersResult | null;
  /** Models in pairs on the same rows, by split. */
  readonly paired: Readonly<Record<string, PairedFile>>;
  /** null: not read. */
  readonly scores: ScoreGroups | null;
  /** Models of the headline split, in the order of run.models; empty: not read. */
  readonly explained: readonly ModelExplanation[];
  /** Of the models that have one, in the order of `results`. */
  readonly histories: readonly TrainingHistory[];
}

/** reports/best.json: the model that `predict` takes when none is named. */
export interface Champion {
  readonly split: string;
  readonly model: string;
  /** Folder of model.onnx and model.json. */
  readonly path: string;
  readonly metric: "validation.average_precision";
  readonly value: number | null;
  readonly chosen: string;
}

/** The champion of a split among `names`, as `champion` of lib/eval chooses it. */
export function championOf(results: readonly Result[], split: string, names: readonly string[]): Champion {
  const resultOf = (model: string): Result | undefined =>
    results.find((r) => r.split === split && r.model === model);
  const candidates = names.map((name) => ({
    name,
    oracle: resultOf(name)?.file.profile === "oracle",
    value: resultOf(name)?.metrics.validation.average_precision ?? null,
  }));
  const { name: model, value, how: chosen } = champion(candidates, split);
  const path = `artifacts/models/${split}/${model}`;
  return { ...{ split, model, path }, metric: "validation.average_precision", value, chosen };
}

/** Results of one split, in the order of `run.models`. */
export function resultsOf(input: ReportInput, split: string): Result[] {
  return input.results.filter((result) => result.split === split);
}

/** What tells several results apart: the model, the split, or both. */
export function namesOf(results: readonly Result[]): { readonly names: string[]; readonly subtitle: string } {
  const one = (values: readonly string[]): boolean => new Set(values).size === 1;
  const oneSplit = one(results.map(({ split }) => split));
  const oneModel = one(results.map(({ model }) => model));
  if (oneSplit)
    return { names: results.map(({ model }) => model), subtitle: `split ${results[0].split}, test part` };
  if (oneModel)
    return { names: results.map(({ split }) => split), subtitle: `model ${results[0].model}, test part` };
  return { names: results.map(({ split, model }) => `${split} ${model}`), subtitle: "test part" };
}

/** The headline split first, the others in the order of `run.splits`. */
export function splitsInOrder(settings: ReportSettings): string[] {
  return [settings.headline, ...settings.run.splits.filter((name) => name !== settings.headline)];
}
