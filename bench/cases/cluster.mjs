import { fileURLToPath } from "node:url";
import { Rng } from "../../dist/base/rng.js";
import { pointsOf } from "../../dist/models/cluster/points.js";
import { clustererOf } from "../../dist/models/cluster/registry.js";
import { silhouette } from "../../dist/numeric/silhouette.js";
import { asFile, clusterRowsOf } from "../clusterRows.mjs";
import { startPeer } from "../peer.mjs";

const script = fileURLToPath(new URL("../peers/clusters.py", import.meta.url));

/** Name, rows of KDDTrain+, and what is timed: 38 numbers, z-scored. */
const settings = [
  { name: "k-means", rows: 10000, type: "k-means", params: { clusters: 8, starts: 10 } },
  { name: "mini-batch", rows: 10000, type: "mini-batch-k-means", params: { clusters: 8 } },
  { name: "dbscan", rows: 10000, type: "dbscan", params: { radius: 1, min_rows: 10 } },
  { name: "hdbscan", rows: 10000, type: "hdbscan", params: { min_cluster_rows: 50 } },
  { name: "ward", rows: 5000, type: "ward", params: { clusters: 8 } },
  { name: "silhouette", rows: 5000 },
];

export const cases = settings.map(({ name, rows, type, params }) => ({
  name: `cluster/${name}`,
  prepare(data) {
    const X = clusterRowsOf(data, rows);
    const points = pointsOf(X, "bench");
    const labels = Int32Array.from({ length: rows }, (_, i) => i % 8);
    const clusterer = type === undefined ? undefined : clustererOf(type);
    const run =
      clusterer === undefined
        ? async () => silhouette(points.data, X.columns, labels, 8)
        : () =>
            clusterer
              .create(clusterer.params.parse(params))
              .fit(X, { rng: Rng.root(42).fork("bench"), workers: 2 });
    return {
      settings: `${name}, ${rows} x ${X.columns}, ${JSON.stringify(params ?? { clusters: 8 })}, 2 workers`,
      async run() {
        const start = performance.now();
        await run();
        return (performance.now() - start) / 1000;
      },
    };
  },
  async preparePeer(data) {
    const X = clusterRowsOf(data, rows);
    const { path, remove } = asFile(X);
    const peer = await startPeer(script, path, name, String(X.columns));
    return {
      ...peer,
      settings: peer.settings,
      end: () => {
        peer.end();
        remove();
      },
    };
  },
}));
