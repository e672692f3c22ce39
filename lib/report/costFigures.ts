import { type Figure, figureOf } from "./figure.js";
import { absent, fixed } from "./numbers.js";

/** A model with its quality and its cost; without one of them it has no point. */
export interface CostPoint {
  readonly name: string;
  readonly quality: number | null;
  readonly cost: number | null;
}

/** What a figure of quality against cost measures. */
export interface CostWords {
  readonly title: string;
  readonly subtitle?: string;
  readonly quality: string;
  readonly cost: string;
}

/** Quality against cost, a mark a model: up is better, left is cheaper. The cost is on a log scale. */
export function costFigure(points: readonly CostPoint[], words: CostWords): Figure {
  const { title, subtitle, quality, cost } = words;
  const shown = points.filter((point) => point.quality !== null && point.cost !== null);
  const least = Math.min(...shown.flatMap((point) => (point.cost! > 0 ? [point.cost!] : [])));
  const unit = Number.isFinite(least) ? 10 ** Math.floor(Math.log10(least)) : 1;
  const sentences = points.map(
    ({ name, quality: y, cost: x }) =>
      `${name} ${y === null ? absent : fixed(y, 3)} at ${x === null ? absent : String(x)}`,
  );
  return figureOf(
    {
      kind: "scatter",
      title,
      ...(subtitle === undefined ? {} : { subtitle }),
      x: { title: `${cost} (log scale that begins at 0)`, scale: "log", unit },
      y: { title: quality, domain: [0, 1] },
      series: shown.map(({ name, quality: y, cost: x }) => ({ name, x: [x!], y: [y!] })),
    },
    `${quality} against ${cost}: ${sentences.join("; ")}.`,
  );
}
