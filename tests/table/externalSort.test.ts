import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { ExternalSort } from "#lib/table/externalSort.js";
import { Scratch } from "#lib/table/storedMatrix.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
/** Two keys and what came when as a double, a number of single precision: 28 bytes. */
const layout = { keys: 2, doubles: 3, floats: 1 };

/** Records of these keys, sorted with room for so many at once: their keys and which one each was. */
function sorted(
  keys: readonly (readonly [number, number])[],
  room?: ConstructorParameters<typeof ExternalSort>[2],
) {
  const scratch = new Scratch(`${folder.path}/rows`);
  const sort = new ExternalSort(scratch, layout, room);
  keys.forEach(([a, b], i) => {
    const row = sort.next();
    const { doubles, floats } = sort.pending;
    doubles[0][row] = a;
    doubles[1][row] = b;
    doubles[2][row] = i;
    floats[row] = i + 0.5;
  });
  const found: number[][] = [];
  const merged = sort.sorted();
  while (merged.next()) {
    const { block, row } = merged;
    expect(block.floats[row]).toBe(block.doubles[2][row] + 0.5);
    found.push(block.doubles.map((column) => column[row]));
  }
  const files = scratch.open;
  scratch.close();
  return { found, files };
}

const expected = (keys: readonly (readonly [number, number])[]): number[][] =>
  keys.map(([a, b], i) => [a, b, i]).sort((x, y) => x[0] - y[0] || x[1] - y[1] || x[2] - y[2]);

it.each([
  ["in any order", 5000],
  ["nearly in order", 3],
])("sorts %s, of equal keys the earlier first, whatever fits in memory", (_, disorder) => {
  const rng = Rng.root(3);
  const keys = Array.from(
    { length: 997 },
    (_, i) => [rng.integer(2) - 1, 1e15 + i + rng.integer(disorder) - (rng.integer(disorder) % 7)] as const,
  );
  for (const room of [
    { run: 28, block: 28, fan: 2 },
    { run: 280, block: 84, fan: 3 },
    { run: 28_000, block: 28, fan: 512 },
    { run: 997 * 28, block: 1, fan: 2 },
  ])
    expect(sorted(keys, room).found).toEqual(expected(keys));
});

it("writes a file only for what does not fit in memory", () => {
  const keys = Array.from({ length: 10 }, (_, i) => [0, -i] as const);
  expect(sorted(keys, { run: 280, block: 28, fan: 2 })).toEqual({ found: expected(keys), files: 0 });
  expect(sorted(keys, { run: 252, block: 28, fan: 2 })).toEqual({ found: expected(keys), files: 1 });
  expect(sorted(keys)).toEqual({ found: expected(keys), files: 0 });
});

it("sorts nothing", () => {
  expect(sorted([])).toEqual({ found: [], files: 0 });
});
