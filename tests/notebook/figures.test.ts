import { describe, expect, it } from "vitest";
import { learningCurves, valuesFigure } from "#lib/notebook/figures.js";
import type { LineChart } from "#lib/report/chart.js";
import type { TrainingHistory } from "#lib/report/results.js";
import { float64, Table, text } from "#lib/table/table.js";

const history = (model: string, columns: Record<string, number[]>): TrainingHistory => ({
  split: "site",
  model,
  columns: Object.entries(columns).map(([name, values]) => ({ name, values })),
  stopped: null,
});

describe("learningCurves", () => {
  it("leaves out the epochs of pretraining, which have no macro-F1", () => {
    const { chart, alt } = learningCurves([
      history("gru", { epoch: [1, 2], validation_macro_f1: [0.5, 0.75] }),
      history("bert", { epoch: [1, 2, 3], validation_macro_f1: [Number.NaN, Number.NaN, 0.875] }),
    ]);
    expect((chart as LineChart).series).toEqual([
      { name: "gru", x: [1, 2], y: [0.5, 0.75] },
      { name: "bert", x: [3], y: [0.875] },
    ]);
    expect((chart as LineChart).y.domain).toEqual([0.5, 1]);
    expect(alt).toBe("Macro-F1 on validation rows by epoch: gru 0.750 at the end, bert 0.875 at the end.");
  });

  it("refuses a history without it, and says which figure there is", () => {
    expect(() => learningCurves([history("autoencoder", { epoch: [1], train_loss: [1] })])).toThrow(
      "notebook: history.csv of autoencoder has no validation_macro_f1 (has: epoch, train_loss). Use trainingFigure",
    );
  });
});

it("valuesFigure names the quantity in its title and the unit and scale at the axis", () => {
  const flows = Table.of({ family: text(["dos", "scan"]), duration_s: float64([1, 2]) });
  const { chart } = valuesFigure(flows, "duration_s", { by: "family", title: "Duration (s)", scale: "log" });
  expect(chart).toMatchObject({ title: "Duration by family", x: { title: "Duration (s), log scale" } });
});
