import type { CrossModel, FewShotCurve } from "../explain/cross/result.js";
import type { TrialMetric } from "../explain/trial.js";
import type { FigureContext } from "./evalFigures.js";
import { type Figure, figureOf } from "./figure.js";
import { absent, fixed, percent } from "./numbers.js";

/** A metric of every pair of domains: rows trained, columns tested. @param names of the domains, in order */
export function crossMatrixFigure(
  { model, cells }: Pick<CrossModel, "model" | "cells">,
  names: readonly string[],
  metric: TrialMetric,
  title: string,
): Figure {
  const cellValue = (train: string, test: string): number | null =>
    cells.find((cell) => cell.train === train && cell.test === test)?.[metric].point ?? null;
  const values = names.map((train) => names.map((test) => cellValue(train, test)));
  const shown = (value: number | null): string => (value === null ? absent : fixed(value, 3));
  const sentences = names.map(
    (train, i) =>
      `trained in ${train}: ${names.map((test, j) => `${test} ${shown(values[i][j])}`).join(", ")}`,
  );
  return figureOf(
    {
      kind: "heat",
      title: `${title}: train here, test there`,
      subtitle: `${model}, attack against benign; the diagonal is in-domain, on held-out rows`,
      x: { title: "Tested in", names },
      y: { title: "Trained in", names },
      shade: values.map((row) => row.map((value) => Math.max(0, 2 * ((value ?? 0.5) - 0.5)))),
      text: values.map((row) => row.map(shown)),
    },
    `${title} by training and test domain. ${sentences.join("; ")}.`,
  );
}

/** Macro-F1 over the share of the target's labels: mean over the training domains, one line a target. @param targets in order */
export function fewShotFigure(
  curves: readonly FewShotCurve[],
  targets: readonly string[],
  context: FigureContext = {},
): Figure {
  const shares = curves[0].points.map(({ share }) => share);
  const series = targets.map((target) => {
    const own = curves.filter(({ test }) => test === target);
    const means = shares.map((_, i) => {
      const values = own.flatMap(({ points }) => points[i].macro_f1.point ?? []);
      return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
    });
    const there = shares.map((_, i) => i).filter((i) => !Number.isNaN(means[i]));
    return { name: target, x: there.map((i) => 100 * shares[i]), y: there.map((i) => means[i]) };
  });
  const lowest = series.flatMap(({ y }) => y).reduce((a, b) => Math.min(a, b), 1);
  const sentences = series.map(
    ({ name, x, y }) =>
      `${name}: ${y.map((value, i) => `${fixed(value, 3)} at ${percent(x[i] / 100)}`).join(", ")}`,
  );
  return figureOf(
    {
      kind: "lines",
      title: "Few-shot adaptation: macro-F1 with some of the target's labels",
      ...context,
      x: { title: "Share of the target's flows that is added to training (%)" },
      y: { title: "Macro-F1 on the target's test rows", domain: [Math.floor(10 * lowest) / 10, 1] },
      join: "linear",
      legend: "Target",
      series,
    },
    `Macro-F1 over the share of the target's labels in training. ${sentences.join("; ")}.`,
  );
}
