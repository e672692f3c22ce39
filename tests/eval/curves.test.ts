import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { prCurve, rocCurve, thin } from "#lib/eval/curves.js";
import { cutsOf, rankScores } from "#lib/eval/ranking.js";

it("leaves a short line alone and keeps the corners of a long one", () => {
  expect(thin([0, 1, 2], [0, 5, 0], 3)).toEqual({ x: [0, 1, 2], y: [0, 5, 0] });
  const x = Array.from({ length: 101 }, (_, i) => i);
  const y = x.map((v) => (v === 30 ? 9 : v === 70 ? -4 : 0));
  expect(thin(x, y, 8)).toEqual({ x: [0, 29, 30, 31, 69, 70, 71, 100], y: [0, 0, 9, 0, 0, -4, 0, 0] });
});

it("thins curves of many distinct scores to 500 points that stay close to the curve", () => {
  const rng = Rng.root(42).fork("curves");
  const isAttack = Uint8Array.from({ length: 20000 }, () => rng.integer(2));
  const scores = Float64Array.from(isAttack, (attack) => rng.uniform() + attack / 2);
  const cuts = cutsOf({ isAttack, scores }, rankScores(scores));
  const roc = rocCurve(cuts);
  expect(roc.fpr.length).toBe(500);
  expect([roc.fpr[0], roc.tpr[0], roc.fpr[499], roc.tpr[499]]).toEqual([0, 0, 1, 1]);
  expect(prCurve(cuts).recall.length).toBe(500);
  // The area under the thinned line against the area under all vertices.
  let exact = 0;
  for (let g = 1; g < cuts.tp.length; g++)
    exact += ((cuts.fp[g] - cuts.fp[g - 1]) * (cuts.tp[g] + cuts.tp[g - 1])) / 2;
  let drawn = 0;
  for (let i = 1; i < 500; i++) drawn += ((roc.fpr[i] - roc.fpr[i - 1]) * (roc.tpr[i] + roc.tpr[i - 1])) / 2;
  expect(drawn).toBeCloseTo(exact / (cuts.attacks * cuts.benign), 3);
});
