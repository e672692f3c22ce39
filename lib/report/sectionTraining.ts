import { type Block, code, paragraph, sentence } from "./document.js";
import { type Figure, figureOf } from "./figure.js";
import { fixed } from "./numbers.js";
import type { ReportInput, TrainingHistory } from "./results.js";

/** Learning curves of the headline split's models that train in rounds or epochs; empty without any. */
export function trainingBlocks(input: ReportInput): Block[] {
  const histories = input.histories.filter(({ split }) => split === input.settings.headline);
  if (histories.length === 0) return [];
  return [
    { kind: "subheading", text: "Learning curves" },
    paragraph(
      ...sentence`Loss by ${stepsOf(histories[0])} on the training and the validation part of ${code(input.settings.headline)}; the test part is never looked at while a model trains. Where the two curves part, a model begins to remember.`,
    ),
    ...histories.map(
      (history): Block => ({
        kind: "figure",
        name: `training-${history.split}-${history.model}`,
        figure: trainingFigure(history),
        caption: `How ${history.model} learned. The grey line is where the validation loss is lowest.`,
      }),
    ),
  ];
}

/** The first column of a history: what is counted. */
const stepsOf = ({ columns }: TrainingHistory): string => columns[0].name;

/** The losses of a model by round or epoch, with the lowest validation loss. */
export function trainingFigure(history: TrainingHistory): Figure {
  const [steps, ...others] = history.columns;
  const losses = others.filter(({ name }) => name.endsWith("loss"));
  const series = losses.map(({ name, values }) => {
    const known = values.map((_, i) => i).filter((i) => Number.isFinite(values[i]));
    return {
      name: name.replace(/_/g, " "),
      x: known.map((i) => steps.values[i]),
      y: known.map((i) => values[i]),
    };
  });
  const top = Math.max(0, ...series.flatMap(({ y }) => y));
  const validation = series.find(({ name }) => name.startsWith("validation"));
  const best = validation === undefined ? -1 : validation.y.indexOf(Math.min(...validation.y));
  const where = best < 0 ? null : validation!.x[best];
  const last = series.map(({ name, y }) => `${name} ${fixed(y[y.length - 1] ?? 0, 3)}`);
  return figureOf(
    {
      kind: "lines",
      title: "Learning curve",
      subtitle: `Split ${history.split}, ${history.model}`,
      x: { title: steps.name[0].toUpperCase() + steps.name.slice(1) },
      y: { title: "Loss" },
      join: "linear",
      series,
      references:
        where === null ? [] : [{ name: `${steps.name} ${where}`, from: [where, 0], to: [where, top] }],
    },
    `Learning curve of ${history.model} over ${steps.values.length} ${steps.name}s, at the end: ${last.join(", ")}.${where === null ? "" : ` The validation loss is lowest at ${steps.name} ${where}.`}`,
  );
}
