import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { stratifiedCap } from "#lib/dataset/cap.js";
import { text } from "#lib/table/table.js";

describe("stratifiedCap", () => {
  const families = text([...Array(90).fill("benign"), ...Array(9).fill("dos"), "u2r"]);
  it("keeps the shares, in row order, the same for a seed", () => {
    const rows = stratifiedCap(families, 20, Rng.root(1));
    const count = (name: string): number =>
      [...rows].filter((row) => families.dictionary[families.codes[row]] === name).length;
    expect([count("benign"), count("dos"), count("u2r")]).toEqual([18, 1, 1]);
    expect([...rows]).toEqual([...rows].toSorted((a, b) => a - b));
    expect([...stratifiedCap(families, 20, Rng.root(1))]).toEqual([...rows]);
    expect([...stratifiedCap(families, 20, Rng.root(2))]).not.toEqual([...rows]);
  });
});
