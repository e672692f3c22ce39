import { describe, expect, it } from "vitest";
import { ShortcutProbe } from "#lib/explain/audit/shortcuts.js";
import { type Column, float64, text } from "#lib/table/table.js";

const rows = 1000;
const flags = Uint8Array.from({ length: rows }, (_, row) => (row % 4 === 0 ? 1 : 0));

const macroF1 = (column: Column, isAttack: Uint8Array) => new ShortcutProbe(isAttack).macroF1(column);

describe("ShortcutProbe", () => {
  it("is 1 for a column that is the label", () => {
    expect(macroF1(float64([...flags]), flags)).toBe(1);
    expect(macroF1(text([...flags].map((flag) => (flag === 1 ? "bad" : "good"))), flags)).toBe(1);
  });
  it("is that of the majority for a constant column", () => {
    const benignF1 = (2 * 750) / (2 * 750 + 250);
    expect(macroF1(float64(new Array(rows).fill(7)), flags)).toBeCloseTo(benignF1 / 2, 12);
  });
  it("does not reward a column whose values never come twice", () => {
    const ids = text(Array.from({ length: rows }, (_, row) => `id${row}`));
    expect(macroF1(ids, flags)).toBeLessThan(0.5);
  });
  it("takes the nearest known number for a new one, and missing as a value of its own", () => {
    const scattered = float64(Array.from(flags, (flag, row) => flag * 1e6 + row));
    expect(macroF1(scattered, flags)).toBeGreaterThan(0.99);
    const holes = float64(Array.from(flags, (flag) => (flag === 1 ? Number.NaN : 3)));
    expect(macroF1(holes, flags)).toBe(1);
  });
  it("says nothing where rows of one class are missing", () => {
    expect(macroF1(float64([1, 2]), Uint8Array.of(0, 0))).toBeNull();
    expect(macroF1(float64([1, 2]), Uint8Array.of(1, 1))).toBeNull();
  });
});
