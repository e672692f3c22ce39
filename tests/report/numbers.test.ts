import { describe, expect, it } from "vitest";
import { bytes, count, fixed, interval, percent, plural, separated } from "#lib/report/numbers.js";
import { difference, paramWords, share } from "#lib/report/words.js";

describe("numbers", () => {
  it("show half the width of an interval, the value alone without one, and – without a value", () => {
    expect(interval({ point: 0.8734, lo: 0.86, hi: 0.884 })).toBe("0.873 ± 0.012");
    expect(interval({ point: 0.5, lo: null, hi: null })).toBe("0.500");
    expect(interval({ point: null, lo: null, hi: null })).toBe("–");
  });

  it("never show minus zero", () => {
    expect(fixed(-0.0001, 3)).toBe("0.000");
    expect(fixed(-0.01, 2)).toBe("-0.01");
  });

  it("group thousands without a locale", () => {
    expect([0, 999, 1000, 125973, 1234567].map(count)).toEqual(["0", "999", "1,000", "125,973", "1,234,567"]);
  });

  it("group thousands of numbers with decimals", () => {
    expect([62825648, 4370.691, -30036, 0.000003, 12].map(separated)).toEqual([
      "62,825,648",
      "4,370.69",
      "-30,036",
      "0.000003",
      "12",
    ]);
  });

  it("do not round a share to nothing or to everything", () => {
    expect([0, 0.0004, 0.338, 0.99996, 1].map(percent)).toEqual([
      "0.0%",
      "0.040%",
      "33.8%",
      "99.996%",
      "100.0%",
    ]);
  });

  it("give sizes in powers of 1000", () => {
    expect([812, 40_210, 1_300_000].map(bytes)).toEqual(["812 B", "40.2 kB", "1.3 MB"]);
  });

  it("count things", () => {
    expect([plural(1, "file"), plural(4, "file")]).toEqual(["1 file", "4 files"]);
  });
});

describe("words", () => {
  it("name a share, a difference and parameters", () => {
    expect(share(0.2)).toBe("20%");
    expect(difference(0.974, 0.797)).toBe("17.7 points lower");
    expect(difference(0.5, 0.5)).toBe("the same");
    expect(paramWords({ learning_rate: 0.1, trees: 200, weights: null })).toBe(
      "learning rate 0.1, trees 200, weights null",
    );
  });
});
