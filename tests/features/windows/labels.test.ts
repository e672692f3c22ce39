import { expect, it } from "vitest";
import { majorityLabels } from "#lib/features/windows/labels.js";

const windows = { length: 3, alone: 0, rows: Int32Array.of(-1, -1, 0, -1, 0, 1, 0, 1, 2, 1, 2, 3) };

it("takes what most rows of a window have, of equally many the latest; what is not known does not count", () => {
  const codes = Int32Array.of(0, 1, 1, -1);
  expect([...majorityLabels(windows, codes, Int32Array.of(0, 1, 2, 3))]).toEqual([0, 1, 1, 1]);
  expect([
    ...majorityLabels({ length: 1, alone: 0, rows: Int32Array.of(0) }, Int32Array.of(-1), Int32Array.of(0)),
  ]).toEqual([-1]);
});

it("does not look at the label of a row that is held out", () => {
  const codes = Int32Array.of(1, 1, 0, 0);
  expect([...majorityLabels(windows, codes, Int32Array.of(2))]).toEqual([0]);
});
