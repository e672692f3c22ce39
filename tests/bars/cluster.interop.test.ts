import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { adjustedRand } from "#lib/eval/agreement.js";
import { clusterRows } from "#lib/models/cluster/clusterRows.js";
import { internalScores } from "#lib/models/cluster/internalScores.js";
import { pointsOf } from "#lib/models/cluster/points.js";
import { rowsInMemory } from "#lib/table/matrixRows.js";
import { describeBesidePython, python, runPython } from "../python.js";
import { clusterData } from "./clusterData.js";

const timeout = 600_000;

describeBesidePython("clusterings of the testbed beside scikit-learn's, on the same rows", () => {
  const data = python === undefined ? Promise.reject(new Error("no Python")) : clusterData();
  data.catch(() => undefined);

  const dense: readonly [string, object, object, number][] = [
    ["dbscan", { radius: 0.5, min_rows: 10 }, { type: "dbscan", eps: 0.5, min_samples: 10 }, 10000],
    ["dbscan", { radius: 1, min_rows: 10 }, { type: "dbscan", eps: 1, min_samples: 10 }, 10000],
    ["dbscan", { radius: 3, min_rows: 10 }, { type: "dbscan", eps: 3, min_samples: 10 }, 10000],
    ["hdbscan", { min_cluster_rows: 50 }, { type: "hdbscan", min_cluster_size: 50 }, 10000],
    ["hdbscan", { min_cluster_rows: 200 }, { type: "hdbscan", min_cluster_size: 200 }, 10000],
    ["ward", { clusters: 8 }, { type: "ward", clusters: 8 }, 5000],
    ["ward", { clusters: 14 }, { type: "ward", clusters: 14 }, 5000],
  ];
  it.each(dense)("%s %o: as scikit-learn on the same rows", { timeout }, async (type, params, peer, rows) => {
    const { X, attack } = await data;
    const drawn = Rng.root(42).fork("bars").sample(X.rows, rows).sort();
    const some = rowsInMemory(X, drawn);
    const lists = Array.from({ length: rows }, (_, i) => [
      ...some.data.subarray(i * X.columns, (i + 1) * X.columns),
    ]);
    const { clusterings } = runPython<{ clusterings: { labels: number[] }[] }>(
      "tests/models/cluster/sklearnClusters.py",
      { rows: { some: lists }, clusterings: [{ ...peer, rows: "some" }] },
    );
    const [{ labels: theirs }] = clusterings;
    const { labels, clusters } = await clusterRows(some, { type, ...params });
    const truth = drawn.map((row) => attack[row]);
    const [own, other] = [adjustedRand(truth, labels), adjustedRand(truth, theirs)];
    const same = adjustedRand(theirs, labels);
    const scores = internalScores(
      pointsOf(some, type),
      labels,
      clusters,
      Int32Array.from({ length: 5000 }, (_, i) => i),
    );
    const report = `${type} ${JSON.stringify(params)}: ${clusters} clusters, ARI ${own.toFixed(3)} (scikit-learn ${other.toFixed(3)}), between the two ${same.toFixed(4)}, silhouette ${scores.silhouette?.toFixed(3)}`;
    console.log(report);
    expect(Math.abs(own - other), report).toBeLessThan(0.02);
    if (type === "dbscan") expect([...labels]).toEqual(theirs);
    else expect(same, report).toBeGreaterThan(type === "ward" ? 0.999 : 0.95);
  });
});
