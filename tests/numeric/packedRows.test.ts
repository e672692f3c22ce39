import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { LinearRows } from "#lib/numeric/linearRows.js";
import { isPackable, PackedRows } from "#lib/numeric/packedRows.js";

describe.each([1, 3, 4, 5, 30, 122])("packed rows of %i columns", (size) => {
  const rng = Rng.root(size);
  const count = 700;
  /** Mostly zeros, some rows nothing else, some rows without any. */
  const data = Float32Array.from({ length: count * size }, (_, at) => {
    const row = Math.floor(at / size);
    if (row % 50 === 7) return at % 2 === 0 ? 0 : -0;
    return row % 50 === 9 || rng.uniform() < 0.2 ? rng.uniform() - 0.5 : 0;
  });
  const vector = Float64Array.from({ length: size }, () => rng.uniform() - 0.5);
  const packed = new PackedRows({ rows: count, columns: size, data });
  const dense = new LinearRows(size, count);
  dense.hold(data);
  const order = rng.shuffle(Int32Array.from({ length: 2 * count }, (_, i) => i % count));

  it("are multiplied as rows with their zeros are, bit by bit", () => {
    packed.vector.set(vector);
    dense.vector.set(vector);
    const expected = [...dense.products(count, 0.25)];
    expect([...packed.products(order, 0.25)]).toEqual([...order].map((row) => expected[row]));
    for (const row of [0, 7, 9, count - 1]) expect(packed.product(row)).toBe(dense.product(row));
  });

  it("are added as rows with their zeros are, bit by bit", () => {
    packed.vector.set(vector);
    dense.vector.set(vector);
    for (const row of [3, 7, 9, count - 1]) {
      const squares = dense.add(row, row / 7);
      expect(packed.add(row, row / 7)).toBe(squares);
      expect(packed.squaredLength(row)).toBe(squares);
    }
    expect([...packed.vector]).toEqual([...dense.vector]);
  });
});

it("takes more rows in products than it multiplies at once, and rows that are not finite", () => {
  const data = Float32Array.from({ length: 10_000 }, (_, i) => i);
  data[77] = Number.NaN;
  const packed = new PackedRows({ rows: 10_000, columns: 1, data });
  packed.vector[0] = 2;
  const found = packed.products(Int32Array.from(data.keys()), 1);
  expect([found[9_999], found[77], found[0]]).toEqual([19_999, Number.NaN, 1]);
});

it("packs no more rows than the kernel has room for, of few columns fewer bytes", () => {
  const gigabyte = (columns: number) => ({ rows: 2 ** 28 / columns, columns });
  expect([1, 4, 128].map((columns) => isPackable(gigabyte(columns)))).toEqual([false, false, false]);
  expect(isPackable({ rows: 2 ** 20, columns: 128 })).toBe(true);
  expect(isPackable({ rows: 1, columns: 4 * 0xffff + 1 })).toBe(false);
});
