import { describe, expect, it } from "vitest";
import { reliabilityFigure, thresholdFigure } from "#lib/report/decisionFigures.js";

describe("thresholdFigure", () => {
  it("says what flagging at and above each score gives", () => {
    const { chart, alt } = thresholdFigure({ benign: [0.1, 0.5], attack: [0.5, 0.9] }, 0.4);
    expect(chart).toMatchObject({
      kind: "lines",
      join: "step-before",
      x: { domain: [0, 1] },
      series: [
        { name: "precision", x: [0.1, 0.5, 0.9], y: [0.5, 2 / 3, 1] },
        { name: "recall", y: [1, 1, 0.5] },
        { name: "F1", y: [2 / 3, 0.8, 2 / 3] },
      ],
      references: [{ name: "frozen threshold", from: [0.4, 0], to: [0.4, 1] }],
    });
    expect(alt).toContain("The frozen threshold is 0.400.");
  });

  it("does without a threshold, without attacks, and with scores of any range", () => {
    const { chart } = thresholdFigure({ benign: [-3, 7], attack: [] }, null);
    expect(chart).toMatchObject({ references: [], series: [{ y: [0, 0] }, { y: [0, 0] }, { y: [0, 0] }] });
    expect(chart.kind === "lines" && chart.x.domain).toBeUndefined();
  });
});

describe("reliabilityFigure", () => {
  it("draws bins that have rows, against the diagonal", () => {
    const bins = [
      { n: 4, mean_p: 0.1, attacks: 0 },
      { n: 0, mean_p: null, attacks: null },
      { n: 2, mean_p: 0.9, attacks: 1 },
    ];
    const { chart } = reliabilityFigure([{ name: "forest", bins, ece: 0.1 }]);
    expect(chart).toMatchObject({
      series: [{ name: "forest 0.100", x: [0.1, 0.9], y: [0, 1] }],
      references: [{ from: [0, 0], to: [1, 1] }],
    });
  });
});
