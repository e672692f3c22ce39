import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { parseDecimal, plain, plainNumber } from "#lib/table/csv/decimal.js";

const rng = Rng.root(1).fork("decimal");
const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);

function digits(least: number, most: number): string {
  let text = "";
  for (let i = least + rng.integer(most - least + 1); i > 0; i--) text += rng.integer(10);
  return text;
}

/** Spellings: any double, CICFlowMeter's numbers, long ones, ties between two doubles, and what the grammar allows. */
const spellings: readonly (() => string)[] = [
  () => {
    halves[0] = rng.uint32();
    halves[1] = rng.uint32();
    return String(double[0]);
  },
  () => `${digits(1, 7)}.${digits(10, 10)}`,
  () => `-${digits(1, 12)}`,
  () => `${digits(1, 9)}.${digits(1, 17)}`,
  () => digits(1, 25),
  () => `${digits(0, 20)}.${digits(1, 20)}e${rng.integer(60) - 30}`,
  () => `+${digits(1, 3)}.E-${digits(1, 3)}`,
  () => String(rng.uniform() * 10 ** (rng.integer(25) - 8)),
  () => String(9007199254740993n + 2n * BigInt(rng.uint32())), // halfway between two doubles
  () => `${9007199254740993n + 2n * BigInt(rng.uint32())}.${"0".repeat(rng.integer(5))}${rng.integer(2)}`,
  () => (rng.integer(2 ** 26) + 2 ** -27 + rng.uniform()).toFixed(20 + rng.integer(8)),
];

const grammar = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function read(text: string): number {
  return parseDecimal(Buffer.from(text), 0, text.length);
}

describe("parseDecimal and plainNumber", () => {
  it("equal Number(text) on a million texts", () => {
    let plainly = 0;
    const wrong: string[] = [];
    for (let i = 0; i < 1_000_000; i++) {
      const text = spellings[i % spellings.length]();
      if (!grammar.test(text)) continue; // NaN and Infinity among the doubles
      const bytes = Buffer.from(`${text},`);
      if (!Object.is(parseDecimal(bytes, 0, text.length), Number(text))) wrong.push(text);
      const value = plainNumber(bytes, 0);
      if (plain.end !== text.length) continue;
      plainly++;
      if (!Object.is(value, Number(text))) wrong.push(`plain ${text}`);
    }
    expect(wrong).toEqual([]);
    expect(plainly).toBeGreaterThan(300_000);
  });

  it("know -0, leading zeros, overflow and underflow", () => {
    expect(["-0", "-0.000", "000012.50", "1e400", "-1e400", "1e-400", "5e-324"].map(read)).toEqual([
      -0,
      -0,
      12.5,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0,
      5e-324,
    ]);
  });

  it("take nothing else for a number", () => {
    for (const text of [
      "",
      "-",
      "+",
      ".",
      "e5",
      "1e",
      "1e+",
      "1.2.3",
      "1 2",
      "0x10",
      "1_000",
      "--1",
      "NaN",
      "1e5x",
    ])
      expect([text, read(text)]).toEqual([text, Number.NaN]);
  });
});
