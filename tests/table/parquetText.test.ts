import { describe, expect, it } from "vitest";
import { readParquet, writeParquet } from "#lib/table/parquet.js";
import { Table, text } from "#lib/table/table.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();

describe("text of many distinct values", () => {
  it("comes back as it was, missing values included", async () => {
    const ids = Array.from({ length: 30_000 }, (_, i) =>
      i % 1000 === 7 ? null : `id-${(i * 7919) % 30_000}é'`,
    );
    const table = Table.of({
      id: text(ids),
      kind: text(ids.map((_, i) => (i % 3 === 0 ? null : `k${i % 3}`))),
    });
    await writeParquet(`${folder.path}/ids.parquet`, table);
    const back = await readParquet(`${folder.path}/ids.parquet`);
    expect(back.strings("id")).toEqual(ids);
    expect(back.strings("kind")).toEqual(table.strings("kind"));
  });
});
