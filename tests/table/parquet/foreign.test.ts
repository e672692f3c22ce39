import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { duckdb, quoted } from "#lib/table/duckdb.js";
import { parquetInfo, readParquet, readParquetBatches } from "#lib/table/parquet.js";
import { temporaryFolder } from "../../temporary.js";

const folder = temporaryFolder();
let files = 0;

/** A file that DuckDB writes from a query. */
async function parquetOf(query: string, options = "COMPRESSION snappy"): Promise<string> {
  const path = join(folder.path, `${files++}.parquet`);
  await (await duckdb()).run(`COPY (${query}) TO ${quoted(path)} (FORMAT parquet, ${options})`);
  return path;
}

describe("a Parquet file of somebody else", () => {
  it.each([
    ["DECIMAL(10,2)", "CAST(12.34 AS DECIMAL(10,2))", "float64", 12.34],
    ["DECIMAL(38,0)", "CAST(12 AS DECIMAL(38,0))", "float64", 12],
    ["TIMESTAMP", "TIMESTAMP '2017-07-05 12:00:00.123456'", "int64", 1_499_256_000_123_456],
    ["TIMESTAMP_NS", "TIMESTAMP_NS '2017-07-05 12:00:00.123456789'", "int64", 1_499_256_000_123_456],
    ["TIMESTAMPTZ", "TIMESTAMPTZ '2017-07-05 12:00:00.5+00'", "int64", 1_499_256_000_500_000],
    ["DATE", "DATE '1970-01-02'", "int64", 86_400_000_000],
    ["TIME", "TIME '00:00:01.5'", "int64", 1_500_000],
    ["BOOLEAN", "true", "int64", 1],
    ["UTINYINT", "CAST(255 AS UTINYINT)", "int64", 255],
    ["SMALLINT", "CAST(-3 AS SMALLINT)", "int64", -3],
    ["UINTEGER", "CAST(4294967295 AS UINTEGER)", "int64", 4_294_967_295],
    ["BIGINT", "CAST(-9007199254740991 AS BIGINT)", "int64", -9_007_199_254_740_991],
    ["UBIGINT", "CAST(9007199254740991 AS UBIGINT)", "int64", 9_007_199_254_740_991],
    ["HUGEINT", "CAST(5 AS HUGEINT)", "float64", 5],
    ["REAL", "CAST(0.5 AS REAL)", "float32", 0.5],
    ["DOUBLE", "CAST(0.1 AS DOUBLE)", "float64", 0.1],
    ["VARCHAR", "'a text of more than twelve bytes: é'", "text", "a text of more than twelve bytes: é"],
    ["VARCHAR with a byte order mark", "chr(65279) || 'x'", "text", "\ufeffx"],
    ["UUID", "UUID '00112233-4455-6677-8899-aabbccddeeff'", "text", "00112233-4455-6677-8899-aabbccddeeff"],
    ["ENUM", "CAST('b' AS ENUM('a', 'b'))", "text", "b"],
  ])("may hold %s", async (_, sql, type, value) => {
    const path = await parquetOf(
      `SELECT x FROM (VALUES (0, ${sql}), (1, NULL), (2, ${sql})) t(i, x) ORDER BY i`,
    );
    expect((await parquetInfo(path)).columns).toEqual([{ name: "x", type }]);
    expect((await readParquet(path)).objects()).toEqual([{ x: value }, { x: null }, { x: value }]);
  });

  it.each(["zstd", "gzip", "snappy", "uncompressed"])(
    "may be compressed with %s and written as version 2",
    async (codec) => {
      const path = await parquetOf(
        "SELECT i, i % 7 AS few, 'text ' || (i % 1000) AS t FROM range(50000) r(i)",
        `COMPRESSION ${codec}, PARQUET_VERSION v2, ROW_GROUP_SIZE 10000`,
      );
      const table = await readParquet(path);
      expect(table.numbers("i").every((value, row) => value === row)).toBe(true);
      expect(table.numbers("few")[13]).toBe(6);
      expect(table.text("t").dictionary.slice(0, 2)).toEqual(["text 0", "text 1"]);
      expect(table.strings("t")[49_999]).toBe("text 999");
    },
  );

  it("codes short texts by first appearance, however many there are", async () => {
    const path = await parquetOf("SELECT 'k' || (i * 7919 % 20011) AS t FROM range(30000) r(i)");
    const expected = Array.from({ length: 30_000 }, (_, i) => `k${(i * 7919) % 20_011}`);
    const table = await readParquet(path);
    expect(table.strings("t")).toEqual(expected);
    expect(table.text("t").dictionary).toEqual([...new Set(expected)]);
  });

  it("may hold columns that cannot be used: an error by name, or left out and listed", async () => {
    const path = await parquetOf("SELECT 1 AS a, [1, 2] AS list, {'x': 1} AS struct");
    await expect(readParquet(path)).rejects.toThrow(
      `read: column "list" of ${path} has type INTEGER[]; numbers and text can be read.`,
    );
    expect((await readParquet(path, undefined, { skipUnreadable: true })).names).toEqual(["a"]);
    expect((await readParquet(path, ["a"])).names).toEqual(["a"]);
    expect((await parquetInfo(path)).unreadable).toEqual([
      { name: "list", type: "INTEGER[]" },
      { name: "struct", type: 'STRUCT("x" INTEGER)' },
    ]);
  });

  it("is read in batches of the size that was asked for, each with its dictionary", async () => {
    const path = await parquetOf("SELECT i, 'g' || (i // 4000) AS g FROM range(10000) r(i)");
    const batches = [];
    for await (const batch of readParquetBatches(path, ["g"], { optional: ["i", "no"], batchRows: 3000 })) {
      batches.push([batch.rows, batch.numbers("i")[0], batch.text("g").dictionary]);
      // Another query in between does not end the stream.
      await parquetInfo(path);
    }
    expect(batches).toEqual([
      [3000, 0, ["g0"]],
      [3000, 3000, ["g0", "g1"]],
      [3000, 6000, ["g1", "g2"]],
      [1000, 9000, ["g2"]],
    ]);
  });
});
