import { existsSync } from "node:fs";
import { Rng } from "#lib/base/rng.js";
import { ingest } from "#lib/dataset/ingest.js";
import type { SplitRecipe } from "#lib/split/recipe.js";
import { type Split, splitFlows } from "#lib/split/split.js";
import { float64, int64, Table, text } from "#lib/table/table.js";

export const rng = (): Rng => Rng.root(42).fork("split").fork("x");

/** Flows of two sites, three days and four sources; content repeats; attacks come in runs of 40 rows. */
export function flows(n: number, start = 0): Table {
  const at = Array.from({ length: n }, (_, i) => start + i);
  const family = at.map((i) => (i % 3 === 0 ? "dos" : i % 7 === 1 ? "scan" : "benign"));
  const run = (i: number): string => `${family[i - start]}-${Math.floor(i / 40)}`;
  return Table.of({
    row_id: int64(at.map((i) => i - start)),
    source: text(at.map((i) => `site-${i % 2 === 0 ? "a" : "b"}/day${1 + (Math.floor(i / 2) % 2)}`)),
    label: text(family.map((name, i) => (name === "scan" ? `scan-${i % 2}` : name))),
    family: text(family),
    site: text(at.map((i) => (i % 2 === 0 ? "a" : "b"))),
    day: text(at.map((i) => String(1 + (i % 3)))),
    host: text(at.map((i) => `10.0.0.${i % 9}`)),
    campaign: text(at.map((i, k) => (family[k] === "benign" ? null : run(i)))),
    start_us: int64(at.map((i) => 1e15 + i * 1000 + (i % 2))),
    orig_addr: text(at.map((i) => (i % 11 === 0 ? null : `10.0.0.${i % 9}`))),
    orig_bytes: int64(at.map((i) => (i * 31) % 97)),
    duration_s: float64(at.map((i) => (i % 5 === 0 ? Number.NaN : (i % 13) / 7))),
  });
}

export const partsOf = (table: Table, recipe: SplitRecipe): (string | null)[] =>
  splitFlows(table, recipe, rng()).table.strings("part");

/** Values of a column by part. */
export function valuesIn(table: Table, { table: split }: Split, part: string, column: string): Set<unknown> {
  const parts = split.strings("part");
  const values = table.select([column]).objects();
  return new Set(values.filter((_, row) => parts[row] === part).map((object) => object[column]));
}

const policy = { unknown: "drop", empty: "drop", background: "drop", no_column: "error" } as const;
const data = "../shared/data";
export const hasData = existsSync(data);

export async function testbed(): Promise<Table> {
  const path = `${data}/testbed`;
  return (await ingest({ path, files: null, dialect: "auto", rows: null }, policy, 42)).table;
}

export async function nslKdd(): Promise<Table> {
  const path = `${data}/nsl-kdd`;
  return (await ingest({ path, files: null, dialect: "auto", rows: null }, policy, 42)).table;
}
