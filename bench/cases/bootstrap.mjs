import { Rng } from "../../dist/base/rng.js";
import { rankScores } from "../../dist/eval/ranking.js";
import { resampledValues } from "../../dist/eval/resamples.js";
import { sortPart } from "../../dist/eval/tally.js";

export const needsData = false;

const ROWS = 1_000_000;
const RESAMPLES = 1_000;

/** Scores that nobody shares: attacks with logits above those of benign flows, a tenth of the rows. */
export function scoredRows(rows = ROWS, seed = 42) {
  const rng = Rng.root(seed);
  const isAttack = new Uint8Array(rows);
  const scores = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    isAttack[i] = rng.uniform() < 0.1 ? 1 : 0;
    const noise = Math.sqrt(-2 * Math.log(1 - rng.uniform())) * Math.cos(2 * Math.PI * rng.uniform());
    scores[i] = 1 / (1 + Math.exp(2 - 2.5 * isAttack[i] - noise));
  }
  return { isAttack, scores };
}

/** 1,000 resamples of 1,000,000 rows, sorting included: all metrics of the kit but the three that need
 * probabilities (Brier, log loss, ECE), among them the peer's four. */
export async function prepare() {
  const { isAttack, scores } = scoredRows();
  const cell = Int32Array.from(isAttack, (attack, i) => attack * 2 + (scores[i] >= 0.5 ? 1 : 0));
  const family = Int32Array.from(isAttack, (attack) => attack - 1);
  return {
    settings: `${RESAMPLES} resamples of ${ROWS} rows, ${new Set(scores).size} distinct scores, 12 metrics, 2 threads`,
    async run() {
      const start = performance.now();
      const rows = { isAttack, scores, isProbability: false };
      const codes = { cell, classes: 2, family, families: 1 };
      const part = sortPart(rows, rankScores(scores), 0.5, codes);
      const task = {
        parts: [{ part, unitAt: null, seen: [true] }],
        units: ROWS,
        resamples: RESAMPLES,
        groups: 0,
      };
      resampledValues({ ...task, stream: "42/bench" }, 2);
      return (performance.now() - start) / 1000;
    },
  };
}
