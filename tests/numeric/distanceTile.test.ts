import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { DistanceTile, TILE } from "#lib/numeric/distanceTile.js";
import { squaredDistance } from "#lib/numeric/squaredDistance.js";

it.each([1, 3, 4, 38])(
  "distances to a tile are those of squaredDistance, bit by bit: %i columns",
  (columns) => {
    const rng = Rng.root(7);
    const rows = TILE + 5;
    const data = Float64Array.from({ length: rows * columns }, () => 100 * rng.uniform());
    const tile = new DistanceTile(data, columns);
    for (const [first, last] of [
      [0, TILE],
      [TILE, rows],
    ]) {
      tile.take(first, last);
      for (const row of [0, 17, rows - 1]) {
        tile.ask(row);
        for (let i = first; i < last; i++) {
          const square = squaredDistance(data, row * columns, data, i * columns, columns);
          expect(tile.found[i - first]).toBe(Math.sqrt(square));
        }
      }
    }
  },
);
