import { expect, it } from "vitest";
import { rocAuc } from "#lib/eval/rocAuc.js";

it("is the share of pairs in the right order, ties half", () => {
  expect(rocAuc([0.1, 0.4, 0.35, 0.8], Uint8Array.of(0, 0, 1, 1))).toBe(0.75);
  expect(rocAuc([0.5, 0.5, 0.5], Uint8Array.of(0, 1, 0))).toBe(0.5);
  expect(rocAuc([1, 2], Uint8Array.of(1, 1))).toBeNull();
});
