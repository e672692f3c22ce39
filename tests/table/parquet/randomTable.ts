import type { Rng } from "#lib/base/rng.js";
import { type Column, float32, float64, int64, Table, text } from "#lib/table/table.js";

const FLOATS = [0, -0, 1, -1, 5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308];
const INTEGERS = [0, 1, -1, 2 ** 53 - 1, -(2 ** 53 - 1), 2 ** 32, 2 ** 31, -(2 ** 31), 1_700_000_000_123_456];
const TEXTS = [
  "",
  " ",
  "tcp",
  "it's",
  "naïve",
  "日本語",
  "\u{1f600}",
  "\ufefffirst",
  "a\0b",
  'say "x"',
  "\n",
];

/** A value of one of a few temperaments: odd ones, few distinct ones, many, rising ones. */
type Draw<T> = (row: number) => T;

function numbers(rng: Rng, odd: readonly number[], spread: number): Draw<number> {
  const draws: Draw<number>[] = [
    () => odd[rng.integer(odd.length)],
    () => rng.integer(5),
    () => Math.round((rng.uniform() - 0.5) * spread),
    (row) => 1_600_000_000_000_000 + row * 1000 + rng.integer(900),
    (row) => Math.floor(row / 100),
    () => 7,
  ];
  return draws[rng.integer(draws.length)];
}

function texts(rng: Rng): Draw<string> {
  const draws: Draw<string>[] = [
    () => TEXTS[rng.integer(TEXTS.length)],
    (row) => `C${row}-${rng.integer(1e9)}`,
    () => "x".repeat(rng.integer(40)),
    (row) => `10.0.${Math.floor(row / 50) % 256}.${rng.integer(200)}`,
  ];
  return draws[rng.integer(draws.length)];
}

/** A table of random columns of every type, with few, many, only and no missing values; also of no rows. */
export function randomTable(rng: Rng, rows: number): Table {
  const columns = new Map<string, Column>();
  for (let i = 0; i < 8; i++) {
    const missing = [0, 0, 0.01, 0.6, 1][rng.integer(5)];
    const fill = <T>(draw: Draw<T>, absent: T): T[] =>
      Array.from({ length: rows }, (_, row) => (rng.uniform() < missing ? absent : draw(row)));
    const name = `column ${i} "é"`;
    if (i % 4 === 0) {
      const draw = numbers(rng, [...FLOATS, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], 1e6);
      const scale = rng.integer(2) === 0 ? 1 : 1 / 3;
      columns.set(name, float64(fill((row) => draw(row) * scale, Number.NaN)));
    } else if (i % 4 === 1) {
      const draw = numbers(rng, [0, -0, 1.5, 1e-45, Number.NEGATIVE_INFINITY, 3.4e38], 1e5);
      columns.set(name, float32(Float32Array.from(fill(draw, Number.NaN))));
    } else if (i % 4 === 2) {
      columns.set(name, int64(fill(numbers(rng, INTEGERS, 2 ** 53), Number.NaN).map((v) => v + 0)));
    } else columns.set(name, text(fill<string | null>(texts(rng), null)));
  }
  return Table.of(columns);
}
