#!/usr/bin/env node
/**
 * How often the kit's 95% intervals hold the truth: simulated test sets from score models whose metrics are known.
 *   npm run build && node bench/coverage.mjs [SETS] [RESAMPLES]      (default 1000 500)
 * Flows: 600 independent flows, a fifth of them attacks; scores N(0, 1) and N(1.5, 1), threshold 1.
 * Hosts: 120 hosts of 5 flows, 30% attacks; all scores of a host are shifted by the same N(0, 0.7).
 */
import { normalCdf } from "../dist/base/normal.js";
import { Rng } from "../dist/base/rng.js";
import { interval95 } from "../dist/eval/interval95.js";
import { columnsOf, jackknifeGroups } from "../dist/eval/intervals.js";
import { rankScores } from "../dist/eval/ranking.js";
import { resampledValues } from "../dist/eval/resamples.js";
import { metricNames } from "../dist/eval/result.js";
import { sortPart, tally } from "../dist/eval/tally.js";
import { valuesOf } from "../dist/eval/values.js";

const [SETS, RESAMPLES] = [Number(process.argv[2] ?? 1000), Number(process.argv[3] ?? 500)];
const METRICS = ["accuracy", "macro_f1", "roc_auc", "average_precision", "recall", "fpr"];
const independent = { hosts: 600, flows: 1, share: 0.2, shift: 1.5, host: 0, threshold: 1 };
const clustered = { hosts: 120, flows: 5, share: 0.3, shift: 1.5, host: 0.7, threshold: 1 };

/** The metrics of the whole population. */
function truthOf({ share, shift, host, threshold }) {
  const spread = Math.hypot(1, host);
  const above = (mean, at) => 1 - normalCdf((at - mean) / spread);
  const [recall, fpr] = [above(shift, threshold), above(0, threshold)];
  const [tp, fp] = [share * recall, (1 - share) * fpr];
  const [fn, tn] = [share - tp, 1 - share - fp];
  // Precision over recall, in small steps of the threshold.
  let [average, before] = [0, 0];
  for (let at = 12; at > -12; at -= 1e-4) {
    const found = above(shift, at);
    const precision = (share * found) / (share * found + (1 - share) * above(0, at));
    if (Number.isFinite(precision)) average += precision * (found - before);
    before = found;
  }
  return {
    ...{ accuracy: tp + tn, recall, fpr, average_precision: average },
    macro_f1: (tp / (tp + (fp + fn) / 2) + tn / (tn + (fp + fn) / 2)) / 2,
    roc_auc: normalCdf(shift / spread / Math.SQRT2),
  };
}

function normal(rng) {
  return Math.sqrt(-2 * Math.log(1 - rng.uniform())) * Math.cos(2 * Math.PI * rng.uniform());
}

function testSet({ hosts, flows, share, shift, host, threshold }, rng) {
  const n = hosts * flows;
  const isAttack = Uint8Array.from({ length: n }, () => (rng.uniform() < share ? 1 : 0));
  const hostShift = Float64Array.from({ length: hosts }, () => host * normal(rng));
  const scores = Float64Array.from(
    isAttack,
    (attack, i) => shift * attack + hostShift[Math.floor(i / flows)] + normal(rng),
  );
  const codes = {
    cell: Int32Array.from(isAttack, (attack, i) => attack * 2 + (scores[i] >= threshold ? 1 : 0)),
    family: Int32Array.from(isAttack, (attack) => attack - 1),
    ...{ classes: 2, families: 1 },
  };
  return sortPart({ isAttack, scores, isProbability: false }, rankScores(scores), threshold, codes);
}

/** Share of the test sets whose interval holds the truth, by metric. */
function coverage(model, unit) {
  const truth = truthOf(model);
  const held = { percentile: {}, bca: {} };
  for (let set = 0; set < SETS; set++) {
    const rng = Rng.root(7).fork(unit).fork(set);
    const part = testSet(model, rng.fork("data"));
    const units = unit === "host" ? model.hosts : part.n;
    const unitAt = unit === "host" ? part.order.map((row) => Math.floor(row / model.flows)) : null;
    const groups = jackknifeGroups("bca", units);
    const task = { parts: [{ part, unitAt, seen: [true] }], units, resamples: RESAMPLES, groups };
    const [drawn] = resampledValues({ ...task, stream: rng.fork("bootstrap").path });
    const points = valuesOf(tally(part, new Uint8Array(part.n).fill(1)), part, [true]);
    for (const metric of METRICS) {
      const v = metricNames.indexOf(metric);
      for (const kind of ["percentile", "bca"]) {
        const ends = interval95(kind, { point: points[v], ...columnsOf(drawn, v, RESAMPLES) });
        held[kind][metric] ??= 0;
        if (ends !== null && ends.lo <= truth[metric] && truth[metric] <= ends.hi) held[kind][metric]++;
      }
    }
  }
  return held;
}

console.log(`| data | unit | interval | ${METRICS.join(" | ")} |`);
console.log(`|---|---|---|${METRICS.map(() => "---:").join("|")}|`);
for (const [data, model, unit] of [
  ["independent flows", independent, "flow"],
  ["flows of hosts", clustered, "flow"],
  ["flows of hosts", clustered, "host"],
]) {
  const held = coverage(model, unit);
  for (const kind of ["percentile", "bca"]) {
    const shares = METRICS.map((metric) => `${((100 * held[kind][metric]) / SETS).toFixed(1)}%`);
    console.log(`| ${data} | ${unit} | ${kind} | ${shares.join(" | ")} |`);
  }
}
