import { cutsOf, rankScores } from "../eval/ranking.js";
import { type FigureContext, thinned, unitAxis } from "./evalFigures.js";
import { type Figure, figureOf } from "./figure.js";
import { fixed } from "./numbers.js";

/**
 * Precision, recall and F1 of every threshold on the same rows, with the frozen one as a grey line: what another
 * choice would have given, and how steep the ground around the choice is.
 * @param scores of rows in any order; a row is called an attack at or above the threshold
 */
export function thresholdFigure(
  scores: { readonly benign: ArrayLike<number>; readonly attack: ArrayLike<number> },
  threshold: number | null,
  context: FigureContext = {},
): Figure {
  const all = [...Array.from(scores.benign), ...Array.from(scores.attack)];
  const isAttack = Uint8Array.from(all, (_, i) => (i < scores.benign.length ? 0 : 1));
  const cuts = cutsOf({ isAttack, scores: all }, rankScores(all));
  const rising = Array.from(cuts.scores, (_, i) => cuts.scores.length - 1 - i);
  const x = rising.map((g) => cuts.scores[g]);
  const curve = (name: string, of: (tp: number, fp: number) => number) => ({
    name,
    ...thinned(
      x,
      rising.map((g) => of(cuts.tp[g], cuts.fp[g])),
    ),
  });
  const within = all.every((score) => score >= 0 && score <= 1);
  const frozen = threshold === null ? "" : ` The frozen threshold is ${fixed(threshold, 3)}.`;
  return figureOf(
    {
      kind: "lines",
      title: "Precision, recall and F1 by threshold",
      ...context,
      x: within ? unitAxis("Threshold on the score (0 to 1)") : { title: "Threshold on the score" },
      y: unitAxis("Precision, recall, F1"),
      // Between two scores a threshold does what the higher one does.
      join: "step-before",
      series: [
        curve("precision", (tp, fp) => tp / (tp + fp)),
        curve("recall", (tp) => (cuts.attacks === 0 ? 0 : tp / cuts.attacks)),
        curve("F1", (tp, fp) => (2 * tp) / (tp + fp + cuts.attacks)),
      ],
      references:
        threshold === null ? [] : [{ name: "frozen threshold", from: [threshold, 0], to: [threshold, 1] }],
    },
    `Precision, recall and F1 at every threshold on ${all.length} rows.${frozen}`,
  );
}

/** Rows whose P(attack) lies in one bin: their mean P(attack) and the share of attacks among them; null in an empty bin. */
interface Bin {
  readonly n: number;
  readonly mean_p: number | null;
  readonly attacks: number | null;
}

/**
 * Reliability curves: how often rows that a model gives P(attack) are attacks. On the diagonal a probability means what
 * it says; below it the model claims too much. Empty bins are left out.
 * @param series `ece`, the mean distance from the diagonal, stands in the legend
 */
export function reliabilityFigure(
  series: readonly { readonly name: string; readonly bins: readonly Bin[]; readonly ece: number | null }[],
  context: FigureContext = {},
): Figure {
  const named = series.map(({ name, bins, ece }) => {
    const known = bins.filter(({ mean_p, attacks }) => mean_p !== null && attacks !== null);
    return {
      name: ece === null ? name : `${name} ${fixed(ece, 3)}`,
      x: known.map((bin) => bin.mean_p!),
      y: known.map((bin) => bin.attacks!),
    };
  });
  return figureOf(
    {
      kind: "lines",
      title: "Reliability of the probabilities",
      ...context,
      x: unitAxis("Mean P(attack) of the flows in a bin"),
      y: unitAxis("Share of attacks among them"),
      join: "linear",
      legend: "Model and expected calibration error",
      series: named,
      references: [{ name: "what is said is what happens", from: [0, 0], to: [1, 1] }],
    },
    `Reliability curves of ${series.length} models; the grey diagonal is perfect calibration. Expected calibration error: ${named.map(({ name }) => name).join(", ")}.`,
  );
}
