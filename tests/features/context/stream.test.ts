import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { contextColumns } from "#lib/features/context/build.js";
import { ContextStream } from "#lib/features/context/stream.js";
import type { Table } from "#lib/table/table.js";
import { someFlows, someParams } from "./samples.js";

const all = someFlows(Rng.root(5), 200);
const bySource = all.strings("source");
const rowsOf = (source: string): number[] => [...bySource.keys()].filter((row) => bySource[row] === source);
const together = all.take([...rowsOf("day1"), ...rowsOf("day2")]);

async function* cut(table: Table, size: number): AsyncGenerator<Table, void> {
  for (let from = 0; from < table.rows; from += size)
    yield table.take(Array.from({ length: Math.min(size, table.rows - from) }, (_, i) => from + i));
}

describe("ContextStream", () => {
  it.each([
    [200, 200],
    [7, 13],
    [64, 1],
  ])("has the values of the whole table, read %i rows and taken %i at a time", async (read, take) => {
    const whole = contextColumns(together, someParams());
    const stream = new ContextStream(cut(together, read), someParams());
    const values = whole.columns.map((): number[] => []);
    for (let from = 0; from < together.rows; from += take) {
      const { columns } = await stream.take(Math.min(take, together.rows - from));
      columns.forEach((column, j) => {
        values[j].push(...column.values);
      });
    }
    expect(values).toEqual(whole.columns.map((column) => [...column.values]));
    expect(stream.unplaced).toBe(whole.unplaced);
  });
  it("refuses rows of a source that are not together", async () => {
    await expect(new ContextStream(cut(all, 50), someParams()).take(200)).rejects.toThrow(
      /the rows of source .*day1.* are not together/,
    );
  });
});
