import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readParquet, writeParquet } from "#lib/table/parquet.js";
import { concatTables, float32, float64, int64, Table, text } from "#lib/table/table.js";

const folder = mkdtempSync(join(tmpdir(), "nidslab-parquet-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "t.parquet");

const table = Table.of({
  start_us: int64([1_700_000_000_123_456, Number.NaN, 3]),
  rate: float64([0.1, Number.NaN, 1e300]),
  bytes: float32([1.5, Number.NaN, -0]),
  proto: text(["tcp", null, "it's"]),
});

describe("Parquet", () => {
  it("gives back numbers, texts and missing values as they were", async () => {
    await writeParquet(path, table);
    const back = await readParquet(path);
    expect(back.objects()).toEqual([
      { start_us: 1_700_000_000_123_456, rate: 0.1, bytes: 1.5, proto: "tcp" },
      { start_us: null, rate: null, bytes: null, proto: null },
      { start_us: 3, rate: 1e300, bytes: -0, proto: "it's" },
    ]);
    expect(back.names).toEqual(["start_us", "rate", "bytes", "proto"]);
  });

  it("writes the same bytes for the same table", async () => {
    await writeParquet(path, table);
    const first = readFileSync(path);
    await writeParquet(path, await readParquet(path));
    expect(readFileSync(path).equals(first)).toBe(true);
  });

  it("keeps the order of rows over many row groups", async () => {
    const n = 300_000;
    await writeParquet(path, Table.of({ row_id: int64(Float64Array.from({ length: n }, (_, i) => i)) }));
    const ids = (await readParquet(path)).numbers("row_id");
    expect(ids.length).toBe(n);
    expect(ids.every((id, i) => id === i)).toBe(true);
  });

  it("stores a table without rows, and a text column of nothing but missing values", async () => {
    await writeParquet(path, Table.of({ a: text([null, null]), b: float64([1, 2]) }));
    expect((await readParquet(path)).strings("a")).toEqual([null, null]);
    await writeParquet(path, Table.of({ a: text([]), b: float64([]) }));
    expect((await readParquet(path)).rows).toBe(0);
  });

  it("reads the columns that are asked for, and optional ones when they are there", async () => {
    await writeParquet(path, table);
    expect((await readParquet(path, ["proto"], { optional: ["rate", "subset"] })).names).toEqual([
      "proto",
      "rate",
    ]);
    await expect(readParquet(path, ["ratte"])).rejects.toThrow('column "ratte" is not in');
    await expect(readParquet(path, ["ratte"])).rejects.toThrow('Did you mean "rate"?');
  });

  it("says what is wrong with a file that is missing or not Parquet", async () => {
    await expect(readParquet(join(folder, "no.parquet"))).rejects.toThrow("is not there");
    writeFileSync(join(folder, "bad.parquet"), "not parquet at all");
    await expect(readParquet(join(folder, "bad.parquet"))).rejects.toThrow("is not a readable Parquet file");
  });
});

describe("Table", () => {
  it("takes rows in the order asked for", () => {
    expect(table.take([2, 0]).strings("proto")).toEqual(["it's", "tcp"]);
  });

  it("refuses columns of different length and names unknown columns", () => {
    expect(() => Table.of({ a: float64([1]), b: float64([1, 2]) })).toThrow(
      'column "b" has 2 rows, the others 1',
    );
    expect(() => table.column("bites")).toThrow('Did you mean "bytes"?');
    expect(() => table.numbers("proto")).toThrow('column "proto" is text');
  });

  it("puts tables one after the other and joins their dictionaries", () => {
    const a = Table.of({ proto: text(["tcp", "udp"]), n: float64([1, 2]) });
    const b = Table.of({ proto: text(["icmp", "tcp", null]), n: float64([3, 4, 5]) });
    const both = concatTables([a, b]);
    expect(both.strings("proto")).toEqual(["tcp", "udp", "icmp", "tcp", null]);
    expect([...both.numbers("n")]).toEqual([1, 2, 3, 4, 5]);
  });
});
