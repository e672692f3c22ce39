import { describe, expect, it } from "vitest";
import { familyChanges } from "#lib/eval/familyChange.js";

describe("familyChanges", () => {
  const single = [
    { family: "Beacon", n: 10, detected: 6 },
    { family: "Flood", n: 100, detected: 40 },
    { family: "Scan", n: 20, detected: 19 },
  ];

  it("lists the families that lose rows first, with recall before and after", () => {
    const context = [
      { family: "Scan", n: 20, detected: 17 },
      { family: "Flood", n: 100, detected: 90 },
      { family: "Beacon", n: 10, detected: 6 },
    ];
    expect(familyChanges(single, context)).toEqual([
      { family: "Scan", n: 20, before: 0.95, after: 0.85, gained: -2 },
      { family: "Beacon", n: 10, before: 0.6, after: 0.6, gained: 0 },
      { family: "Flood", n: 100, before: 0.4, after: 0.9, gained: 50 },
    ]);
  });

  it("refuses tables of other rows", () => {
    expect(() => familyChanges(single, single.slice(1))).toThrow(/other rows/);
    expect(() =>
      familyChanges(single, [...single.slice(1), { family: "Beacon", n: 9, detected: 6 }]),
    ).toThrow(RangeError);
  });
});
