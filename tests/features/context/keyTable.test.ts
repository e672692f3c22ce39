import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { IdleKeys } from "#lib/features/context/idleKeys.js";
import { KeyTable } from "#lib/features/context/keyTable.js";

describe("KeyTable", () => {
  it("gives a key its slot for as long as it is in use, and released slots again", () => {
    const table = new KeyTable();
    expect([table.slot(1, 2, 3, 4), table.slot(4, 3, 2, 1), table.slot(1, 2, 3, 4)]).toEqual([0, 1, 0]);
    table.release(0);
    expect([table.slot(7, 7, 7, 7), table.slot(1, 2, 3, 4), table.size]).toEqual([0, 2, 3]);
  });

  it("agrees with a Map over any order of uses and releases", () => {
    const rng = Rng.root(1);
    const table = new KeyTable();
    const known = new Map<string, number>();
    for (let step = 0; step < 20_000; step++) {
      const key = [rng.integer(12) - 1, rng.integer(12), rng.integer(3), rng.integer(2)] as const;
      const name = key.join();
      const slot = table.slot(...key);
      expect(slot).toBe(known.get(name) ?? slot);
      expect(known.has(name) || ![...known.values()].includes(slot)).toBe(true);
      known.set(name, slot);
      if (rng.uniform() < 0.6) {
        table.release(slot);
        known.delete(name);
      }
      expect(table.size).toBe(known.size);
    }
    expect(table.capacity).toBeLessThan(1024);
  });
});

describe("IdleKeys", () => {
  it("tells the pause since the last use and forgets what was idle for longer than the horizon", () => {
    const keys = new IdleKeys(10);
    const pauseOf = (key: number, us: number): number => {
      keys.use(key, 0, 0, 0, us);
      return keys.pauseUs;
    };
    expect([pauseOf(1, 0), pauseOf(2, 4), pauseOf(1, 10), pauseOf(2, 15), pauseOf(1, 20)]).toEqual([
      ...[Number.NaN, Number.NaN, 10, Number.NaN, 10],
    ]);
    keys.use(3, 0, 0, 0, 100);
    expect(keys.size).toBe(1);
  });
});
