import { describe, expect, it } from "vitest";
import { classShift, ks, psi, unknownCategoryRate } from "#lib/eval/drift.js";
import { float64, text } from "#lib/table/table.js";

describe("psi", () => {
  it("of categories: the two shares of each level, half a row added", () => {
    // Shares 3.5/5 and 1.5/5 against 1.5/5 and 3.5/5.
    expect(psi(text(["a", "a", "a", "b"]), text(["a", "b", "b", "b"]))).toBeCloseTo(
      0.8 * Math.log(7 / 3),
      12,
    );
  });

  it("of numbers: nothing for the same rows, much for rows above all of the reference", () => {
    const reference = float64(Array.from({ length: 100 }, (_, i) => i));
    expect(psi(reference, reference)).toBe(0);
    expect(psi(reference, float64(new Float64Array(100).fill(1000)))).toBeGreaterThan(3);
  });

  it("sees that values became missing, and knows no bin that both sides leave empty", () => {
    const reference = float64([1, 1, 1, 1]);
    // Bins: missing and 1; shares .5/5, 4.5/5 against 2.5/5, 2.5/5.
    const expected = 0.4 * Math.log(0.5 / 0.1) + (0.5 - 0.9) * Math.log(0.5 / 0.9);
    expect(psi(reference, float64([1, 1, Number.NaN, Number.NaN]))).toBeCloseTo(expected, 12);
  });

  it("is null without rows", () => {
    expect(psi(float64([]), float64([1]))).toBeNull();
  });
});

describe("ks", () => {
  it("is the largest distance of the cumulative shares, with ties and without missing values", () => {
    expect(ks([1, 2, 3], [2, 3, 4])).toBeCloseTo(1 / 3, 12);
    expect(ks([1, 2, 2, 3], [2, 2, 2, Number.NaN])).toBeCloseTo(0.25, 12);
    expect(ks([1, 2], [3, 4])).toBe(1);
    expect(ks([1], [Number.NaN])).toBeNull();
  });
});

describe("classShift", () => {
  it("is half the sum of the differences, largest class first", () => {
    expect(
      classShift(text(["benign", "dos", "dos", "dos"]), text(["benign", "benign", "scan", "dos"])),
    ).toEqual({
      distance: 0.5,
      classes: [
        { class: "dos", from: 0.75, to: 0.25 },
        { class: "benign", from: 0.25, to: 0.5 },
        { class: "scan", from: 0, to: 0.25 },
      ],
    });
  });
});

describe("unknownCategoryRate", () => {
  it("counts rows with a level that the reference lacks in any column; missing is not unknown", () => {
    const pairs = [
      [text(["tcp", "udp"]), text(["tcp", "icmp", null, "udp"])],
      [text(["http"]), text(["http", "ssh", "http", "ssh"])],
    ] as const;
    expect(unknownCategoryRate(pairs)).toBe(0.5);
    expect(unknownCategoryRate([])).toBe(0);
  });

  it("goes by the rows and not by what the dictionary could hold", () => {
    const reference = { kind: "text", codes: Int32Array.of(0), dictionary: ["tcp", "udp"] } as const;
    expect(unknownCategoryRate([[reference, text(["udp"])]])).toBe(1);
  });
});
