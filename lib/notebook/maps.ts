import { UMAP } from "umap-js";
import { ParamsError } from "../base/errors.js";
import { compareText } from "../base/json.js";
import { Rng } from "../base/rng.js";
import { principalComponents } from "../numeric/pca.js";
import type { Figure } from "../report/figure.js";
import { percent } from "../report/numbers.js";
import { scatterFigure } from "../report/plainFigures.js";
import type { Matrix } from "../table/matrix.js";

/** A place in the plane for each row, and what the axes are called. */
export interface PlaneMap {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly axes: readonly [string, string];
}

/** Rows in the plane of their two largest principal components: distances between far rows are kept best. @param X n × d */
export async function pcaMap(X: Matrix): Promise<PlaneMap> {
  const { rows, columns: d } = X;
  const data = Float64Array.from(X.data);
  const found = await principalComponents(
    (async function* () {
      yield data;
    })(),
    d,
  );
  const { mean, components } = found;
  const along = (component: readonly number[]): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += (data[row * d + j] - mean[j]) * component[j];
      return sum;
    });
  const share = (k: number): string => percent(found.explained_variance_ratio[k]);
  return {
    x: along(components[0]),
    y: along(components[1]),
    axes: [`First component (${share(0)} of the variance)`, `Second component (${share(1)})`],
  };
}

export interface UmapOptions {
  readonly seed: number;
  /** Rows that are near each other for UMAP: few show detail, many the whole. */
  readonly neighbors?: number;
  /** How close points may lie, 0 to 1. */
  readonly minDistance?: number;
  readonly epochs?: number;
}

/**
 * Rows in a plane where neighbours stay neighbours; distances between groups and the sizes of groups mean little. The
 * same seed gives the same map.
 * @param X n × d, columns alike in size; some thousand rows at most
 * @throws ParamsError for fewer rows than neighbours
 * Source: McInnes, Healy and Melville 2018, arXiv:1802.03426, by umap-js
 */
export async function umapMap(X: Matrix, options: UmapOptions): Promise<PlaneMap> {
  const { seed, neighbors = 15, minDistance = 0.1, epochs = 200 } = options;
  if (X.rows <= neighbors) {
    throw new ParamsError(
      `umap: ${neighbors} neighbours of ${X.rows} rows. Ask for fewer neighbours, or take more rows.`,
    );
  }
  const rng = Rng.root(seed).fork("umap");
  const points = Array.from({ length: X.rows }, (_, row) =>
    Array.from(X.data.subarray(row * X.columns, (row + 1) * X.columns)),
  );
  const umap = new UMAP({
    nNeighbors: neighbors,
    minDist: minDistance,
    nEpochs: epochs,
    random: () => rng.uniform(),
  });
  const places = await umap.fitAsync(points);
  return {
    x: Float64Array.from(places, ([x]) => x),
    y: Float64Array.from(places, ([, y]) => y),
    axes: ["UMAP, first axis", "UMAP, second axis"],
  };
}

/**
 * A map as points, a colour and mark a group: the largest groups have their own, further ones share "other".
 * @param groups the group of each row
 */
export function mapFigure(
  { x, y, axes }: PlaneMap,
  groups: readonly string[],
  options: { readonly title: string; readonly subtitle?: string; readonly groups?: number },
): Figure {
  const { groups: most = 7, ...words } = options;
  const members = new Map<string, number[]>();
  groups.forEach((group, row) => {
    const own = members.get(group);
    if (own === undefined) members.set(group, [row]);
    else own.push(row);
  });
  const bySize = [...members].sort((a, b) => b[1].length - a[1].length || compareText(a[0], b[0]));
  const named = bySize.length <= most ? bySize : bySize.slice(0, most - 1);
  const rest = bySize.slice(named.length).flatMap(([, rows]) => rows);
  const shown = rest.length === 0 ? named : [...named, ["other", rest] as const];
  return scatterFigure(
    shown.map(([name, rows]) => ({ name, x: rows.map((row) => x[row]), y: rows.map((row) => y[row]) })),
    {
      ...words,
      alt: `${words.title}: ${groups.length} points, ${shown.map(([name, rows]) => `${rows.length} ${name}`).join(", ")}.`,
      x: { title: axes[0] },
      y: { title: axes[1] },
    },
  );
}
