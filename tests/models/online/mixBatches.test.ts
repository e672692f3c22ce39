import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { type MixInput, mixBatches } from "#lib/models/online/mixBatches.js";
import { type MixerParams, mixerParams } from "#lib/models/online/mixerParams.js";
import { quotas } from "#lib/models/online/mixers.js";

/** Rows written as "dataset label" words: `a0` is a benign row of dataset a, `b1` an attack of b. */
function rows(words: string): MixInput["train"] {
  const all = words.split(" ").filter((word) => word !== "");
  const names = [...new Set(all.map((word) => word[0]))].sort();
  return {
    dataset: { names, codes: Int32Array.from(all, (word) => names.indexOf(word[0])) },
    y: Int32Array.from(all, (word) => Number(word[1])),
  };
}

function repeat(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([word, count]) => `${word} `.repeat(count))
    .join("");
}

function mix(params: object, train: string, options: { validation?: string; seed?: number } = {}) {
  const input = {
    train: rows(train),
    ...(options.validation === undefined ? {} : { validation: rows(options.validation) }),
    classes: ["benign", "attack"],
  };
  return mixBatches(mixerParams.parse(params) as MixerParams, input, Rng.root(options.seed ?? 1));
}

const learned = ({ batches }: ReturnType<typeof mix>): number[] =>
  batches.flatMap((batch) => [...batch.rows]);
const sizes = ({ batches }: ReturnType<typeof mix>): number[] => batches.map((batch) => batch.rows.length);

describe("sequential", () => {
  it("takes dataset after dataset, each in its own order", () => {
    const mixed = mix({ type: "sequential", batch_size_train: 2 }, "b0 a0 a1 b1 a0");
    expect(mixed.batches.map((batch) => [...batch.rows])).toEqual([[1, 2], [4], [0, 3]]);
    expect(mixed.plan.batches[1]).toEqual({ counts: { a: 1 }, train_count: 1, val_count: 0, resampled: {} });
    expect(mixed.plan.ended).toBe("every dataset has run out");
  });

  it("takes the datasets that are named, in that order, with a batch size of their own", () => {
    const params = { type: "sequence", datasets: ["b", "a"], per_dataset_batch_size: { b: 1 } };
    const mixed = mix(params, "a0 b0 b1 c0 a1");
    expect(mixed.batches.map((batch) => [...batch.rows])).toEqual([[1], [2], [0, 4]]);
    expect([mixed.plan.mixer, mixed.plan.left_out]).toEqual(["sequential", { c: 1 }]);
  });
});

