import { type Pair, pairedMetrics } from "#lib/eval/paired.js";
import type { PairedFile } from "#lib/eval/pairedResult.js";
import type { Details, FamilyRecall, Interval, Metrics, PartDetails, PartMetrics } from "#lib/eval/result.js";
import { metricNames } from "#lib/eval/result.js";
import type { AuditFacts } from "#lib/explain/audit/facts.js";
import type { SplitCard } from "#lib/report/dataCard.js";
import type { ReportInput, Result } from "#lib/report/results.js";
import type { Part } from "#lib/split/recipe.js";

/** Made-up results for tests of the report: their numbers mean nothing and reach no real report. */

const families: readonly (readonly [name: string, flows: number, seen: boolean])[] = [
  ["BruteForce-HTTP", 246, true],
  ["BruteForce-SSH", 96, true],
  ["C2-Beacon", 170, true],
  ["DNS-Tunnel", 559, false],
  ["DoS-HTTPFlood", 602, true],
  ["DoS-SYNFlood", 1796, true],
  ["DoS-Slowloris", 117, true],
  ["Exfiltration", 26, true],
  ["PortScan", 726, true],
  ["SlowScan", 191, true],
  ["WebAttack", 162, true],
];

export function interval(point: number | null, width: number, n: number): Interval {
  if (point === null) return { point, lo: null, hi: null, n };
  return { point, lo: Math.max(0, point - width), hi: Math.min(1, point + width), n };
}

function partMetrics(quality: number, undefinedScores: boolean): PartMetrics {
  const attacks = families.reduce((sum, [, n]) => sum + n, 0);
  const tp = Math.round(attacks * quality);
  const fp = Math.round(9201 * (1 - quality) * 0.2);
  const rates = Object.fromEntries(metricNames.map((name, i) => [name, Math.max(0, quality - i * 0.004)]));
  return {
    ...(rates as Record<(typeof metricNames)[number], number>),
    ...(undefinedScores ? { brier: null, log_loss: null, ece: null } : {}),
    n: attacks + 9201,
    tp,
    fp,
    fn: attacks - tp,
    tn: 9201 - fp,
    fpr: fp / 9201,
    recall: tp / attacks,
    recall_at_fpr: { "0.001": quality / 3, "0.01": quality / 2, "0.05": quality / 1.2 },
    threshold: 0.4137,
    alerts_per_10k_flows: (1e4 * (tp + fp)) / (attacks + 9201),
    alerts_per_hour: (tp + fp) / 12,
    precision_at_base_rate: { "0.01": quality / 2, "0.001": quality / 10, "0.0001": quality / 100 },
    at_half: { accuracy: quality, macro_f1: quality - 0.02, fpr: 0.03 },
  };
}

function partDetails(metrics: PartMetrics, quality: number, undefinedScores: boolean): PartDetails {
  const x = Array.from({ length: 101 }, (_, i) => i / 100);
  const recalls = families.map(([family, n, seen], i): FamilyRecall => {
    const point = Math.min(1, Math.max(0, quality + ((i * 37) % 50) / 100 - 0.35));
    const detected = Math.round(point * n);
    return { family, seen, detected, ...interval(detected / n, 1 / Math.sqrt(n), n) };
  });
  const reasons = undefinedScores
    ? Object.fromEntries(
        ["brier", "log_loss", "ece"].map((name) => [name, "a detector has a score and no probability"]),
      )
    : {};
  return {
    intervals: Object.fromEntries(
      metricNames.map((name) => [name, interval(metrics[name], 0.008, metrics.n)]),
    ) as PartDetails["intervals"],
    reasons,
    roc: { fpr: x, tpr: x.map((v) => v ** (1 - quality)) },
    pr: { recall: x, precision: x.map((v) => 1 - (1 - quality) * v) },
    confusion: {
      classes: ["benign", "attack"],
      counts: [
        [metrics.tn, metrics.fp],
        [metrics.fn, metrics.tp],
      ],
    },
    per_class: [],
    averages: null,
    reliability: null,
    families: recalls,
    seen: interval(quality, 0.01, 4132),
    novel: interval(quality / 4, 0.03, 559),
    untested: ["BruteForce-FTP", "LateralMovement"],
    subsets: {},
  };
}

