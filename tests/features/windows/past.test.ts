import { expect, it } from "vitest";
import { WindowPast } from "#lib/features/windows/past.js";

const NONE = Number.NaN;

function windowsOf(past: WindowPast, rows: readonly (readonly [string | null, number])[]): number[][] {
  return rows.map(([host, value]) => {
    const into = new Float32Array(3);
    past.push(host, Float32Array.of(value), into);
    return [...into];
  });
}

it("gives each row the last ones of its host, and a row without a host itself", () => {
  expect(
    windowsOf(new WindowPast(3, 1), [
      ["a", 1],
      ["b", 2],
      ["a", 3],
      [null, 4],
      ["a", 5],
      ["a", 6],
    ]),
  ).toEqual([
    [NONE, NONE, 1],
    [NONE, NONE, 2],
    [NONE, 1, 3],
    [NONE, NONE, 4],
    [1, 3, 5],
    [3, 5, 6],
  ]);
});

it("forgets the host that was silent longest where there are too many", () => {
  const past = new WindowPast(3, 1, 2);
  const last = windowsOf(past, [
    ["a", 1],
    ["b", 2],
    ["a", 3],
    ["c", 4],
    ["a", 5],
    ["b", 6],
  ]);
  expect(last[4]).toEqual([1, 3, 5]);
  expect(last[5]).toEqual([NONE, NONE, 6]);
});
