import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { withoutDuplicates } from "#lib/explain/leaks/duplicates.js";
import { identifierFeatures } from "#lib/explain/leaks/identifiers.js";
import { meanInterval99, shuffledLabels } from "#lib/explain/leaks/shuffle.js";
import { int64, Table, text } from "#lib/table/table.js";

describe("withoutDuplicates", () => {
  it("keeps the first of equal rows, in train before validation before test", () => {
    const content = Int32Array.of(1, 1, 2, 3, 2, 4, 4, 3);
    const parts = {
      train: Int32Array.of(0, 1, 2),
      validation: Int32Array.of(3, 4),
      test: Int32Array.of(5, 6, 7),
    };
    expect(withoutDuplicates(parts, content)).toEqual({
      train: Int32Array.of(0, 2),
      validation: Int32Array.of(3),
      test: Int32Array.of(5),
    });
  });
});

describe("identifierFeatures", () => {
  it("are ports as they are, texts as 24 bits of a hash, times in seconds since the first", () => {
    const flows = Table.of({
      start_us: int64([3_000_000, 1_000_000, Number.NaN]),
      orig_addr: text(["10.0.0.1", "10.0.0.1", null]),
      resp_port: int64([80, 443, 80]),
    });
    const [start, address, ...rest] = identifierFeatures(flows, new Set(["resp_port"]));
    expect([start.column.name, start.values]).toMatchObject([
      "id_start_us",
      { values: Float32Array.of(2, 0, Number.NaN) },
    ]);
    expect(address.column.name).toBe("id_orig_addr");
    const { values } = address.values as { values: Float32Array };
    expect(values[0]).toBe(values[1]);
    expect(values[0]).toBeGreaterThan(0);
    expect(Number.isNaN(values[2])).toBe(true);
    expect(rest).toEqual([]); // resp_port is a feature already
  });
});

describe("shuffledLabels", () => {
  const isAttack = Uint8Array.from({ length: 100 }, (_, row) => (row < 30 ? 1 : 0));
  const parts = {
    train: Int32Array.from({ length: 80 }, (_, i) => i),
    validation: Int32Array.from({ length: 20 }, (_, i) => 80 + i),
  };

  it("gives as many rows of each class, and labels that say nothing of the truth", () => {
    const { train, labels } = shuffledLabels(parts, isAttack, 1000, Rng.root(4));
    expect(train.length).toBe(60);
    expect(train.reduce((sum, row) => sum + isAttack[row], 0)).toBe(30);
    expect(train.reduce((sum, row) => sum + labels[row], 0)).toBe(30);
    const agree = train.reduce((sum, row) => sum + (labels[row] === isAttack[row] ? 1 : 0), 0);
    expect(agree).toBeGreaterThan(15);
    expect(agree).toBeLessThan(45);
  });

  it("has at most as many rows as asked for", () => {
    expect(shuffledLabels(parts, isAttack, 20, Rng.root(4)).train.length).toBe(20);
  });
});

describe("meanInterval99", () => {
  it("is Student's 99% interval of eight values", () => {
    // Eight values .1 off their mean: s = .1·√(8/7), half the width is t·s/√8.
    const { point, lo, hi } = meanInterval99([0.4, 0.6, 0.4, 0.6, 0.4, 0.6, 0.4, 0.6]);
    expect(point).toBeCloseTo(0.5, 12);
    expect((hi ?? 0) - (lo ?? 0)).toBeCloseTo((2 * 3.4995 * 0.1) / Math.sqrt(7), 6);
  });

  it("is null where a value is undefined", () => {
    expect(meanInterval99([0.5, null, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]).point).toBeNull();
  });
});