function result(split: string, model: string, type: string, quality: number): Result {
  const detector = type === "isolation-forest";
  const validation = partMetrics(Math.min(0.99, quality + 0.1), detector);
  const test = partMetrics(quality, detector);
  const metrics: Metrics = { validation, test };
  const details: Details = {
    split,
    model,
    type,
    kind: detector ? "detector" : "classifier",
    classes: ["benign", "attack"],
    decision: { rule: detector ? "benign-quantile" : "max-f1", threshold: test.threshold },
    bootstrap: { resamples: 1000, unit: "flow" },
    validation: partDetails(validation, Math.min(0.99, quality + 0.1), detector),
    test: partDetails(test, quality, detector),
    seeds: null,
  };
  return {
    split,
    model,
    metrics,
    details,
    file: {
      type,
      params: { trees: 100, depth: 6, learning_rate: 0.1 },
      profile: "realistic",
      view: "raw",
      columns: Array.from({ length: 27 }, (_, i) => ({ name: `c${i}`, type: "float32", unit: "bytes" })),
      seed: 42,
      onnx_sha256: "ab".repeat(32),
      calibration: { method: "none" },
      operations: 1234,
      summary: { rounds: 87 },
    },
    onnxBytes: 1_234_567,
  };
}

function card(shared: number): SplitCard {
  const rows = (n: number, seen: boolean): Record<Part, number> => ({
    train: seen ? Math.round(0.8 * n) : 0,
    validation: seen ? Math.round(0.2 * n) : 0,
    test: n,
    unused: 0,
  });
  return {
    unused: {},
    coverage: {
      benign: rows(9201, true),
      "BruteForce-FTP": { train: 112, validation: 28, test: 0, unused: 0 },
      ...Object.fromEntries(families.map(([name, n, seen]) => [name, rows(n, seen)])),
    },
    left_out_of_validation: [],
    shared_content: { test: { rows: shared, share: shared / 13892, under_another_label: 12 } },
  };
}

/** Boosting differs from the others, the others do not differ. */
function pairedFile(split: string, models: readonly string[]): PairedFile {
  const pairs = models.flatMap((a, i) =>
    models.slice(i + 1).map((b): Pair => {
      const differs = a === "boosting" || b === "boosting";
      const p = differs ? 0.002 : 0.4;
      const difference = { a: 0.7, b: 0.8, difference: 0.1, lo: 0.05, hi: 0.15, p, p_holm: p, differs };
      return {
        ...{ a, b },
        metrics: Object.fromEntries(pairedMetrics.map((name) => [name, difference])) as Pair["metrics"],
        mcnemar: { only_a: 12, only_b: 30, test: "chi-square", p, p_holm: p, differs },
      };
    }),
  );
  const units = { count: 13892, rows_without: 0, few: false };
  const part = { n: 13892, resamples: 1000, units, pairs };
  return {
    ...{
      split,
      bootstrap: { resamples: 1000, unit: "flow" },
      alpha: 0.05,
      correction: "holm",
      models,
      control: null,
    },
    parts: { validation: part, test: part },
  };
}

