import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { contextColumns } from "#lib/features/context/build.js";
import { ContextStream } from "#lib/features/context/stream.js";
import type { SortRoom } from "#lib/table/externalSort.js";
import { Scratch } from "#lib/table/storedMatrix.js";
import { type Table, text } from "#lib/table/table.js";
import { temporaryFolder } from "../../temporary.js";
import { someFlows, someParams } from "./samples.js";

const folder = temporaryFolder();
const flows = someFlows(Rng.root(5), 200);

async function* cut(table: Table, size: number): AsyncGenerator<Table, void> {
  for (let from = 0; from < table.rows; from += size)
    yield table.take(Array.from({ length: Math.min(size, table.rows - from) }, (_, i) => from + i));
}

/** The context of a table, read and taken so many rows at a time, by column. */
async function streamed(table: Table, read: number, take: number, room?: SortRoom) {
  const scratch = new Scratch(`${folder.path}/rows`);
  const stream = new ContextStream(cut(table, read), someParams(), scratch, room);
  const values = contextColumns(table, someParams()).columns.map((): number[] => []);
  for (let from = 0; from < table.rows; from += take) {
    const { columns } = await stream.take(Math.min(take, table.rows - from));
    columns.forEach((column, j) => {
      values[j].push(...column.values);
    });
  }
  const files = scratch.open;
  scratch.close();
  return { values, unplaced: stream.unplaced, files };
}

function whole(table: Table) {
  const { columns, unplaced } = contextColumns(table, someParams());
  return { values: columns.map((column) => [...column.values]), unplaced };
}

describe("ContextStream", () => {
  it.each([
    [200, 200],
    [7, 13],
    [64, 1],
  ])("has the values of the whole table, read %i rows and taken %i at a time", async (read, take) => {
    expect(await streamed(flows, read, take)).toEqual({ ...whole(flows), files: 0 });
  });

  it("has them with room for a few rows, too, in two files that are gone afterwards", async () => {
    // A flow takes 88 bytes, its values up to 1,500.
    for (const room of [
      { run: 3000, block: 88, fan: 2 },
      { run: 1, block: 1, fan: 3 },
    ])
      expect(await streamed(flows, 50, 31, room)).toEqual({ ...whole(flows), files: 2 });
    expect(readdirSync(`${folder.path}/rows`)).toEqual([]);
  });

  it("has them whatever the order of the rows and of their sources", async () => {
    const order = Rng.root(6).shuffle(Int32Array.from({ length: flows.rows }, (_, row) => row));
    const shuffled = flows.take(order);
    expect(await streamed(shuffled, 30, 200, { run: 3000, block: 88, fan: 4 })).toMatchObject(
      whole(shuffled),
    );
  });

  it("tells sources apart by all that names them, from one batch to the next", async () => {
    const named = flows
      .with("dataset", text(flows.strings("source").map((name, row) => (row % 3 === 0 ? `${name} a` : name))))
      .with("source", text(flows.strings("source").map((_, row) => (row % 3 === 0 ? "b" : "a b"))));
    expect(await streamed(named, 9, 200)).toMatchObject(whole(named));
  });

  it("has no columns where flows have no addresses, and refuses rows that were not read", async () => {
    const scratch = new Scratch(`${folder.path}/rows`);
    const bare = flows.select(["start_us"]);
    const stream = new ContextStream(cut(bare, 50), someParams(), scratch);
    expect(await stream.take(200)).toEqual({ columns: [], unplaced: 0 });
    await expect(stream.take(1)).rejects.toThrow(/changed while it was read/);
  });
});
