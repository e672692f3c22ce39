import { beforeAll, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { adjustedRand, agreement } from "#lib/eval/agreement.js";
import { cutTree } from "#lib/models/cluster/linkage.js";
import { lloyd } from "#lib/models/cluster/lloyd.js";
import { pointsOf } from "#lib/models/cluster/points.js";
import { clustererOf } from "#lib/models/cluster/registry.js";
import { wardLinkage, wardOfDistances } from "#lib/models/cluster/ward.js";
import { centerScores } from "#lib/numeric/clusterScores.js";
import { silhouette } from "#lib/numeric/silhouette.js";
import { describeBesidePython, runPython } from "../../python.js";
import { blobs, canonical, lists } from "./made.js";

const small = blobs(300, 4, 5);
const wide = blobs(500, 33, 7, 3, 2);
const points = { small: pointsOf(small.X, ""), wide: pointsOf(wide.X, "") };
const starts = (X: typeof small.X, k: number): number[][] => lists(X).slice(0, k);
const rng = Rng.root(3);
const drawn = (n: number, k: number): number[] => Array.from({ length: n }, () => rng.integer(k));
const shares = Array.from({ length: 300 }, (_, i) => (rng.uniform() < 0.3 ? rng.integer(5) : small.truth[i]));
const distances = (() => {
  const n = 12;
  const D = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) D[i * n + j] = D[j * n + i] = rng.uniform();
  return D;
})();

const agreements = [
  { truth: [...small.truth], labels: shares },
  { truth: drawn(1000, 14), labels: drawn(1000, 60) },
  { truth: drawn(2000, 2), labels: drawn(2000, 8).map((c) => c - 1) },
  { truth: [0, 0, 1, 1], labels: [1, 1, 0, 0] },
  { truth: [0, 0, 0, 0], labels: [0, 1, 2, 3] },
  { truth: [0, 1, 2, 3], labels: [0, 0, 0, 0] },
  { truth: [0, 0, 0], labels: [5, 5, 5] },
  { truth: [0, 0, 1, 2], labels: [0, 1, 1, 2] },
];

/** Rows of few columns and few values: many of them are equal. */
const repeated = { ...small.X, data: small.X.data.map((value) => Math.round(value / 2)) };
const density: readonly {
  readonly type: "dbscan" | "hdbscan";
  readonly rows: "small" | "wide" | "repeated";
  readonly eps?: number;
  readonly min_samples?: number;
  readonly min_cluster_size?: number;
}[] = [
  { type: "dbscan", rows: "small", eps: 1, min_samples: 5 },
  { type: "dbscan", rows: "small", eps: 0.6, min_samples: 3 },
  { type: "dbscan", rows: "wide", eps: 19, min_samples: 10 },
  { type: "dbscan", rows: "repeated", eps: 1, min_samples: 8 },
  { type: "hdbscan", rows: "small", min_cluster_size: 5 },
  { type: "hdbscan", rows: "small", min_cluster_size: 20 },
  { type: "hdbscan", rows: "wide", min_cluster_size: 10 },
];

interface Answers {
  readonly clusterings: readonly {
    readonly labels: number[];
    readonly inertia: number;
    readonly heights: number[];
    readonly probabilities: number[];
  }[];
  readonly scores: readonly Record<string, number>[];
  readonly agreement: readonly Record<string, number>[];
}

describeBesidePython("clustering beside scikit-learn", () => {
  let python: Answers;
  const kMeans = { small: starts(small.X, 6), wide: starts(wide.X, 9) };
  beforeAll(() => {
    python = runPython<Answers>("tests/models/cluster/sklearnClusters.py", {
      rows: { small: lists(small.X), wide: lists(wide.X), repeated: lists(repeated) },
      clusterings: [
        { type: "k-means", rows: "small", start: kMeans.small },
        { type: "k-means", rows: "wide", start: kMeans.wide },
        { type: "ward", rows: "small", clusters: 6 },
        { type: "ward", rows: "wide", clusters: 11 },
        {
          type: "ward-distances",
          distances: Array.from({ length: 12 }, (_, i) => [...distances.subarray(12 * i, 12 * i + 12)]),
        },
        ...density,
      ],
      scores: [
        { rows: "small", labels: shares },
        { rows: "wide", labels: [...wide.truth] },
      ],
      agreement: agreements,
    });
  });

  it.each([["small", 0] as const, ["wide", 1] as const])("k-means from the same centres: %s", (name, at) => {
    const { labels, inertia } = lloyd(points[name], Float64Array.from(kMeans[name].flat()), {
      maxIterations: 300,
      tolerance: 0,
    });
    expect([...labels]).toEqual(python.clusterings[at].labels);
    expect(inertia / python.clusterings[at].inertia).toBeCloseTo(1, 9);
  });

  it.each([["small", 2, 6] as const, ["wide", 3, 11] as const])("Ward: %s", (name, at, clusters) => {
    const linkage = wardLinkage(points[name]);
    const { heights, labels } = python.clusterings[at];
    linkage.height.forEach((height, m) => {
      expect(height).toBeCloseTo(heights[m], 8);
    });
    expect(canonical(cutTree(linkage, clusters))).toEqual(canonical(labels));
  });

  it("Ward of distances", () => {
    const { height, left, right } = wardOfDistances(distances, 12);
    const { heights, pairs } = python.clusterings[4] as unknown as { heights: number[]; pairs: number[][] };
    height.forEach((value, m) => {
      expect(value).toBeCloseTo(heights[m], 12);
      expect([left[m], right[m]]).toEqual(pairs[m]);
    });
  });

  it.each(density.map((each, i) => [each.type, each.rows, i] as const))(
    "%s gives the same clusters: %s",
    async (type, name, i) => {
      const { eps, min_samples, min_cluster_size } = density[i];
      const definition = clustererOf(type);
      const params =
        type === "dbscan" ? { radius: eps, min_rows: min_samples } : { min_cluster_rows: min_cluster_size };
      const X = { small: small.X, wide: wide.X, repeated }[name];
      const { labels } = await definition.create(definition.params.parse(params)).fit(X, { rng, workers: 1 });
      const theirs = python.clusterings[5 + i].labels;
      // Edges of equal length: the original sorts them by an unstable sort, and a row may fall out a step earlier.
      if (type === "hdbscan") expect(adjustedRand(theirs, labels)).toBeGreaterThan(0.98);
      else expect([...labels]).toEqual(theirs);
    },
  );

  it("scores without truth", () => {
    const own = [
      { points: points.small, labels: Int32Array.from(shares), clusters: 5 },
      { points: points.wide, labels: wide.truth, clusters: 7 },
    ].map(({ points: { data, columns }, labels, clusters }) => ({
      silhouette: silhouette(data, columns, labels, clusters),
      ...centerScores(data, columns, labels, clusters),
    }));
    own.forEach((scores, i) => {
      for (const [name, value] of Object.entries(scores))
        expect((value as number) / python.scores[i][name]).toBeCloseTo(1, 9);
    });
  });

  it("scores against the truth", () => {
    agreements.forEach(({ truth, labels }, i) => {
      for (const [name, value] of Object.entries(agreement(truth, labels)))
        expect(value, `${i} ${name}`).toBeCloseTo(python.agreement[i][name], 9);
    });
  });
});
