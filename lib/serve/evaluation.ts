import { Rng } from "../base/rng.js";
import { attackFlags, type Target, targetOf } from "../dataset/target.js";
import { type Breakdowns, breakdownsOf } from "../eval/breakdowns.js";
import { evaluatePart } from "../eval/evaluate.js";
import type { Windows } from "../eval/overTime.js";
import { predictionTable, type ScoredPart } from "../eval/predictions.js";
import type { Details, PartMetrics } from "../eval/result.js";
import { partInput } from "../eval/scored.js";
import { surroundingsOf } from "../eval/surroundings.js";
import { type ModelInfo, mostProbable } from "../onnx/savedModel.js";
import type { Table } from "../table/table.js";
import type { Detector } from "./detector.js";

/** A stored model on labelled flows: the contents of metrics.json, details.json and predictions.parquet, part `test`. */
export interface Evaluation {
  readonly metrics: { readonly test: PartMetrics };
  readonly details: Omit<Details, "validation"> & {
    readonly test: Details["test"] & { readonly breakdowns: Breakdowns };
  };
  readonly predictions: Table;
  /** Rows of attacks that the model does not know, by class of its target, or by family where its classes are benign and attack. */
  readonly unknown: Readonly<Record<string, number>>;
  readonly filled: readonly string[];
  readonly ignored: readonly string[];
}

export interface EvaluationOptions {
  readonly fillMissing: boolean;
  readonly absent: readonly string[];
  readonly resamples: number;
  readonly windows: Windows;
}

/**
 * Measure a frozen model on flows that it never saw, at its frozen threshold, as the eval stage does on a test part. Attacks
 * that training lacked count as attacks (and as novel), never as benign.
 * @param flows canonical rows, all with a label (labelledRows)
 * @throws SchemaError when columns are missing and `fillMissing` is not set; DataError when a score is not finite
 */
export async function evaluateFlows(
  detector: Detector,
  flows: Table,
  options: EvaluationOptions,
): Promise<Evaluation> {
  const { info } = detector;
  const { scores, features, ownColumns, filled, ignored } = await detector.score(flows, {
    ...options,
    verb: "evaluate",
  });
  const rows = Int32Array.from({ length: flows.rows }, (_, row) => row);
  const truth = { flows, isAttack: attackFlags(flows), target: targetFor(info, flows) };
  const scored: ScoredPart = {
    part: "test",
    rows,
    score: scores.score,
    threshold: info.threshold,
    classes: info.classes,
    predicted: mostProbable(scores),
    probabilities: scores.probabilities,
  };
  const facts = {
    kind: info.kind,
    isMargin: info.scores === "margin",
    classes: info.classes,
    trainingFamilies: info.data.train_families,
  };
  const rng = Rng.root(info.seed).fork("bootstrap").fork("evaluate");
  const input = partInput(truth, facts, scored, { resamples: options.resamples, rng });
  const { metrics, details } = evaluatePart(input);
  const source = { flows, features, ownColumns, windows: options.windows };
  // model.json has the families of training and not their original names.
  const breakdowns = breakdownsOf(input, surroundingsOf(source, rows, null));
  return {
    metrics: { test: metrics },
    details: {
      ...{ split: info.split, model: info.name, type: info.type, kind: info.kind, classes: info.classes },
      decision: { ...info.decision, threshold: info.threshold },
      bootstrap: { resamples: options.resamples, unit: "flow" },
      test: { ...details, breakdowns },
      seeds: null,
    },
    predictions: predictionTable(flows, info.classes, [scored]),
    unknown: unknownClasses(info, truth.target, flows),
    filled,
    ignored,
  };
}

/**
 * The truth in the terms of a model: benign and attack, families, or the attacks' own names. model.json does not say which of
 * the last two its classes are: they are families when training had a family of every such name.
 */
function targetFor({ classes, data }: ModelInfo, flows: Table): Target {
  const attacks = classes.slice(1);
  if (attacks.length === 0 || (attacks.length === 1 && attacks[0] === "attack"))
    return targetOf(flows, "binary");
  const isFamily = attacks.every((name) => data.train_families.includes(name));
  return targetOf(flows, isFamily ? "family" : "label");
}

function unknownClasses({ classes, data }: ModelInfo, target: Target, flows: Table): Record<string, number> {
  const many = target.classes.length > 2 || (classes.length > 0 && classes[1] !== "attack");
  const truth = many ? target : targetOf(flows, "family");
  const known = many ? classes : data.train_families;
  const counts = new Map<string, number>();
  for (const code of truth.codes) {
    const name = truth.classes[code];
    if (code > 0 && !known.includes(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}
