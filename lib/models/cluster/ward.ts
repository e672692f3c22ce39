import { z } from "zod";
import { DataError } from "../../base/errors.js";
import { boundedDistance, squaredDistance } from "../../numeric/squaredDistance.js";
import type { Clusterer, ClustererDefinition } from "./contract.js";
import { type ActiveList, cutTree, type Linkage, type Mergeable, mergeByChain } from "./linkage.js";
import { checkClusters, type Points, pointsOf } from "./points.js";

/** Above this the n² distances take minutes. */
const MOST_ROWS = 50_000;

const params = z.strictObject({
  clusters: z.int().min(1).max(1000).default(8).describe("where the tree is cut"),
});

/** Agglomerative clustering by Ward's criterion. */
export const definition: ClustererDefinition<z.infer<typeof params>> = {
  type: "ward",
  title: "Agglomerative clustering (Ward)",
  source:
    "Ward 1963, Hierarchical grouping to optimize an objective function; Murtagh 1983, nearest-neighbour chain",
  limits: "time grows with the square of the rows: cap them; a few far rows become clusters of their own",
  params,
  create: (p): Clusterer => ({
    fit: async (X) => {
      checkClusters(X.rows, p.clusters, "ward");
      if (X.rows > MOST_ROWS) {
        throw new DataError(
          `ward: ${X.rows} rows, at most ${MOST_ROWS} can be taken (time grows with their square). Set rows under cluster.clusterers.`,
        );
      }
      const linkage = wardLinkage(pointsOf(X, "ward"));
      return {
        labels: cutTree(linkage, p.clusters),
        clusters: p.clusters,
        linkage,
        summary: { highest: linkage.height.at(-1) ?? null },
      };
    },
  }),
};

/**
 * Ward's tree of rows. Heights are SciPy's: the Euclidean distance between two single rows, and
 * sqrt(2 |a| |b| / (|a| + |b|)) times the distance of the means of two clusters. Memory is that of the rows; distances are
 * computed where they are needed, and only as far as they can matter.
 */
export function wardLinkage({ rows, columns, data }: Points): Linkage {
  const means = data.slice();
  const sizes = new Float64Array(rows).fill(1);
  const answer = { at: -1, distance: 0 };
  const clusters: Mergeable = {
    count: rows,
    nearest(a, { members, length }, preferred) {
      const own = a * columns;
      const size = sizes[a];
      const to = (b: number): number =>
        ((2 * size * sizes[b]) / (size + sizes[b])) *
        squaredDistance(means, own, means, b * columns, columns);
      let at = preferred;
      let least = preferred < 0 ? Number.POSITIVE_INFINITY : to(preferred);
      for (let i = 0; i < length; i++) {
        const b = members[i];
        if (b === a || b === preferred) continue;
        const factor = (2 * size * sizes[b]) / (size + sizes[b]);
        const distance = factor * boundedDistance(means, own, means, b * columns, columns, least / factor);
        if (distance < least) [at, least] = [b, distance];
      }
      answer.at = at;
      answer.distance = Math.sqrt(least);
      return answer;
    },
    merge(a, b, into) {
      const total = sizes[a] + sizes[b];
      for (let j = 0; j < columns; j++) {
        const mean = (means[a * columns + j] * sizes[a] + means[b * columns + j] * sizes[b]) / total;
        means[into * columns + j] = mean;
      }
      sizes[into] = total;
    },
  };
  return mergeByChain(clusters);
}

/**
 * Ward's tree from distances alone, by the formula of Lance and Williams (1967), as SciPy's `ward` of a distance matrix:
 * for distances that are not of points, such as one less a correlation. Memory n².
 * @param distances n × n, symmetric
 */
export function wardOfDistances(distances: Float64Array, count: number): Linkage {
  const D = distances.map((d) => d * d);
  const sizes = new Float64Array(count).fill(1);
  return mergeByChain({
    count,
    nearest(a, { members, length }, preferred) {
      let at = preferred;
      let least = preferred < 0 ? Number.POSITIVE_INFINITY : D[a * count + preferred];
      for (let i = 0; i < length; i++) {
        const b = members[i];
        if (b === a || b === preferred) continue;
        if (D[a * count + b] < least) [at, least] = [b, D[a * count + b]];
      }
      return { at, distance: Math.sqrt(least) };
    },
    merge(a, b, into, active: ActiveList) {
      const between = D[a * count + b];
      for (let i = 0; i < active.length; i++) {
        const c = active.members[i];
        if (c === into) continue;
        const total = sizes[a] + sizes[b] + sizes[c];
        const d =
          ((sizes[a] + sizes[c]) * D[a * count + c] +
            (sizes[b] + sizes[c]) * D[b * count + c] -
            sizes[c] * between) /
          total;
        D[into * count + c] = d;
        D[c * count + into] = d;
      }
      sizes[into] = sizes[a] + sizes[b];
    },
  });
}
