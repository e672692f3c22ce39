import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { adjustedRand } from "#lib/eval/agreement.js";
import { clusterRows } from "#lib/models/cluster/clusterRows.js";
import { rowsInMemory } from "#lib/table/matrixRows.js";
import { describeBesidePython, python, runPython } from "../python.js";
import { clusterData } from "./clusterData.js";

const timeout = 600_000;

/** Type and parameters here and in scikit-learn, and of how many rows. */
const dense: readonly [string, object, object, number][] = [
  ["dbscan", { radius: 0.5, min_rows: 10 }, { type: "dbscan", eps: 0.5, min_samples: 10 }, 10000],
  ["dbscan", { radius: 1, min_rows: 10 }, { type: "dbscan", eps: 1, min_samples: 10 }, 10000],
  ["dbscan", { radius: 3, min_rows: 10 }, { type: "dbscan", eps: 3, min_samples: 10 }, 10000],
  ["hdbscan", { min_cluster_rows: 50 }, { type: "hdbscan", min_cluster_size: 50 }, 10000],
  ["hdbscan", { min_cluster_rows: 200 }, { type: "hdbscan", min_cluster_size: 200 }, 10000],
  ["ward", { clusters: 8 }, { type: "ward", clusters: 8 }, 5000],
  ["ward", { clusters: 14 }, { type: "ward", clusters: 14 }, 5000],
];

/** Drawn rows of the testbed by their number, and scikit-learn's clusterings of them. */
async function beside() {
  const { X, attack } = await clusterData();
  const samples = new Map(
    [...new Set(dense.map(([, , , rows]) => rows))].map((rows) => {
      const drawn = Rng.root(42).fork("bars").sample(X.rows, rows).sort();
      return [rows, { rows: rowsInMemory(X, drawn), truth: drawn.map((row) => attack[row]) }];
    }),
  );
  const lists = [...samples].map(([name, { rows: some }]) => [
    name,
    Array.from({ length: some.rows }, (_, i) => [
      ...some.data.subarray(i * some.columns, (i + 1) * some.columns),
    ]),
  ]);
  const { clusterings } = runPython<{ clusterings: { labels: number[] }[] }>(
    "tests/models/cluster/sklearnClusters.py",
    {
      rows: Object.fromEntries(lists),
      clusterings: dense.map(([, , peer, rows]) => ({ ...peer, rows: String(rows) })),
    },
  );
  return { samples, clusterings };
}

describeBesidePython("clusterings of the testbed beside scikit-learn's, on the same rows", () => {
  const ready = python === undefined ? Promise.reject(new Error("no Python")) : beside();
  ready.catch(() => undefined);

  it.each(dense.map(([type, params, , rows], at) => [type, params, rows, at] as const))(
    "%s %o: as scikit-learn on the same %i rows",
    { timeout },
    async (type, params, rows, at) => {
      const { samples, clusterings } = await ready;
      const { rows: some, truth } = samples.get(rows)!;
      const { labels: theirs } = clusterings[at];
      const { labels, clusters } = await clusterRows(some, { type, ...params });
      const [own, other] = [adjustedRand(truth, labels), adjustedRand(truth, theirs)];
      const same = adjustedRand(theirs, labels);
      const report = `${type} ${JSON.stringify(params)}: ${clusters} clusters, ARI ${own.toFixed(3)} (scikit-learn ${other.toFixed(3)}), between the two ${same.toFixed(4)}`;
      console.log(report);
      expect(Math.abs(own - other), report).toBeLessThan(0.02);
      if (type === "dbscan") expect([...labels]).toEqual(theirs);
      else expect(same, report).toBeGreaterThan(type === "ward" ? 0.999 : 0.95);
    },
  );
});
