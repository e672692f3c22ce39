import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { viewsOf } from "#lib/table/csv/columns.js";
import { parseDecimal } from "#lib/table/csv/decimal.js";
import { BlockMemory } from "#lib/table/csv/memory.js";
import { BlockParser } from "#lib/table/csv/parse.js";
import type { CsvPlan } from "#lib/table/csv/plan.js";

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

/** What is too large for a double is missing in a column. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}

/** The numbers of a column as the kernel reads them, the seldom spellings through parseDecimal. */
function column(texts: readonly string[]): Float64Array | Int32Array {
  const plan: CsvPlan = {
    delimiter: ",",
    header: null,
    width: 2,
    columns: [{ index: 0, name: "n", parse: "number" }],
    missing: [""],
  };
  const bytes = Buffer.from(texts.map((text) => `${text},\n`).join(""));
  const memory = new BlockMemory(2, 1, bytes.length);
  memory.bytes.set(bytes);
  const parser = new BlockParser(plan, new Uint8Array(0));
  parser.take(memory);
  const facts = parser.parse(memory.id, bytes.length);
  return viewsOf(memory, facts, plan).columns[0];
}

describe("parseDecimal and the kernel", () => {
  it("equal Number(text) on a million texts", () => {
    const texts = Array.from({ length: 1_000_000 }, (_, i) => spellings[i % spellings.length]());
    const numbers = texts.filter((text) => grammar.test(text)); // NaN and Infinity among the doubles
    const values = column(numbers);
    const wrong = numbers.filter(
      (text, i) => !Object.is(read(text), Number(text)) || !Object.is(values[i], finite(Number(text))),
    );
    expect(wrong).toEqual([]);
    expect(values.length).toBe(numbers.length);
    expect(numbers.length).toBeGreaterThan(900_000);
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
