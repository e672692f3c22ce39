import { describe, expect, it } from "vitest";
import { RankedRows } from "#lib/eval/groupMetrics.js";

const isAttack = Uint8Array.of(1, 0, 1, 0, 0, 1, 0);
const scores = [0.9, 0.9, 0.4, 0.4, 0.1, 0.6, 0.7];
const rows = new RankedRows({ isAttack, scores, threshold: 0.5 });

describe("metrics of groups of rows", () => {
  it("count, rank ties as half, and average over the classes that are there", () => {
    const [first, second, third] = rows.byGroup(Int32Array.of(0, 0, 0, 0, 1, 2, -1), 3);
    // Attacks .9 and .4 against benign .9 and .4: one pair right, one wrong, two ties.
    expect(first).toMatchObject({
      ...{ n: 4, attacks: 2, tp: 1, fp: 1, recall: 0.5, fpr: 0.5, precision: 0.5, roc_auc: 0.5 },
      ...{ macro_f1: 0.5, over: ["benign", "attack"], few: true },
    });
    expect(second).toMatchObject({
      ...{ n: 1, attacks: 0, recall: null, recall_95: null, fpr: 0, precision: null, roc_auc: null },
      ...{ macro_f1: 1, over: ["benign"] },
    });
    expect(third).toMatchObject({ n: 1, tp: 1, fpr: null, fpr_95: null, macro_f1: 1, over: ["attack"] });
  });

  it("are those of the whole for all rows", () => {
    const whole = rows.whole();
    expect(whole).toEqual(rows.where(() => true));
    // 12 pairs: .9 beats .4 .1 .7 and ties .9; .6 beats .4 .1; .4 beats .1 and ties .4.
    expect(whole).toMatchObject({ n: 7, attacks: 3, tp: 2, fp: 2, roc_auc: 7 / 12 });
  });

  it("flag groups of fewer than 30 rows", () => {
    const many = new RankedRows({
      isAttack: new Uint8Array(59),
      scores: new Float64Array(59),
      threshold: 1,
    });
    const groups = Int32Array.from({ length: 59 }, (_, row) => Number(row < 29));
    expect(many.byGroup(groups, 2).map(({ n, few }) => [n, few])).toEqual([
      [30, false],
      [29, true],
    ]);
  });

  it("take a threshold a row", () => {
    const own = new RankedRows({ isAttack, scores, threshold: Float64Array.of(1, 1, 0, 0, 0, 0, 1) });
    expect(own.whole()).toMatchObject({ tp: 2, fp: 2 });
  });
});
