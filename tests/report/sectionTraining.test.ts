import { describe, expect, it } from "vitest";
import { parseHistory } from "#lib/report/history.js";
import { trainingBlocks, trainingFigure } from "#lib/report/sectionTraining.js";
import { sampleInput } from "./sample.js";

const columns = parseHistory(
  "round,train_loss,validation_loss\n1,0.9,0.8\n2,0.5,0.6\n3,0.4,\n4,0.3,0.7\n",
  "history.csv",
);

describe("parseHistory", () => {
  it("reads numbers, and NaN where there is nothing", () => {
    expect(columns.map(({ name }) => name)).toEqual(["round", "train_loss", "validation_loss"]);
    expect(columns[2].values).toEqual([0.8, 0.6, Number.NaN, 0.7]);
  });

  it("names the line that has something else", () => {
    expect(() => parseHistory("round,loss\n1,x\n", "a/history.csv")).toThrow(
      'a/history.csv: line 2: expected 2 numbers (round,loss), found "1,x"',
    );
    expect(() => parseHistory("round,loss\n1,2\n2\n", "h")).toThrow("h: line 3");
  });
});

describe("learning curves", () => {
  const history = { split: "site", model: "boosting", columns };

  it("mark the lowest validation loss and leave out steps without one", () => {
    const { chart } = trainingFigure(history);
    expect(chart).toMatchObject({
      series: [
        { name: "train loss", x: [1, 2, 3, 4], y: [0.9, 0.5, 0.4, 0.3] },
        { name: "validation loss", x: [1, 2, 4], y: [0.8, 0.6, 0.7] },
      ],
      references: [{ name: "round 2", from: [2, 0], to: [2, 0.9] }],
    });
  });

  it("show macro-F1 beside the losses, and the epoch that is kept", () => {
    const columns = parseHistory(
      "epoch,train_loss,validation_loss,validation_macro_f1,learning_rate,best_epoch\n" +
        "1,0.9,0.8,0.6,0.001,1\n2,0.5,0.9,0.7,0.001,2\n3,0.4,0.95,0.65,0.001,2\n",
      "history.csv",
    );
    const gru = { split: "site", model: "gru", columns };
    expect(trainingFigure(gru).chart).toMatchObject({
      y: { title: "Loss, macro-F1" },
      series: [
        { name: "train loss" },
        { name: "validation loss" },
        { name: "validation macro-F1", y: [0.6, 0.7, 0.65] },
      ],
      references: [{ name: "epoch 2" }],
    });
    const [, , table] = trainingBlocks({ ...sampleInput(), histories: [gru] });
    expect(table).toMatchObject({ kind: "table" });
    const cells = table.kind === "table" ? table.table.rows[0] : [];
    expect(cells.map((cell) => (cell.kind === "text" ? cell.text : "value" in cell && cell.value))).toEqual([
      ...["gru", 3, 2, "all epochs done", 0.5, 0.9, 0.7],
    ]);
  });

  it("are of the headline split, and nothing without histories", () => {
    const input = { ...sampleInput(), histories: [history, { ...history, split: "random" }] };
    const figures = trainingBlocks(input).flatMap((block) => (block.kind === "figure" ? [block.name] : []));
    expect(figures).toEqual(["training-site-boosting"]);
    expect(trainingBlocks(sampleInput())).toEqual([]);
  });
});
