import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { type ParquetColumn, ParquetWriter, writeParquet } from "#lib/table/parquet/writer.js";
import { parquetInfo, readParquet } from "#lib/table/parquet.js";
import { float32, float64, int64, Table, text } from "#lib/table/table.js";
import { mountSmall, mounts } from "../../pipeline/mounts.js";
import { temporaryFolder } from "../../temporary.js";
import { duckdbColumns, tableColumns } from "./peer.js";
import { randomTable } from "./randomTable.js";

const folder = temporaryFolder();
const path = join(folder.path, "t.parquet");

function columnsOf(table: Table): ParquetColumn[] {
  return table.names.map((name) => {
    const column = table.column(name);
    return { name, type: column.kind === "text" ? "text" : column.type };
  });
}

/** Write the rows of a table in batches of the given sizes, again and again. */
async function writeBatches(
  table: Table,
  sizes: readonly number[],
  options: { workers?: number; rowGroupRows?: number },
): Promise<Buffer> {
  const writer = await ParquetWriter.open(path, columnsOf(table), options);
  for (let from = 0, i = 0; from < table.rows; i++) {
    const count = Math.min(sizes[i % sizes.length], table.rows - from);
    await writer.append(table.take(Array.from({ length: count }, (_, row) => from + row)));
    from += count;
  }
  await writer.finish();
  return readFileSync(path);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const small = Table.of({
  start_us: int64([1_700_000_000_123_456, Number.NaN, 3]),
  rate: float64([0.1, Number.NaN, 1e300]),
  bytes: float32([1.5, Number.NaN, -0]),
  proto: text(["tcp", null, "it's"]),
});

describe("the bytes of a Parquet file", () => {
  it("are these for a small table, on every machine", async () => {
    await writeParquet(path, small);
    expect(sha256(readFileSync(path))).toBe(
      "464cebd08f83aea7974564a71118cb19bb296a31c378868a304170b952ddf4e1",
    );
  });

  it("do not depend on the batches and the workers", async () => {
    const table = randomTable(Rng.root(1).fork("bytes"), 20_000);
    const options = { rowGroupRows: 6000 };
    const once = await writeBatches(table, [20_000], { ...options, workers: 1 });
    expect((await writeBatches(table, [1, 777, 5000], { ...options, workers: 1 })).equals(once)).toBe(true);
    expect((await writeBatches(table, [6000], { ...options, workers: 3 })).equals(once)).toBe(true);
  });

  it("are the same from threads, which big row groups are given to", async () => {
    const random = Rng.root(2).fork("threads");
    const columns = Array.from({ length: 9 }, (_, i) => [
      `c${i}`,
      float64(Array.from({ length: 130_000 }, () => random.integer(10 ** (i % 8)))),
    ]);
    const table = Table.of(Object.fromEntries(columns));
    const alone = await writeBatches(table, [130_000], { workers: 1 });
    expect((await writeBatches(table, [40_000], { workers: 3 })).equals(alone)).toBe(true);
    const back = (await readParquet(path)).numbers("c7");
    expect(back.every((value, row) => value === table.numbers("c7")[row])).toBe(true);
  });
});

describe("what is written", () => {
  it.each(Array.from({ length: 40 }, (_, i) => i))(
    "is what DuckDB and this kit read (random table %i)",
    async (seed) => {
      const rng = Rng.root(seed).fork("table");
      const table = randomTable(rng, [0, 1, 2, 63, 700, 3000][seed % 6]);
      await writeBatches(table, [1 + rng.integer(999)], { rowGroupRows: 1000 });
      const expected = tableColumns(table);
      expect(await duckdbColumns(path)).toEqual(expected);
      expect(tableColumns(await readParquet(path))).toEqual(expected);
      expect(await parquetInfo(path)).toEqual({
        rows: table.rows,
        columns: columnsOf(table),
        unreadable: [],
      });
    },
  );

  it("may be 300,000 distinct texts", async () => {
    const ids = Array.from({ length: 300_000 }, (_, i) => `C${(i * 7919) % 300_000}é`);
    await writeParquet(path, Table.of({ id: text(ids) }));
    expect((await readParquet(path)).strings("id").join() === ids.join()).toBe(true);
    expect((await duckdbColumns(path)).id.join() === ids.join()).toBe(true);
  });

  it("has the order of first appearance in its dictionary", async () => {
    const table = Table.of({ a: text(["z", null, "y", "z", "x", "a", "y"]) });
    await writeBatches(table, [2], { rowGroupRows: 3 });
    expect((await readParquet(path)).text("a").dictionary).toEqual(["z", "y", "x", "a"]);
  });

  it("keeps integers beyond 2^53 that a double can hold, and the widest spread", async () => {
    const values = [-(2 ** 63), 2 ** 62, 2 ** 53 + 2, -(2 ** 53 - 1), 2 ** 53 - 1];
    const many = Array.from({ length: 200 }, (_, i) => values[i % 5] + (i % 5 < 3 ? 0 : i > 100 ? -1 : 0));
    await writeParquet(path, Table.of({ a: int64(many) }));
    expect((await duckdbColumns(path)).a).toEqual(many);
    expect([...(await readParquet(path)).numbers("a")]).toEqual(many);
  });

  it("finds values by statistics that hold for zeros of both signs", async () => {
    await writeParquet(path, Table.of({ a: float64([0, 1]), b: text(["b", "é"]) }));
    const { duckdb, quoted } = await import("#lib/table/duckdb.js");
    const found = await (await duckdb()).runAndReadAll(
      `SELECT count(*) FROM read_parquet(${quoted(path)}) WHERE a >= 0 AND b >= 'b' AND b <= 'é'`,
    );
    expect(found.getRows()).toEqual([[2n]]);
  });
});

describe("ParquetWriter", () => {
  it("leaves out columns that turned out to be nothing but missing values", async () => {
    const table = Table.of({
      a: int64([1, 2]),
      empty: float64([Number.NaN, Number.NaN]),
      none: text([null, null]),
    });
    const writer = await ParquetWriter.open(path, columnsOf(table));
    await writer.append(table);
    await writer.finish({ drop: ["empty", "none"] });
    expect(await duckdbColumns(path)).toEqual({ a: [1, 2] });
    expect((await readParquet(path)).names).toEqual(["a"]);
  });

  it("does not leave out values, nor all columns", async () => {
    const table = Table.of({ a: int64([1]), b: int64([Number.NaN]) });
    const writer = await ParquetWriter.open(path, columnsOf(table));
    await writer.append(table);
    await expect(writer.finish({ drop: ["a"] })).rejects.toThrow(
      'column "a" holds values and cannot be dropped',
    );
    const other = await ParquetWriter.open(path, [{ name: "b", type: "int64" }]);
    await other.append(table);
    await expect(other.finish({ drop: ["b"] })).rejects.toThrow("a table without columns cannot be stored");
  });

  it("leaves what was there, and no temporary file, after an error or an abort", async () => {
    writeFileSync(path, "old");
    const writer = await ParquetWriter.open(path, [{ name: "a", type: "int64" }]);
    await writer.append(Table.of({ a: int64([1]) }));
    await expect(writer.append(Table.of({ a: text(["x"]) }))).rejects.toThrow(
      'column "a" holds text in one batch of rows, numbers were expected',
    );
    await expect(writer.finish()).rejects.toThrow("is aborted already");
    const aborted = await ParquetWriter.open(path, [{ name: "a", type: "int64" }]);
    await aborted.append(Table.of({ a: int64([1]) }));
    await aborted.abort();
    await aborted.abort();
    const fraction = await ParquetWriter.open(path, [{ name: "a", type: "int64" }]);
    await fraction.append(Table.of({ a: float64([1, 1.5]) }));
    await expect(fraction.finish()).rejects.toThrow('column "a" is one of integers of 64 bits and holds 1.5');
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder.path).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("tells of an error that a thread met", async () => {
    const rows = 130_000;
    const columns = Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [`c${i}`, float64(new Float64Array(rows))]),
    );
    columns.c9.values[5] = 0.5;
    const writer = await ParquetWriter.open(
      path,
      Object.keys(columns).map((name) => ({ name, type: "int64" })),
      { workers: 2 },
    );
    const written = writer.append(Table.of(columns)).then(() => writer.finish());
    await expect(written).rejects.toThrow('column "c9" is one of integers of 64 bits and holds 0.5');
  });

  it("refuses names that readers would take for one, and no columns", async () => {
    const twice = ParquetWriter.open(path, [
      { name: "Label", type: "text" },
      { name: "label", type: "text" },
    ]);
    await expect(twice).rejects.toThrow(
      'columns "Label" and "label" have one name, upper and lower case apart',
    );
    await expect(writeParquet(path, Table.of({}))).rejects.toThrow(
      "a table without columns cannot be stored",
    );
  });

  it("names the file that cannot be made", async () => {
    const taken = join(folder.path, "a-folder");
    mkdirSync(taken);
    await expect(writeParquet(taken, small)).rejects.toThrow(`write: ${taken}: `);
    expect(readdirSync(folder.path).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

describe.skipIf(!mounts)("a disk that is full (skipped where a tmpfs cannot be mounted)", () => {
  it.each([1, 2])("is one clear error, and nothing is left of the file (%i workers)", async (workers) => {
    const disk = join(folder.path, `disk-${workers}`);
    mkdirSync(disk);
    const unmount = mountSmall(disk, "1m");
    try {
      const random = Rng.root(workers);
      const values = Array.from({ length: 300_000 }, () => random.uniform());
      const table = Table.of(
        Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`c${i}`, float64(values)])),
      );
      const writer = await ParquetWriter.open(join(disk, "t.parquet"), columnsOf(table), { workers });
      const written = writer.append(table).then(() => writer.finish());
      await expect(written).rejects.toThrow(`write: ${join(disk, "t.parquet")}: the disk is full.`);
      expect(readdirSync(disk)).toEqual([]);
    } finally {
      unmount();
    }
  });
});
