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
  it.each([
    ["few values, some missing", (i: number) => (i % 7 === 3 ? Number.NaN : (i * 13) % 6)],
    ["values that come once or twice, of both signs", (i: number) => Math.sin(i % 370) * 10 ** (i % 9)],
    ["zeros of both signs and infinities", (i: number) => [0, -0, Infinity, -Infinity, i][i % 5]],
    ["values in the order of the rows", (i: number) => i],
  ])("agrees with looking at one row after the other: %s", (_, value) => {
    const values = Array.from({ length: 600 }, (_, i) => value(i));
    const isAttack = Uint8Array.from(values, (_, i) => ((i * i) % 11 < 4 || i > 500 ? 1 : 0));
    expect(macroF1(float64(values), isAttack)).toBe(rowByRow(values, isAttack));
  });
  it("forgets the column before", () => {
    const probe = new ShortcutProbe(flags);
    const scattered = float64(Array.from(flags, (flag, row) => flag * 1e6 + row));
    const first = probe.macroF1(scattered);
    probe.macroF1(text([...flags].map((flag, row) => `${flag}${row % 50}`)));
    probe.macroF1(float64(new Array(rows).fill(Number.NaN)));
    expect(probe.macroF1(scattered)).toBe(first);
  });
  it("says nothing where rows of one class are missing", () => {
    expect(macroF1(float64([1, 2]), Uint8Array.of(0, 0))).toBeNull();
    expect(macroF1(float64([1, 2]), Uint8Array.of(1, 1))).toBeNull();
  });
});

/** What ShortcutProbe says of numbers, from its description. */
function rowByRow(values: readonly number[], isAttack: Uint8Array): number {
  const fold = values.map((_, row) => (Math.imul(row + 1, 0x9e3779b1) >>> 8) % 5);
  const confusion = [0, 0, 0, 0];
  values.forEach((value, row) => {
    const training = [...values.keys()].filter((other) => fold[other] !== fold[row]);
    const attacks = (rows: readonly number[]): number => rows.filter((other) => isAttack[other] === 1).length;
    const majority = (rows: readonly number[]): number | null =>
      attacks(rows) * 2 === rows.length ? null : attacks(rows) * 2 > rows.length ? 1 : 0;
    const same = (a: number, b: number): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b));
    const withValue = (wanted: number): number[] => training.filter((other) => same(values[other], wanted));
    let near = value;
    if (!Number.isNaN(value) && withValue(value).length === 0) {
      const known = training.map((other) => values[other]).filter((other) => !Number.isNaN(other));
      const below = Math.max(...known.filter((other) => other < value));
      const above = Math.min(...known.filter((other) => other > value));
      const isBelow = known.some((other) => other < value);
      const isAbove = known.some((other) => other > value);
      near = isBelow && (!isAbove || value - below <= above - value) ? below : above;
    }
    const decision = majority(withValue(near)) ?? majority(training) ?? 0;
    confusion[2 * isAttack[row] + decision]++;
  });
  const [tn, fp, fn, tp] = confusion;
  const f1 = (hits: number, wrong: number): number => (2 * hits) / (2 * hits + wrong);
  return (f1(tp, fp + fn) + f1(tn, fp + fn)) / 2;
}
