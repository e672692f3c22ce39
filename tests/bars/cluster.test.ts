import { beforeAll, describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { attackFlags } from "#lib/dataset/target.js";
import { adjustedRand, agreement } from "#lib/eval/agreement.js";
import { encode } from "#lib/features/encode.js";
import { clusterRows } from "#lib/models/cluster/clusterRows.js";
import { internalScores } from "#lib/models/cluster/internalScores.js";
import { pointsOf } from "#lib/models/cluster/points.js";
import { rowsOf } from "#lib/models/cluster/stability.js";
import type { Matrix } from "#lib/table/matrix.js";
import { python, runPython } from "../python.js";
import { whySkipped } from "./skip.js";
import { testbed, testbedFolder } from "./testbedData.js";

const timeout = 600_000;
const logged = [
  "duration_s",
  "orig_bytes",
  "resp_bytes",
  "orig_pkts",
  "orig_ip_bytes",
  "resp_pkts",
  "resp_ip_bytes",
];
const coded = ["proto", "service", "conn_state"];

/**
 * Clusterings of the testbed as in the published table: 33 columns (log1p of seven numbers, unset is 0; one-hot of three),
 * all z-scored on all rows, one-hot columns too. The deterministic methods are compared with scikit-learn on the same rows,
 * the others with the range of the published values, ± .02.
 */
const skipped = whySkipped(testbedFolder);
describe.skipIf(skipped !== undefined)(
  skipped === undefined ? "clustering of the testbed" : `clustering of the testbed (skipped: ${skipped})`,
  () => {
    let X: Matrix;
    let attack: Uint8Array;
    let family: Int32Array;

    beforeAll(async () => {
      const { flows, features, columns } = await testbed({ derived: [], context: null });
      attack = attackFlags(flows);
      family = Int32Array.from(flows.text("family").codes);
      const used = columns.filter(({ name }) => [...logged, ...coded].includes(name));
      const levels = Object.fromEntries(
        coded.map((name) => [name, [...new Set(flows.strings(name).map((each) => each ?? "-"))].sort()]),
      );
      const raw = encode(features, used, levels);
      const all = used.flatMap(({ name }, j): Float64Array[] => {
        const values = Float64Array.from({ length: raw.rows }, (_, i) => raw.data[i * raw.columns + j]);
        if (logged.includes(name)) return [values.map((v) => Math.log1p(Number.isNaN(v) ? 0 : v))];
        return levels[name].map((level, code) =>
          values.map((v) => Number(v === code || (level === "-" && Number.isNaN(v)))),
        );
      });
      X = { rows: raw.rows, columns: all.length, data: new Float32Array(raw.rows * all.length) };
      all.forEach((values, j) => {
        const mean = values.reduce((a, b) => a + b, 0) / X.rows;
        const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / X.rows;
        values.forEach((value, i) => {
          X.data[i * X.columns + j] = (value - mean) / (variance === 0 ? 1 : Math.sqrt(variance));
        });
      });
    }, timeout);

    it("has 29,339 rows of 33 columns", () => {
      expect([X.rows, X.columns]).toEqual([29339, 33]);
    });

    /**
     * Type, parameters, lowest and highest ARI of the original against the label and the family, and over how many seeds
     * ours is averaged. The published figures are of three seeds. Mini-batch k-means with 8 clusters spreads from .15 to
     * .32 over seeds, in scikit-learn, too: after our three seeds gave .173, both were averaged over twenty, and the bar is
     * scikit-learn's mean of those (.211 against the family).
     */
    const bars: readonly [string, object, readonly [number, number], readonly [number, number], number?][] = [
      ["k-means", { clusters: 8 }, [0.167, 0.193], [0.188, 0.209]],
      ["k-means", { clusters: 14 }, [0.146, 0.151], [0.194, 0.202]],
      ["k-means", { clusters: 16 }, [0.148, 0.149], [0.19, 0.204]],
      ["mini-batch-k-means", { clusters: 8 }, [0.163, 0.171], [0.211, 0.211], 20],
      ["mini-batch-k-means", { clusters: 14 }, [0.146, 0.149], [0.199, 0.203]],
      ["gaussian-mixture", { clusters: 14 }, [0.146, 0.169], [0.201, 0.233]],
    ];
    it.each(bars)(
      "%s %o: ARI within .02 of the published range",
      { timeout },
      async (type, params, label, families, seeds = 3) => {
        const mean = { attack: 0, family: 0 };
        for (let seed = 42; seed < 42 + seeds; seed++) {
          const { labels } = await clusterRows(X, { type, ...params }, { seed });
          mean.attack += agreement(attack, labels).ari / seeds;
          mean.family += agreement(family, labels).ari / seeds;
        }
        const report = `${type} ${JSON.stringify(params)}: ARI ${mean.attack.toFixed(3)} / ${mean.family.toFixed(3)}`;
        console.log(report);
        expect(mean.attack, report).toBeGreaterThan(label[0] - 0.02);
        expect(mean.attack, report).toBeLessThan(label[1] + 0.02);
        expect(mean.family, report).toBeGreaterThan(families[0] - 0.02);
        expect(mean.family, report).toBeLessThan(families[1] + 0.02);
      },
    );

    const dense: readonly [string, object, object, number][] = [
      ["dbscan", { radius: 0.5, min_rows: 10 }, { type: "dbscan", eps: 0.5, min_samples: 10 }, 10000],
      ["dbscan", { radius: 1, min_rows: 10 }, { type: "dbscan", eps: 1, min_samples: 10 }, 10000],
      ["dbscan", { radius: 3, min_rows: 10 }, { type: "dbscan", eps: 3, min_samples: 10 }, 10000],
      ["hdbscan", { min_cluster_rows: 50 }, { type: "hdbscan", min_cluster_size: 50 }, 10000],
      ["hdbscan", { min_cluster_rows: 200 }, { type: "hdbscan", min_cluster_size: 200 }, 10000],
      ["ward", { clusters: 8 }, { type: "ward", clusters: 8 }, 5000],
      ["ward", { clusters: 14 }, { type: "ward", clusters: 14 }, 5000],
    ];
    it.skipIf(python === undefined).each(dense)(
      "%s %o: as scikit-learn on the same rows",
      { timeout },
      async (type, params, peer, rows) => {
        const drawn = Rng.root(42).fork("bars").sample(X.rows, rows).sort();
        const some = rowsOf(X, drawn);
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
      },
    );
  },
);
