import type { Grouped } from "../eval/breakdowns.js";
import type { Interval } from "../eval/result.js";
import { absent, count, fixed, interval, plainNumber } from "../report/numbers.js";
import type { EvaluationOutput } from "../serve/evaluateData.js";
import type { TrainedRows } from "../serve/trainedRows.js";
import { textTable } from "./textTable.js";

const shown = [
  ...(["average_precision", "roc_auc", "macro_f1", "recall", "fpr", "precision", "f1", "mcc"] as const),
  "brier",
] as const;

/** The evaluation for a person. */
export function evaluationText(output: EvaluationOutput): string {
  const { metrics, details } = output;
  const { test } = details;
  const rows = shown.map((name) => [
    name,
    withReason(test.intervals[name], test.reasons[name]),
    count(test.intervals[name].n),
  ]);
  const families = test.families.map(({ family, detected, n, seen, ...recall }) => [
    family,
    seen ? "yes" : "no (new)",
    `${count(detected)} of ${count(n)}${n < test.breakdowns.few_rows ? " (few)" : ""}`,
    interval(recall),
  ]);
  const { tp, fp, tn, fn, threshold } = metrics.test;
  const untested =
    test.untested.length === 0 ? "" : `untested (in training, not here): ${test.untested.join(", ")}\n`;
  return [
    facts(output),
    `at the frozen threshold ${threshold === null ? absent : plainNumber(threshold)}: ${count(tp)} attacks found, ${count(fn)} missed, ${count(fp)} false alarms, ${count(tn)} benign passed\n`,
    textTable(["metric", "value ± half the 95% interval", "rows"], rows),
    families.length === 0 ? "" : textTable(["family", "in training", "found", "recall"], families),
    untested,
    ...Object.entries(test.breakdowns.by).map(([name, grouped]) => groupText(name, grouped)),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function withReason(value: Interval, reason: string | undefined): string {
  return value.point === null ? `undefined: ${reason ?? "no rows"}` : interval(value);
}

function facts({ model, data, trained_on, evaluations, metrics }: EvaluationOutput): string {
  const attacks = metrics.test.tp + metrics.test.fn;
  const named = (rows: Readonly<Record<string, number>>): string =>
    Object.entries(rows)
      .map(([name, n]) => `${name} ${count(n)}`)
      .join(", ");
  const lines = [
    `model ${model.split}/${model.name} (${model.type}, ${model.profile}), trained on ${model.dataset}`,
    `data ${data.path}: ${count(data.rows_read)} rows read, ${count(data.rows)} measured, ${count(attacks)} of them attacks`,
    ...(data.unreadable > 0 ? [`unreadable rows: ${count(data.unreadable)}`] : []),
    ...(Object.keys(data.unlabelled).length > 0
      ? [`left out, labels that say neither benign nor attack: ${named(data.unlabelled)}`]
      : []),
    ...(data.filled.length > 0
      ? [`columns that the data lack, taken as missing: ${data.filled.join(", ")}`]
      : []),
    ...(Object.keys(data.unknown).length > 0
      ? [`attacks that the model does not know, counted as attacks: ${named(data.unknown)}`]
      : []),
    ...seenLines(trained_on),
    `these rows were evaluated ${evaluations.times === 1 ? "once" : `${evaluations.times} times`} on this machine, with ${evaluations.models} model${evaluations.models === 1 ? "" : "s"} (runs/evaluations.jsonl)`,
  ];
  return `${lines.join("\n")}\n`;
}

function seenLines(rows: TrainedRows | null): string[] {
  if (rows === null || rows.train + rows.validation === 0) return [];
  return [
    `WARNING: the model was trained on ${count(rows.train)} of these rows and its threshold chosen on ${count(rows.validation)}: these numbers say what it remembers`,
  ];
}

/** Groups in the table of one breakdown; --json has more. */
const LARGEST = 6;

function groupText(name: string, { groups, others }: Grouped): string {
  if (groups.length < 2) return "";
  const rate = (value: number | null): string => (value === null ? "–" : fixed(value, 3));
  const left = groups.length - LARGEST + (others?.pooled ?? 0);
  const rows = groups
    .slice(0, LARGEST)
    .map((group) => [
      `${group.name ?? "none recorded"}${group.few ? " (few)" : ""}`,
      count(group.n),
      count(group.attacks),
      rate(group.recall),
      rate(group.fpr),
    ]);
  const more = left > 0 ? `and ${count(left)} more: --json\n` : "";
  return `${textTable([`by ${name}`, "rows", "attacks", "recall", "fpr"], rows)}${more}`;
}