/** A whole input of the report: two splits, three models, eleven families of which one is new. */
export function sampleInput(): ReportInput {
  const models = [
    ["logistic", "logistic", 0.62],
    ["boosting", "gradient-boosting", 0.79],
    ["isolation", "isolation-forest", 0.55],
  ] as const;
  return {
    settings: {
      seed: 42,
      headline: "site",
      target: "binary",
      splits: {
        site: { recipe: "group", by: "site", test: ["b"], validation: 0.2 },
        random: { recipe: "stratified", test: 0.3, validation: 0.2 },
      },
      run: { splits: ["random", "site"], models: models.map(([name]) => name) },
      decision: { rule: "max-f1" },
      models: { isolation: { decision: { rule: "benign-quantile", contamination: 0.02 } } },
      ...{ resamples: 1000, unit: "flow", interval: "percentile" },
    },
    results: ["random", "site"].flatMap((split) =>
      models.map(([name, type, quality]) =>
        result(split, name, type, split === "random" ? quality + 0.18 : quality),
      ),
    ),
    folded: [],
    cross: null,
    leaks: null,
    clusters: null,
    audit: sampleAudit,
    ingest: {
      datasets: ["testbed"],
      dialects: [
        {
          title: "Zeek conn.log and conn.log.labeled (TSV or JSON lines, .gz)",
          row: "one connection as Zeek sees it: a two-way conversation of a five-tuple until it ends or times out",
          label_policy: "label Benign or Normal is benign; Malicious is an attack named by detailed-label.",
          citation:
            "Paxson 1999, Bro: a system for detecting network intruders in real-time, Computer Networks 31",
          never: [
            { name: "ts_us", why: "the time of the recording" },
            { name: "orig_addr", why: "names a host of this network" },
          ],
          oracle: [{ name: "resp_port", why: "servers of a testbed have fixed ports" }],
        },
      ],
      rows: { read: 29345, kept: 29339, dropped: 6, capped: 0 },
      dropped: { too_few_fields: 2, label_unknown: 4 },
      repaired: { blank_line: 3 },
      labels: { unknown: { rows: 4, policy: "drop" }, empty: { rows: 0, policy: "drop" } },
      files: ["site-a/day1", "site-a/day2", "site-b/day1", "site-b/day2"].map((file) => ({
        file,
        rows_read: 7335,
        rows_kept: 7334,
      })),
      ignored_files: [{ file: "hosts.csv", why: "zeek: no #fields line" }],
      duplicates: { repeated: 9120, contradictory: 340 },
    },
    splits: { site: card(1205), random: card(6120) },
    histories: [],
    explained: [],
    paired: Object.fromEntries(
      ["random", "site"].map((split) => [
        split,
        pairedFile(
          split,
          models.map(([name]) => name),
        ),
      ]),
    ),
    scores: {
      groups: {
        benign: Array.from({ length: 900 }, (_, i) => (i / 900) ** 3),
        "attacks, families seen": Array.from({ length: 400 }, (_, i) => 1 - (i / 400) ** 3),
        "attacks, new families": Array.from({ length: 60 }, (_, i) => (i / 60) ** 1.5),
      },
    },
  };
}

/** An audit with one finding of each kind. */
const sampleAudit: AuditFacts = {
  files: [
    {
      path: "site-a/day1.conn.log.labeled",
      dialect: "zeek",
      dataset: "testbed",
      rows: 7335,
      bad_rows: { too_few_fields: 2 },
      bad_lines: { too_few_fields: [12, 99] },
      repaired: { blank_line: 3 },
      labels: { Benign: 4000, Malicious: 3333 },
      families: { benign: 4000, DoS: 3333 },
      duplicates: 20,
      clock: { first_us: 1, last_us: 9, backwards: 4, missing: 0 },
      negative_durations: 1,
      absent_columns: ["tunnel_parents"],
      ignored_columns: ["extra"],
      columns: [],
    },
  ],
  ignored_files: [],
  totals: {
    files: 1,
    rows: 7335,
    bad_rows: 2,
    duplicates: 20,
    duplicates_with_label: 18,
    contradictory: 2,
    contradictory_benign: 2,
  },
  shortcuts: {
    limit: 0.9,
    rows: 7333,
    columns: [
      { column: "duration_s", file_column: "duration", macro_f1: 0.95, shortcut: true },
      { column: "resp_bytes", file_column: "resp_bytes", macro_f1: 0.81, shortcut: false },
    ],
  },
};
