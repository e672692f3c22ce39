import { describe, expect, it } from "vitest";
import { ContentGroups, contentGroups, DuplicateCounter, FinerGroups } from "#lib/dataset/content.js";
import { float64, Table, text } from "#lib/table/table.js";

const table = Table.of({
  a: float64([1, 1, 2, Number.NaN, Number.NaN, -0, 0]),
  b: text(["x", "x", "x", null, null, "x", "x"]),
  c: float64([1, 2, 3, 4, 5, 6, 7]),
});

describe("contentGroups", () => {
  it("numbers groups of equal rows in order of appearance; missing equals missing", () => {
    expect([...contentGroups(table, ["a", "b"])]).toEqual([0, 0, 1, 2, 2, 3, 3]);
    expect([...contentGroups(table, ["a", "b", "c"])]).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
  it("agrees with comparing texts on many rows", () => {
    const n = 5000;
    const values = Array.from({ length: n }, (_, i) => ((i * 7919) % 601) / 8);
    const words = Array.from({ length: n }, (_, i) => `w${(i * 31) % 7}`);
    const groups = contentGroups(Table.of({ v: float64(values), w: text(words) }), ["v", "w"]);
    const seen = new Map<string, number>();
    const expected = values.map((value, i) => {
      const key = `${value}|${words[i]}`;
      if (!seen.has(key)) seen.set(key, seen.size);
      return seen.get(key);
    });
    expect([...groups]).toEqual(expected);
  });
});

describe("ContentGroups", () => {
  it("knows rows of earlier batches again, whatever the order of a batch's dictionary", () => {
    const groups = new ContentGroups();
    const first = Table.of({ a: float64([1, 2]), b: text(["x", "y"]) });
    const second = Table.of({ a: float64([2, 3, 1]), b: text(["y", "x", "x"]) });
    expect([...groups.add(first, ["a", "b"])]).toEqual([0, 1]);
    expect([...groups.add(second, ["a", "b"])]).toEqual([1, 2, 0]);
    expect(groups.size).toBe(3);
  });
  it("takes a column that a batch lacks as missing", () => {
    const groups = new ContentGroups();
    const lacking = Table.of({ a: float64([1]) });
    const missing = Table.of({ a: float64([1, 1]), b: text([null, ""]) });
    expect([...groups.add(lacking, ["a", "b"])]).toEqual([0]);
    expect([...groups.add(missing, ["a", "b"])]).toEqual([0, 1]);
  });
});

describe("FinerGroups", () => {
  it("divides rows as all columns at once do, in whatever batches they come", () => {
    const n = 4000;
    const column = (of: (row: number) => number) => float64(Array.from({ length: n }, (_, row) => of(row)));
    const rows = Table.of({
      a: column((row) => (row * 7919) % 211),
      b: column((row) => (row % 5 === 0 ? 0 : row % 400)),
      c: column((row) => (row % 3 === 0 ? Number.NaN : 1)),
    });
    const groups = new ContentGroups();
    const finer = new FinerGroups();
    const found: number[] = [];
    for (let from = 0; from < n; from += 900) {
      const batch = rows.take(Array.from({ length: Math.min(900, n - from) }, (_, i) => from + i));
      found.push(...finer.add(groups.add(batch, ["a"]), batch, ["a"], ["b", "c"]));
    }
    const numbers = new Map<number, number>();
    const inOrder = found.map((group) => {
      if (!numbers.has(group)) numbers.set(group, numbers.size);
      return numbers.get(group);
    });
    expect(inOrder).toEqual([...contentGroups(rows, ["a", "b", "c"])]);
    // Numbers are those of groups: none is left out.
    expect(Math.max(...found)).toBe(numbers.size - 1);
  });
  it("are the groups themselves when no column is added", () => {
    const groups = Int32Array.of(0, 1, 0);
    expect(new FinerGroups().add(groups, table, ["a"], [])).toBe(groups);
  });
});

describe("the hash of a row", () => {
  const n = 1 << 18;
  const numbers = (of: (row: number) => number) => float64(Array.from({ length: n }, (_, row) => of(row)));
  it.each([
    ["two small whole numbers", [(row: number) => row & 511, (row: number) => row >> 9]],
    ["flags", Array.from({ length: 18 }, (_, bit) => (row: number) => (row >> bit) & 1)],
    ["shares", [(row: number) => row / n, (row: number) => 1 - row / n]],
  ])("tells rows of %s apart", (_, columns) => {
    const rows = Table.of(new Map(columns.map((of, i) => [`c${i}`, numbers(of)])));
    const groups = new ContentGroups();
    groups.add(rows, rows.names);
    expect(groups.size).toBe(n);
  });
});

describe("DuplicateCounter", () => {
  it("counts repeats with and without the label, and contradictions, over batches", () => {
    const counter = new DuplicateCounter();
    counter.add(Int32Array.of(0, 0, 0), Int32Array.of(0, 0, 1));
    counter.add(Int32Array.of(1, 1, 2), Int32Array.of(2, 2, 0));
    expect(counter.finish()).toEqual({ repeated: 3, repeated_with_label: 2, contradictory: 3 });
  });
});
