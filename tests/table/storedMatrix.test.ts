import { existsSync, readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { blocksOf, copyRows, rowsBetween, rowsInMemory, takeRows } from "#lib/table/matrixRows.js";
import { Scratch, type StoredMatrix } from "#lib/table/storedMatrix.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();

/** 0, 1, 2, … in rows of so many columns, in memory and in a file. */
function both(rows: number, columns: number, ahead?: number) {
  const X = { rows, columns, data: Float32Array.from({ length: rows * columns }, (_, i) => i) };
  const scratch = new Scratch(`${folder.path}/rows`, ahead);
  const writer = scratch.writer(columns);
  const half = rows >> 1;
  writer.add({ rows: half, columns, data: X.data.subarray(0, half * columns) });
  writer.add({ rows: rows - half, columns, data: X.data.subarray(half * columns) });
  return { X, stored: writer.finish(), scratch };
}

/** Rows of an order in batches, as training asks for them. */
function batchesOf(stored: StoredMatrix, order: Int32Array, size: number): number[] {
  const found: number[] = [];
  for (let at = 0; at < order.length; at += size) {
    const rows = order.subarray(at, at + size);
    const into = new Float32Array(rows.length * stored.columns);
    copyRows(stored, rows, into);
    found.push(...into);
  }
  return found;
}

it("hands out the rows that were written, in any order, repeated, and of a part of them", () => {
  const { X, stored, scratch } = both(5000, 3);
  const rows = Int32Array.of(4999, 0, 7, 7, 3000, 6);
  expect(rowsInMemory(stored, rows)).toEqual(rowsInMemory(X, rows));
  expect(rowsBetween(stored, 10, 13)).toEqual(rowsBetween(X, 10, 13));
  const part = takeRows(stored, Int32Array.of(4000, 2, 1));
  expect([...part.data]).toEqual([12_000, 12_001, 12_002, 6, 7, 8, 3, 4, 5]);
  expect([...takeRows(part, Int32Array.of(2, 0)).data]).toEqual([3, 4, 5, 12_000, 12_001, 12_002]);
  scratch.close();
});

it("reads the same ahead of an order as without one, beyond what is read together, too", () => {
  // 4 KB are 20 rows of 50 numbers: batches of 16 do not end where they do, and one of 64 is larger.
  const { X, stored, scratch } = both(1000, 50, 4000);
  const order = Rng.root(1).shuffle(Int32Array.from({ length: 1000 }, (_, i) => i));
  for (const size of [16, 20, 64]) {
    stored.expect(order);
    expect(batchesOf(stored, order, size)).toEqual([...rowsInMemory(X, order).data]);
  }
  scratch.close();
});

it("an order need not be kept, and a batch of other rows does not disturb it", () => {
  const { X, stored, scratch } = both(100, 2);
  const order = Rng.root(2).shuffle(Int32Array.from({ length: 100 }, (_, i) => i));
  stored.expect(order);
  const before = batchesOf(stored, order.subarray(0, 40), 16);
  const others = Int32Array.of(3, 99);
  expect(rowsInMemory(stored, others)).toEqual(rowsInMemory(X, others));
  expect([...before, ...batchesOf(stored, order.subarray(40), 16)]).toEqual([...rowsInMemory(X, order).data]);
  scratch.close();
});

it("a map makes rows of another width, block by block", () => {
  const { stored, scratch } = both(1500, 1024);
  const blocks = [...blocksOf(stored)].map(({ rows }) => rows);
  expect(blocks).toEqual([1024, 476]);
  const sums = stored.map(({ rows, data }) => ({
    ...{ rows, columns: 1 },
    data: Float32Array.from({ length: rows }, (_, i) => data[1024 * i + 1] - data[1024 * i]),
  }));
  expect([sums.rows, sums.columns, sums.data.every((value) => value === 1)]).toEqual([1500, 1, true]);
  scratch.close();
});

it("its files have no name, and those that came later can be let go alone", () => {
  const { stored, scratch } = both(4, 1);
  expect(existsSync(scratch.folder)).toBe(true);
  expect(readdirSync(scratch.folder)).toEqual([]);
  const { open } = scratch;
  const later = stored.map((block) => block);
  scratch.close(open);
  expect(() => rowsBetween(later, 0, 1)).toThrow("EBADF");
  expect([...rowsBetween(stored, 0, 4)]).toEqual([0, 1, 2, 3]);
  scratch.close();
});
