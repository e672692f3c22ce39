import { expect, it } from "vitest";
import { Tally } from "#lib/base/tally.js";

it("counts by reason, keeps the first five lines, and takes in what was counted in a later part", () => {
  const whole = new Tally();
  whole.add("a", 2);
  whole.add("b", 3);
  const part = new Tally();
  for (const line of [1, 4, 5, 6, 9, 11]) part.add("a", line);
  part.add("c", 7);
  whole.absorb(part.toJSON(), 100);
  expect(whole.toJSON()).toEqual({
    a: { count: 7, first_lines: [2, 101, 104, 105, 106] },
    b: { count: 1, first_lines: [3] },
    c: { count: 1, first_lines: [107] },
  });
  expect([whole.total, whole.count("a"), whole.count("x")]).toEqual([9, 7, 0]);
});
