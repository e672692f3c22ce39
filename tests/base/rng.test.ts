import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";

// Seen on x64 with Node 20; integer arithmetic, so the same everywhere.
const REFERENCE = [984477504, 3185947569, 174822104];

describe("Rng", () => {
  it("gives the same numbers for the same seed and name, on every machine", () => {
    const stream = Rng.root(42).fork("bootstrap");
    expect([stream.uint32(), stream.uint32(), stream.uint32()]).toEqual(REFERENCE);
  });

  it("does not let a fork depend on what was drawn before", () => {
    const a = Rng.root(1);
    a.uniform();
    expect(a.fork("x").uint32()).toBe(Rng.root(1).fork("x").uint32());
    expect(Rng.root(1).fork("y").uint32()).not.toBe(Rng.root(1).fork("x").uint32());
  });

  it("draws integers without bias and uniforms in [0, 1)", () => {
    const rng = Rng.root(3);
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 60000; i++) counts[rng.integer(6)]++;
    for (const count of counts) expect(Math.abs(count - 10000)).toBeLessThan(400); // 4.4 standard deviations
    let sum = 0;
    for (let i = 0; i < 10000; i++) {
      const u = rng.uniform();
      expect(u >= 0 && u < 1).toBe(true);
      sum += u;
    }
    expect(Math.abs(sum / 10000 - 0.5)).toBeLessThan(0.012);
  });

  it("samples without replacement and shuffles in place", () => {
    const picked = Rng.root(5).sample(10, 4);
    expect(new Set(picked).size).toBe(4);
    expect(Math.max(...picked)).toBeLessThan(10);
    const items = [1, 2, 3, 4, 5];
    expect(Rng.root(5).shuffle(items)).toBe(items);
    expect([...items].sort()).toEqual([1, 2, 3, 4, 5]);
  });

  it("samples few of many as it samples many, and goes on behind them", () => {
    const [few, many] = [Rng.root(7), Rng.root(7)];
    // What all of them in random order begin with.
    expect([...few.sample(2000, 100)]).toEqual([...many.sample(2000, 2000)].slice(0, 100));
    const [a, b] = [Rng.root(8), Rng.root(8)];
    a.sample(2000, 100);
    for (let i = 0; i < 100; i++) b.integer(2000 - i);
    expect(a.uint32()).toBe(b.uint32());
  });

  it("shuffles by the integers of its stream, and goes on behind them", () => {
    const [shuffling, drawing] = [Rng.root(6), Rng.root(6)];
    const items = Array.from({ length: 1000 }, (_, i) => i);
    const expected = [...items];
    for (let i = expected.length - 1; i > 0; i--) {
      const j = drawing.integer(i + 1);
      [expected[i], expected[j]] = [expected[j], expected[i]];
    }
    expect(shuffling.shuffle(items)).toEqual(expected);
    expect(shuffling.uint32()).toBe(drawing.uint32());
  });
});