describe("random", () => {
  it("has every row once, in full batches, whatever the weights", () => {
    const train = repeat({ a0: 700, b1: 200, c0: 100 });
    const mixed = mix({ type: "random", batch_size_train: 64, weights: { a: 1, b: 5, c: 1 } }, train);
    expect(learned(mixed).sort((x, y) => x - y)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(sizes(mixed)).toEqual([...Array(15).fill(64), 40]);
    // Five in seven of a batch are of b until b has run out; what it then lacks comes from a.
    expect(mixed.plan.batches[0].counts.b).toBeGreaterThan(35);
    expect(mixed.plan.batches[9].counts.b).toBeUndefined();
  });

  it("makes smaller batches where it may not refill, and ends when one finds nothing", () => {
    const train = repeat({ a0: 500, b1: 60 });
    const params = { type: "random_batches", batch_size_train: 50, refill_shortfall: false };
    const mixed = mix(params, train);
    expect(new Set(learned(mixed)).size).toBe(560);
    // Once b has run out, a batch has the rows of a that it drew and no more.
    const after = mixed.plan.batches.filter(({ counts }) => counts.b === undefined);
    expect(sizes(mixed)[0]).toBe(50);
    expect(after.length).toBeGreaterThan(10);
    for (const batch of after) expect(batch.train_count).toBeLessThan(45);
  });

  it("leaves out a dataset of weight 0, and counts it", () => {
    const mixed = mix({ type: "random", weights: { a: 1 } }, repeat({ a0: 5, b1: 7 }));
    expect(mixed.plan.left_out).toEqual({ b: 7 });
    expect(sizes(mixed)).toEqual([5]);
  });

  it("keeps datasets apart inside a batch when told so", () => {
    const train = repeat({ a0: 50, b1: 50 });
    const ofB = (shuffle_within_batch: boolean): boolean[] => {
      const mixed = mix({ type: "random", batch_size_train: 12, shuffle_within_batch }, train);
      return Array.from(mixed.batches[0].rows, (row) => row >= 50);
    };
    const apart = ofB(false);
    expect(apart.lastIndexOf(false)).toBeLessThan(apart.indexOf(true));
    const mixedUp = ofB(true);
    expect(mixedUp.lastIndexOf(false)).toBeGreaterThan(mixedUp.indexOf(true));
  });
});

describe("balanced", () => {
  it("has the same number of each label in every batch and ends when one runs out", () => {
    const train = repeat({ a0: 50, a1: 5, b0: 50, b1: 7 });
    const mixed = mix({ type: "balanced", batch_size_train: 10 }, train);
    expect(sizes(mixed)).toEqual([10, 10]);
    expect(mixed.plan.labels).toEqual({ benign: 5, attack: 5 });
    for (const { rows: each } of mixed.batches) {
      expect(each.filter((row) => (row >= 50 && row < 55) || row >= 105).length).toBe(5);
    }
    expect(mixed.plan.ended).toBe('too few rows of "attack" are left');
    expect(new Set(learned(mixed)).size).toBe(20);
    expect(Object.values(mixed.plan.left_out).reduce((sum, count) => sum + count, 0)).toBe(112 - 20);
  });

  it.each([
    ["a list", ["benign", "attack"], [3, 1]],
    ["a mapping", undefined, { attack: 0.25, benign: 0.75 }],
  ])("takes shares as %s", (_, labels, balance) => {
    const mixed = mix(
      { type: "balanced_by_label", batch_size_train: 8, labels, balance },
      repeat({ a0: 20, b1: 20 }),
    );
    expect(mixed.plan.labels).toEqual({ benign: 6, attack: 2 });
    expect(sizes(mixed)).toEqual([8, 8, 8]);
  });

  it("takes a label from the datasets that have it", () => {
    const mixed = mix({ type: "balanced", batch_size_train: 4 }, repeat({ a0: 4, b0: 4, b1: 4 }));
    expect(mixed.plan.batches.map(({ counts }) => (counts.b ?? 0) >= 2)).toEqual([true, true]);
  });

  it("drains datasets in their own order when told so", () => {
    const params = {
      type: "balanced",
      batch_size_train: 2,
      shuffle_labels: false,
      shuffle_within_dataset: false,
    };
    const mixed = mix(params, "b0 a0 b1 a1 a0");
    expect(mixed.batches.map((batch) => [...batch.rows].sort())).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it("refuses a batch that a label could not fill once", () => {
    expect(() => mix({ type: "balanced", batch_size_train: 20 }, repeat({ a0: 50, a1: 3 }))).toThrow(
      'mixer: a batch of 20 rows needs 10 of "attack", and the training part has 3: there would be no batch. ' +
        "Lower mixer.batch_size_train or its share in balance, or use oversampled.",
    );
  });
});

describe("oversampled", () => {
  it("draws rows of a label that has run out again, and ends when every row has been there", () => {
    const train = repeat({ a0: 30, b0: 3, b1: 4 });
    const mixed = mix({ type: "oversampling", batch_size_train: 10 }, train);
    expect(sizes(mixed)).toEqual([10, 10, 10, 10, 10, 10, 10]);
    expect(new Set(learned(mixed)).size).toBe(37);
    expect(mixed.plan.left_out).toEqual({});
    const again = mixed.plan.batches.map(({ resampled }) => resampled.b ?? 0);
    expect(again.reduce((sum, count) => sum + count, 0) + (mixed.plan.batches[6].resampled.a ?? 0)).toBe(
      70 - 37,
    );
    expect(again[0]).toBe(1);
    expect(mixed.plan.ended).toBe("every row of every label has been there");
  });
});

describe("every mixer", () => {
  const train = repeat({ a0: 90, a1: 20, b0: 40, b1: 50 });
  const validation = repeat({ a0: 20, b1: 17 });
  const types = ["sequential", "random", "balanced", "oversampled"];

  it.each(types)("%s: the plan adds up, and validation rows are dealt once each", (type) => {
    const { batches, plan } = mix({ type, batch_size_train: 16 }, train, { validation });
    expect(plan.datasets).toEqual([
      { name: "a", train: 110, validation: 20 },
      { name: "b", train: 90, validation: 17 },
    ]);
    const sum = (counts: Readonly<Record<string, number>>): number =>
      Object.values(counts).reduce((a, b) => a + b, 0);
    plan.batches.forEach((batch, b) => {
      expect([sum(batch.counts), batch.val_count]).toEqual([
        batches[b].rows.length,
        batches[b].validation.length,
      ]);
      expect(batch.train_count).toBe(batches[b].rows.length);
    });
    const total = plan.batches.reduce((a, batch) => a + batch.train_count - sum(batch.resampled), 0);
    expect(total + sum(plan.left_out)).toBe(200);
    const dealt = batches.flatMap((batch) => [...batch.validation]).sort((x, y) => x - y);
    expect(dealt).toEqual(Array.from({ length: 37 }, (_, i) => i));
  });

  it.each(types)("%s: the same seed gives the same batches, another seed others", (type) => {
    const one = mix({ type, batch_size_train: 16 }, train, { validation });
    expect(mix({ type, batch_size_train: 16 }, train, { validation })).toEqual(one);
    const other = mix({ type, batch_size_train: 16 }, train, { validation, seed: 2 });
    if (type === "sequential") expect(learned(other)).toEqual(learned(one));
    else expect(learned(other)).not.toEqual(learned(one));
  });

  it.each(types)("%s: one dataset is enough", (type) => {
    const mixed = mix({ type, batch_size_train: 4 }, repeat({ a0: 8, a1: 8 }));
    expect(new Set(learned(mixed)).size).toBe(16);
    expect(mixed.plan.datasets).toEqual([{ name: "a", train: 16, validation: 0 }]);
  });

  it("scores so many validation rows a batch, round and round, where a size is given", () => {
    const { batches } = mix({ type: "sequential", batch_size_train: 50, batch_size_test: 20 }, train, {
      validation,
    });
    expect(batches.map((batch) => batch.validation.length)).toEqual([20, 20, 20, 20, 20]);
    expect(new Set(batches.slice(0, 2).flatMap((batch) => [...batch.validation])).size).toBe(37);
  });
});

describe("what a mixer refuses", () => {
  it.each<[string, object, string]>([
    [
      "a dataset that is not there",
      { type: "random", datasets: ["a", "bb"] },
      'mixer: datasets names "bb", and the training part has none such by source (has: a, b).',
    ],
    [
      "a weight for one that is not there",
      { type: "random", weights: { c: 1 } },
      'mixer: weights names "c", and the training part has none such (has: a, b).',
    ],
    [
      "weights of another length",
      { type: "random", weights: [1] },
      "mixer: weights has 1 numbers, one a dataset",
    ],
    ["weights of 0", { type: "random", weights: [0, 0] }, "mixer: every weight is 0: no dataset takes part."],
    [
      "a label that is not there",
      { type: "balanced", labels: ["benign", "atack"] },
      'mixer: labels names "atack", and the training part has none such (has: benign, attack). Did you mean "attack"?',
    ],
    [
      "a label twice",
      { type: "balanced", labels: ["attack", "attack"] },
      'mixer: labels names "attack" twice.',
    ],
    ["a balance of another length", { type: "balanced", balance: [1, 2, 3] }, "mixer: balance has 3 numbers"],
    [
      "a batch size for a dataset that is not there",
      { type: "sequential", per_dataset_batch_size: { z: 3 } },
      'mixer: per_dataset_batch_size names "z"',
    ],
  ])("%s", (_, params, message) => {
    expect(() => mix(params, "a0 a1 b0 b1")).toThrow(message);
  });

  it("keys of another mixer, and unknown ones", () => {
    for (const params of [
      { type: "sequential", weights: { a: 1 } },
      { type: "balanced", round_robin_cycles: 3 },
    ]) {
      expect(mixerParams.safeParse(params).error?.issues[0].code).toBe("unrecognized_keys");
    }
  });
});

describe("quotas", () => {
  it("gives the rest to the largest fractions, and every share at least one row", () => {
    expect(quotas([1, 1, 1], 10)).toEqual([4, 3, 3]);
    expect(quotas([0.25, 0.75], 8)).toEqual([2, 6]);
    expect(quotas([0.001, 0.999, 0], 10)).toEqual([1, 9, 0]);
    expect(quotas([1, 1, 1], 2)).toEqual([1, 1, 0]);
  });
});
