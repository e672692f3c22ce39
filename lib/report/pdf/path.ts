import { FormatError } from "../../base/errors.js";

/** A piece of a path in absolute coordinates. */
export type Segment =
  | { readonly op: "m" | "l"; readonly at: readonly [number, number] }
  | { readonly op: "c"; readonly at: readonly [number, number, number, number, number, number] }
  | { readonly op: "h" };

/** How many numbers each command takes. */
const takes: Readonly<Record<string, number>> = { m: 2, l: 2, h: 1, v: 1, c: 6, q: 4, a: 7, z: 0 };

/**
 * The attribute `d` of an SVG path as lines and cubic curves, which is what PDF knows.
 * @throws FormatError for the commands S and T, which Vega does not write
 * Source: SVG 1.1, chapter 8.3.
 */
export function parsePath(d: string): Segment[] {
  const segments: Segment[] = [];
  let [x, y, startX, startY] = [0, 0, 0, 0];
  const tokens = d.match(/[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/g) ?? [];
  let i = 0;
  let command = "";
  while (i < tokens.length) {
    if (/[A-Za-z]/.test(tokens[i])) command = tokens[i++];
    // After a move, further pairs are lines.
    else if (command === "M") command = "L";
    else if (command === "m") command = "l";
    const kind = command.toLowerCase();
    const count = takes[kind];
    const numbers = tokens.slice(i, i + count).map(Number);
    if (count === undefined || numbers.length < count || numbers.some(Number.isNaN))
      throw new FormatError(
        `svg: a path has "${command}" where M, L, H, V, C, Q, A or Z fits: ${d.slice(0, 60)}`,
      );
    i += count;
    const [dx, dy] = command === kind ? [x, y] : [0, 0];
    const point = (k: number): [number, number] => [numbers[k] + dx, numbers[k + 1] + dy];
    const from: [number, number] = [x, y];
    if (kind === "z") {
      segments.push({ op: "h" });
      [x, y] = [startX, startY];
      continue;
    }
    if (kind === "h") x = numbers[0] + dx;
    else if (kind === "v") y = numbers[0] + dy;
    else [x, y] = point(count - 2);
    if (kind === "m") {
      [startX, startY] = [x, y];
      segments.push({ op: "m", at: [x, y] });
    } else if (kind === "c") segments.push({ op: "c", at: [...point(0), ...point(2), x, y] });
    else if (kind === "q") segments.push(quadratic(from, point(0), [x, y]));
    else if (kind === "a") segments.push(...arc(from, numbers, [x, y]));
    else segments.push({ op: "l", at: [x, y] });
  }
  return segments;
}

type Point = readonly [number, number];

function quadratic([x0, y0]: Point, [cx, cy]: Point, [x, y]: Point): Segment {
  const third = (a: number, b: number): number => a + (2 / 3) * (b - a);
  return { op: "c", at: [third(x0, cx), third(y0, cy), third(x, cx), third(y, cy), x, y] };
}

/** An elliptical arc as curves of at most a quarter. Source: SVG 1.1, appendix F.6.5. */
function arc(
  [x0, y0]: Point,
  [rx0, ry0, degrees, large, sweep]: readonly number[],
  [x, y]: Point,
): Segment[] {
  if (x0 === x && y0 === y) return [];
  if (rx0 === 0 || ry0 === 0) return [{ op: "l", at: [x, y] }];
  const phi = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(phi), Math.sin(phi)];
  const px = (cos * (x0 - x) + sin * (y0 - y)) / 2;
  const py = (cos * (y0 - y) - sin * (x0 - x)) / 2;
  const grown = Math.sqrt(Math.max(1, (px / rx0) ** 2 + (py / ry0) ** 2));
  const [rx, ry] = [Math.abs(rx0) * grown, Math.abs(ry0) * grown];
  const denominator = (rx * py) ** 2 + (ry * px) ** 2;
  const root = Math.sqrt(Math.max(0, (rx * ry) ** 2 / denominator - 1)) * (large === sweep ? -1 : 1);
  const [ux, uy] = [(root * rx * py) / ry, (-root * ry * px) / rx];
  const cx = cos * ux - sin * uy + (x0 + x) / 2;
  const cy = sin * ux + cos * uy + (y0 + y) / 2;
  const start = Math.atan2((py - uy) / ry, (px - ux) / rx);
  let turn = Math.atan2((-py - uy) / ry, (-px - ux) / rx) - start;
  if (sweep === 0 && turn > 0) turn -= 2 * Math.PI;
  if (sweep === 1 && turn < 0) turn += 2 * Math.PI;
  const pieces = Math.ceil(Math.abs(turn) / (Math.PI / 2) - 1e-9);
  const step = turn / pieces;
  const handle = (4 / 3) * Math.tan(step / 4);
  const place = (u: number, v: number): Point => [
    cx + cos * rx * u - sin * ry * v,
    cy + sin * rx * u + cos * ry * v,
  ];
  return Array.from({ length: pieces }, (_, k): Segment => {
    const [a, b] = [start + k * step, start + (k + 1) * step];
    const first = place(Math.cos(a) - handle * Math.sin(a), Math.sin(a) + handle * Math.cos(a));
    const second = place(Math.cos(b) + handle * Math.sin(b), Math.sin(b) - handle * Math.cos(b));
    const end = k === pieces - 1 ? ([x, y] as const) : place(Math.cos(b), Math.sin(b));
    return { op: "c", at: [...first, ...second, ...end] };
  });
}
