import { describe, expect, it } from "vitest";
import { learningCurves } from "#lib/notebook/figures.js";
import { parseHistory } from "#lib/report/history.js";
import { trainingBlocks, trainingFigure } from "#lib/report/sectionTraining.js";
import { sampleInput } from "./sample.js";

const { columns, stopped } = parseHistory(
  "round,train_loss,validation_loss\n1,0.9,0.8\n2,0.5,0.6\n3,0.4,\n4,0.3,0.7\n",
  "history.csv",
);

describe("parseHistory", () => {
  it("reads numbers, and NaN where there is nothing", () => {
    expect(columns.map(({ name }) => name)).toEqual(["round", "train_loss", "validation_loss"]);
    expect(columns[2].values).toEqual([0.8, 0.6, Number.NaN, 0.7]);
    expect(stopped).toBe(null);
  });

  it("reads why a network's training ended", () => {
    const { columns: own, stopped: why } = parseHistory("epoch,loss,stopped\n1,2,\n2,,patience\n", "h");
    expect(own.map(({ name, values }) => [name, ...values])).toEqual([
      ["epoch", 1, 2],
      ["loss", 2, Number.NaN],
    ]);
    expect(why).toBe("patience");
    expect(() => parseHistory("epoch,loss,stopped\n1,2,bored\n", "h")).toThrow(
      "h: line 2: expected 2 numbers",
    );
  });

  it("names the line that has something else", () => {
    expect(() => parseHistory("round,loss\n1,x\n", "a/history.csv")).toThrow(
      'a/history.csv: line 2: expected 2 numbers (round,loss), found "1,x"',
    );
    expect(() => parseHistory("round,loss\n1,2\n2\n", "h")).toThrow("h: line 3");
  });
});

describe("learning curves", () => {
  const history = { split: "site", model: "boosting", columns, stopped };

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
    const told = parseHistory(
      "epoch,train_loss,validation_loss,validation_macro_f1,learning_rate,best_epoch,stopped\n" +
        "1,0.9,0.8,0.6,0.001,1,\n2,0.5,0.9,0.7,0.001,2,\n3,0.4,0.95,0.65,0.001,2,epochs\n",
      "history.csv",
    );
    const gru = { split: "site", model: "gru", ...told };
    expect(trainingFigure(gru).chart).toMatchObject({
      y: { title: "Loss, macro-F1" },
      series: [
        { name: "train loss" },
        { name: "validation loss" },
        { name: "validation macro-F1", y: [0.6, 0.7, 0.65] },
      ],
      references: [{ name: "epoch 2" }],
    });
    const [, , table, figure] = trainingBlocks({ ...sampleInput(), histories: [gru] });
    expect(figure).toMatchObject({
      caption:
        "How gru learned. The grey line is at the epoch that is kept: 2. It ended after 3 epochs: all are done.",
    });
    expect(table).toMatchObject({ kind: "table" });
    const cells = table.kind === "table" ? table.table.rows[0] : [];
    expect(cells.map((cell) => (cell.kind === "text" ? cell.text : "value" in cell && cell.value))).toEqual([
      ...["gru", 3, 2, "all epochs done", 0.5, 0.9, 0.7],
    ]);
  });

  it("of a pre-trained network begin with what it learned without labels", () => {
    const told = parseHistory(
      "epoch,train_loss,validation_loss,validation_macro_f1,learning_rate,best_epoch,masked_loss,pretraining,stopped\n" +
        "1,,,,0.001,1,0.9,1,\n2,0.5,0.8,0.6,0.001,2,,0,\n3,0.4,0.9,0.5,0.001,2,,0,patience\n",
      "history.csv",
    );
    const masked = { split: "site", model: "masked", ...told };
    expect(trainingFigure(masked).chart).toMatchObject({
      series: [
        { name: "train loss", x: [2, 3], y: [0.5, 0.4] },
        { name: "validation loss", x: [2, 3] },
        { name: "validation macro-F1", x: [2, 3] },
        { name: "masked loss", x: [1], y: [0.9] },
      ],
      references: [{ name: "epoch 2" }],
    });
    expect(learningCurves([masked]).chart).toMatchObject({ series: [{ x: [2, 3], y: [0.6, 0.5] }] });
    const [, , table] = trainingBlocks({ ...sampleInput(), histories: [masked] });
    expect(table.kind === "table" && table.table.rows[0].slice(3, 5)).toMatchObject([
      { text: "patience: none was better for so long" },
      { value: 0.5 },
    ]);
  });

  it("are of the headline split, and nothing without histories", () => {
    const input = { ...sampleInput(), histories: [history, { ...history, split: "random" }] };
    const figures = trainingBlocks(input).flatMap((block) => (block.kind === "figure" ? [block.name] : []));
    expect(figures).toEqual(["training-site-boosting"]);
    expect(trainingBlocks(sampleInput())).toEqual([]);
  });
});
