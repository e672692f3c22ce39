import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { NidslabError } from "#lib/base/errors.js";
import { Rng } from "#lib/base/rng.js";
import { ParquetWriter } from "#lib/table/parquet/writer.js";
import { readParquet, readParquetBatches, writeParquet } from "#lib/table/parquet.js";
import { concatTables, int64, Table, text } from "#lib/table/table.js";
import { temporaryFolder } from "../../temporary.js";
import { tableColumns } from "./peer.js";
import { randomTable } from "./randomTable.js";

const folder = temporaryFolder();
const path = join(folder.path, "t.parquet");

describe("batches of a file of ours", () => {
  it("follow the order of the rows and end with the row groups", async () => {
    const table = randomTable(Rng.root(5), 2500);
    const writer = await ParquetWriter.open(
      path,
      table.names.map((name) => {
        const column = table.column(name);
        return { name, type: column.kind === "text" ? "text" : column.type };
      }),
      { rowGroupRows: 1000 },
    );
    await writer.append(table);
    await writer.finish();
    const batches = [];
    for await (const batch of readParquetBatches(path, undefined, { batchRows: 600 })) batches.push(batch);
    expect(batches.map(({ rows }) => rows)).toEqual([600, 400, 600, 400, 500]);
    expect(tableColumns(concatTables(batches))).toEqual(tableColumns(table));
  });

  it("are one empty one when there are no rows", async () => {
    await writeParquet(path, Table.of({ a: int64([]), b: text([]) }));
    const batches = [];
    for await (const batch of readParquetBatches(path)) batches.push(batch);
    expect(batches.map(({ rows, names }) => [rows, names])).toEqual([[0, ["a", "b"]]]);
  });

  it("may be left before the end", async () => {
    await writeParquet(path, Table.of({ a: int64([1, 2, 3]) }));
    for await (const batch of readParquetBatches(path, ["a"], { batchRows: 1 })) {
      expect(batch.rows).toBe(1);
      break;
    }
  });

  it("say what is missing", async () => {
    const batches = readParquetBatches(path, ["b"]);
    await expect(batches.next()).rejects.toThrow(`read: column "b" is not in ${path} (has: a).`);
    await expect(
      readParquetBatches(join(folder.path, "no"), [], { hint: "Make it." }).next(),
    ).rejects.toThrow("Make it.");
  });
});

describe("a damaged file of ours", () => {
  it("is read or refused, and never ends in another error", async () => {
    const table = randomTable(Rng.root(6), 300);
    await writeParquet(path, table);
    const bytes = readFileSync(path);
    const rng = Rng.root(7);
    const damaged = join(folder.path, "damaged.parquet");
    for (let i = 0; i < 300; i++) {
      const copy = Buffer.from(bytes);
      copy[rng.integer(copy.length)] ^= 1 << rng.integer(8);
      writeFileSync(damaged, i % 10 === 0 ? copy.subarray(0, rng.integer(copy.length)) : copy);
      await readParquet(damaged).catch((error: unknown) => {
        expect(error).toBeInstanceOf(NidslabError);
        expect(String(error)).toContain(damaged);
      });
    }
  });
});
