import { type Block, code, paragraph, sentence } from "./document.js";
import { type Figure, figureOf } from "./figure.js";
import { knownPoints } from "./history.js";
import { fixed } from "./numbers.js";
import type { ReportInput, TrainingHistory } from "./results.js";
import { countCell, numberCell, type ReportTable, textCell } from "./table.js";

/** Learning curves of the headline split's models that train in rounds or epochs; empty without any. */
export function trainingBlocks(input: ReportInput): Block[] {
  const split = input.settings.headline;
  const histories = input.histories.filter((history) => history.split === split);
  if (histories.length === 0) return [];
  const epochs = histories.filter(({ columns }) => columns.some(({ name }) => name === "best_epoch"));
  return [
    { kind: "subheading", text: "Learning curves" },
    paragraph(
      ...sentence`Loss by round or epoch on the training and the validation part of ${code(split)}, of networks also macro-F1 on validation; the test part is never looked at while a model trains. Where the two losses part, a model begins to remember.`,
    ),
    ...(epochs.length === 0 ? [] : [{ kind: "table" as const, table: epochTable(split, epochs) }]),
    ...histories.map(
      (history): Block => ({
        kind: "figure",
        name: `training-${history.split}-${history.model}`,
        figure: trainingFigure(history),
        caption: `How ${history.model} learned.${captionOf(history)}`,
      }),
    ),
  ];
}

const reasons = { patience: "patience: none was better for so long", epochs: "all epochs done" };

/** What each network's kept epoch was, and why its training ended. */
function epochTable(split: string, histories: readonly TrainingHistory[]): ReportTable {
  return {
    caption: `Training of the networks of split ${split}: the epoch that is kept, and its values.`,
    columns: [
      { name: "model", title: "Model" },
      { name: "epochs", title: "Epochs", align: "right" },
      { name: "best_epoch", title: "Kept", align: "right" },
      { name: "stopped", title: "Stopped by" },
      { name: "train_loss", title: "Training loss", align: "right" },
      { name: "validation_loss", title: "Validation loss", align: "right" },
      { name: "validation_macro_f1", title: "Validation macro-F1", align: "right" },
    ],
    rows: histories.map(({ model, columns, stopped }) => {
      const values = (name: string): readonly number[] =>
        columns.find((column) => column.name === name)?.values ?? [];
      const best = values("best_epoch").at(-1)!;
      const at = (name: string): number | null => {
        const value = values(name)[best - 1];
        return Number.isFinite(value) ? value : null;
      };
      return [
        textCell(model),
        countCell(values("epoch").length),
        countCell(best),
        textCell(stopped === null ? "" : reasons[stopped]),
        numberCell(at("train_loss")),
        numberCell(at("validation_loss"), "no validation rows"),
        numberCell(at("validation_macro_f1"), "not measured"),
      ];
    }),
  };
}

/** The step whose model is kept and why; null: the last one. */
function keptStep({ columns: [steps, ...others] }: TrainingHistory): { step: number; why: string } | null {
  const best = others.find(({ name }) => name === "best_epoch")?.values.at(-1);
  if (best !== undefined) return { step: best, why: "is kept" };
  const validation = others.find(({ name }) => name === "validation_loss")?.values.map(orInfinity);
  const least = validation === undefined ? Number.POSITIVE_INFINITY : Math.min(...validation);
  if (validation === undefined || !Number.isFinite(least)) return null;
  return { step: steps.values[validation.indexOf(least)], why: "has the lowest validation loss" };
}

const orInfinity = (value: number): number => (Number.isFinite(value) ? value : Number.POSITIVE_INFINITY);

function captionOf(history: TrainingHistory): string {
  const { columns, stopped } = history;
  const kept = keptStep(history);
  const step = columns[0].name;
  const line = kept === null ? "" : ` The grey line is at the ${step} that ${kept.why}: ${kept.step}.`;
  const ended =
    stopped === null ? "" : ` It ended after ${columns[0].values.length} ${step}s: ${endings[stopped]}.`;
  return `${line}${ended}`;
}

const endings = { patience: "none was better for as long as patience says", epochs: "all are done" };

/** The losses of a model by round or epoch and its macro-F1 on validation, with the step that is kept. */
export function trainingFigure(history: TrainingHistory): Figure {
  const [steps, ...others] = history.columns;
  const shown = others.filter(({ name }) => name.endsWith("loss") || name.endsWith("macro_f1"));
  const series = shown.map((column) => ({
    name: column.name.replace(/_/g, " ").replace("macro f1", "macro-F1"),
    ...knownPoints(steps, column),
  }));
  const top = Math.max(0, ...series.flatMap(({ y }) => y));
  const kept = keptStep(history);
  const last = series.map(({ name, y }) => `${name} ${fixed(y[y.length - 1] ?? 0, 3)}`);
  return figureOf(
    {
      kind: "lines",
      title: "Learning curve",
      subtitle: `Split ${history.split}, ${history.model}`,
      x: { title: steps.name[0].toUpperCase() + steps.name.slice(1) },
      y: { title: series.some(({ name }) => name.endsWith("F1")) ? "Loss, macro-F1" : "Loss" },
      join: "linear",
      series,
      references:
        kept === null
          ? []
          : [{ name: `${steps.name} ${kept.step}`, from: [kept.step, 0], to: [kept.step, top] }],
    },
    `Learning curve of ${history.model} over ${steps.values.length} ${steps.name}s, at the end: ${last.join(", ")}.${kept === null ? "" : ` The ${steps.name} that ${kept.why} is ${kept.step}.`}`,
  );
}
