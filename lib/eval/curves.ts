import type { Cuts } from "./ranking.js";

/** Points of a curve in the details file. */
const POINTS = 500;

/**
 * ROC curve: (0, 0), then a vertex a distinct score, those on a straight line with their neighbours left out; at most
 * 500 points (see thin). Empty when there is no attack or no benign row.
 */
export function rocCurve({ tp, fp, attacks, benign }: Cuts): { fpr: number[]; tpr: number[] } {
  if (attacks === 0 || benign === 0) return { fpr: [], tpr: [] };
  const x = [0];
  const y = [0];
  for (let g = 0; g < tp.length; g++) {
    const last = x.length - 1;
    const straight =
      last > 0 && (x[last] - x[last - 1]) * (tp[g] - y[last]) === (y[last] - y[last - 1]) * (fp[g] - x[last]);
    if (straight) {
      x.pop();
      y.pop();
    }
    x.push(fp[g]);
    y.push(tp[g]);
  }
  const kept = thin(
    x.map((count) => count / benign),
    y.map((count) => count / attacks),
    POINTS,
  );
  return { fpr: kept.x, tpr: kept.y };
}

/**
 * Precision over recall: a point a distinct score, from the highest, and a first point that carries the first precision
 * to recall 0; at most 500 points. The area under its steps (precision of the right end) is the average precision.
 * Empty when there is no attack.
 */
export function prCurve({ tp, fp, attacks }: Cuts): { recall: number[]; precision: number[] } {
  if (attacks === 0) return { recall: [], precision: [] };
  const x = [0];
  const y = [tp[0] / (tp[0] + fp[0])];
  for (let g = 0; g < tp.length; g++) {
    const last = x.length - 1;
    const recall = tp[g] / attacks;
    // Of more than two points at one recall the first and the last are enough.
    if (last > 1 && x[last] === recall && x[last - 1] === recall) {
      x.pop();
      y.pop();
    }
    x.push(recall);
    y.push(tp[g] / (tp[g] + fp[g]));
  }
  const kept = thin(x, y, POINTS);
  return { recall: kept.x, precision: kept.y };
}

/**
 * At most `limit` points of a line: both ends, then always the point that lies farthest from the line drawn so far.
 * Source: Douglas and Peucker 1973, stopped by number instead of by distance.
 */
export function thin(
  x: readonly number[],
  y: readonly number[],
  limit: number,
): { x: number[]; y: number[] } {
  if (x.length <= limit) return { x: [...x], y: [...y] };
  const spans = [farthest(x, y, 0, x.length - 1)];
  while (spans.length + 1 < limit) {
    let widest = 0;
    for (let s = 1; s < spans.length; s++) if (spans[s].distance > spans[widest].distance) widest = s;
    const { from, to, middle } = spans[widest];
    if (middle === from) break;
    spans.splice(widest, 1, farthest(x, y, from, middle), farthest(x, y, middle, to));
  }
  const kept = [...spans.map((span) => span.from), x.length - 1];
  return { x: kept.map((i) => x[i]), y: kept.map((i) => y[i]) };
}

interface Span {
  readonly from: number;
  readonly to: number;
  /** The point between them that lies farthest from their chord; `from` when none is off it. */
  readonly middle: number;
  readonly distance: number;
}

function farthest(x: readonly number[], y: readonly number[], from: number, to: number): Span {
  const dx = x[to] - x[from];
  const dy = y[to] - y[from];
  const length = Math.sqrt(dx * dx + dy * dy);
  let middle = from;
  let distance = 0;
  for (let i = from + 1; i < to; i++) {
    const px = x[i] - x[from];
    const py = y[i] - y[from];
    const d = length === 0 ? Math.sqrt(px * px + py * py) : Math.abs(dx * py - dy * px) / length;
    if (d > distance) {
      middle = i;
      distance = d;
    }
  }
  return { from, to, middle, distance };
}
