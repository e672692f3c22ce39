import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { bitWidth, unhybrid } from "#lib/table/parquet/hybrid.js";
import { EncodeKernel } from "#lib/table/parquet/kernel.js";
import { undelta } from "#lib/table/parquet/undelta.js";
import { unsnappy } from "#lib/table/parquet/unsnappy.js";

const kernel = new EncodeKernel(16);

function hybrid(values: readonly number[], width: number): Uint8Array {
  kernel.begin(Int32Array.from(values), 64 + values.length * 4, 0);
  kernel.places.set(values);
  kernel.hybrid(values.length, width);
  return kernel.page.written();
}

function differences(values: Float64Array): Uint8Array {
  kernel.begin(values, 4096 + values.length * 9, 0);
  kernel.differences();
  return kernel.page.written();
}

function snappy(source: Uint8Array): Uint8Array {
  kernel.begin(new Int32Array(0), source.length, 0);
  kernel.page.append(source);
  kernel.squeeze(1, false);
  return kernel.squeezed.written();
}

describe("runs and bit-packed groups", () => {
  it("has the bytes of the specification's example", () => {
    // Encodings.md: the numbers 0 to 7 of three bits.
    expect([...hybrid([0, 1, 2, 3, 4, 5, 6, 7], 3)]).toEqual([3, 0x88, 0xc6, 0xfa]);
    expect([...hybrid(new Array(100).fill(4), 3)]).toEqual([200, 1, 4]);
  });

  it.each([1, 2, 3, 7, 8, 9, 12, 17])("come back for %i bits", (width) => {
    const rng = Rng.root(width);
    const values: number[] = [];
    while (values.length < 3000) {
      const value = rng.integer(2 ** width);
      for (let n = rng.integer(4) === 0 ? rng.integer(80) : 1; n > 0; n--) values.push(value);
    }
    const bytes = hybrid(values, width);
    const back = new Int32Array(values.length);
    unhybrid(bytes, 0, width, back, back.length);
    expect([...back]).toEqual(values);
  });

  it("need as many bits as the largest number", () => {
    expect([0, 1, 2, 255, 256].map(bitWidth)).toEqual([0, 1, 2, 8, 9]);
  });
});

describe("differences", () => {
  it("has the bytes of the specification's example", () => {
    // Encodings.md: 1, 2, 3, 4, 5 has the differences 1, all of no bits above the least.
    const bytes = differences(Float64Array.of(1, 2, 3, 4, 5));
    expect([...bytes]).toEqual([128, 1, 4, 5, 2, 2, 0, 0, 0, 0]);
  });

  it.each([1, 10, 2 ** 20, 2 ** 31, 2 ** 40, 2 ** 50])("come back for numbers up to %d", (most) => {
    const rng = Rng.root(3);
    for (const count of [0, 1, 2, 32, 33, 129, 1000]) {
      const values = Float64Array.from({ length: count }, () => Math.round((rng.uniform() - 0.5) * most) + 0);
      const back = new Float64Array(count);
      undelta(differences(values), 0, back, count);
      expect(back).toEqual(values);
    }
  });
});

describe("Snappy", () => {
  it("says a literal, then copies", () => {
    const bytes = snappy(new TextEncoder().encode("abcdefgh".repeat(10)));
    expect([...bytes.subarray(0, 2)]).toEqual([80, (8 - 1) << 2]);
    expect(bytes.length).toBeLessThan(30);
  });

  it.each([0, 1, 14, 15, 16, 100, 65_535, 65_536, 65_537, 300_000])("gives back %i bytes", (length) => {
    const rng = Rng.root(length);
    const noise = Uint8Array.from({ length }, () => rng.integer(256));
    const repeats = noise.map((byte, i) =>
      i % 5000 < 3000 ? i % 7 : i > 2000 && i % 2 === 0 ? noise[i - 2000] : byte,
    );
    for (const source of [noise, repeats, new Uint8Array(length)]) {
      const bytes = snappy(source);
      expect(Buffer.compare(unsnappy(bytes, length), source)).toBe(0);
    }
  });

  it("refuses what is damaged", () => {
    expect(() => unsnappy(Uint8Array.of(4, 12, 1, 2), 4)).toThrow("a compressed page is damaged");
    expect(() => unsnappy(Uint8Array.of(4, 0, 1, 14, 9, 0), 4)).toThrow("a compressed page is damaged");
  });
});
