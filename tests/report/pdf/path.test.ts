import { describe, expect, it } from "vitest";
import { parsePath } from "#lib/report/pdf/path.js";

describe("parsePath", () => {
  it("makes lines absolute, and pairs after a move lines", () => {
    expect(parsePath("M1,2 3,4h10v-5l1,1H0Z")).toEqual([
      { op: "m", at: [1, 2] },
      { op: "l", at: [3, 4] },
      { op: "l", at: [13, 4] },
      { op: "l", at: [13, -1] },
      { op: "l", at: [14, 0] },
      { op: "l", at: [0, 0] },
      { op: "h" },
    ]);
  });

  it("goes on from the beginning after a path was closed", () => {
    expect(parsePath("M5,5l1,0zl0,2")[3]).toEqual({ op: "l", at: [5, 7] });
  });

  it("reads numbers without blanks and with exponents", () => {
    expect(parsePath("M-1.5-.5L1e2,2.5e-1")).toEqual([
      { op: "m", at: [-1.5, -0.5] },
      { op: "l", at: [100, 0.25] },
    ]);
  });

  it("draws a circle of two arcs as four quarters that stay on it", () => {
    const [, ...curves] = parsePath("M3,0A3,3,0,1,1,-3,0A3,3,0,1,1,3,0");
    expect(curves).toHaveLength(4);
    const ends = curves.map((curve) => (curve.op === "c" ? curve.at.slice(4) : []));
    const expected = [0, 3, -3, 0, 0, -3, 3, 0];
    for (const [i, value] of ends.flat().entries()) expect(value).toBeCloseTo(expected[i], 9);
    // The middle of each curve lies on the circle too, within three ten-thousandths of the radius.
    let from = [3, 0];
    for (const curve of curves) {
      if (curve.op !== "c") throw new Error("not a curve");
      const [x1, y1, x2, y2, x, y] = curve.at;
      const middle = [from[0] + 3 * x1 + 3 * x2 + x, from[1] + 3 * y1 + 3 * y2 + y].map((sum) => sum / 8);
      expect(Math.hypot(...middle)).toBeCloseTo(3, 2);
      from = [x, y];
    }
  });

  it("turns the way the sweep flag says", () => {
    const middle = (sweep: number): number => {
      const curve = parsePath(`M-1,0A1,1,0,0,${sweep},1,0`)[1];
      return curve.op === "c" ? curve.at[5] : Number.NaN;
    };
    expect(middle(1)).toBeCloseTo(-1, 9);
    expect(middle(0)).toBeCloseTo(1, 9);
  });

  it("turns a quadratic curve into a cubic one", () => {
    expect(parsePath("M0,0Q3,3,6,0")[1]).toEqual({ op: "c", at: [2, 2, 4, 2, 6, 0] });
  });

  it("refuses what it does not know, by name", () => {
    expect(() => parsePath("M0,0S1,1,2,2")).toThrow('svg: a path has "S" where');
    expect(() => parsePath("M0")).toThrow('svg: a path has "M" where');
  });
});
