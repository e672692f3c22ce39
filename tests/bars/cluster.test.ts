import { beforeAll, describe, expect, it } from "vitest";
import { agreement } from "#lib/eval/agreement.js";
import { clusterRows } from "#lib/models/cluster/clusterRows.js";
import { type ClusterRows, clusterData } from "./clusterData.js";
import { whySkipped } from "./skip.js";
import { testbedFolder } from "./testbedData.js";

const timeout = 600_000;

/**
 * Clusterings of the testbed as in the published table, within .02 of its range. Deterministic methods are compared with
 * scikit-learn on the same rows: cluster.interop.test.ts.
 */
const skipped = whySkipped(testbedFolder);
describe.skipIf(skipped !== undefined)(
  skipped === undefined ? "clustering of the testbed" : `clustering of the testbed (skipped: ${skipped})`,
  () => {
    let data: ClusterRows;
    beforeAll(async () => {
      data = await clusterData();
    }, timeout);

    it("has 29,339 rows of 33 columns", () => {
      expect([data.X.rows, data.X.columns]).toEqual([29339, 33]);
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
          const { labels } = await clusterRows(data.X, { type, ...params }, { seed });
          mean.attack += agreement(data.attack, labels).ari / seeds;
          mean.family += agreement(data.family, labels).ari / seeds;
        }
        const report = `${type} ${JSON.stringify(params)}: ARI ${mean.attack.toFixed(3)} / ${mean.family.toFixed(3)}`;
        console.log(report);
        expect(mean.attack, report).toBeGreaterThan(label[0] - 0.02);
        expect(mean.attack, report).toBeLessThan(label[1] + 0.02);
        expect(mean.family, report).toBeGreaterThan(families[0] - 0.02);
        expect(mean.family, report).toBeLessThan(families[1] + 0.02);
      },
    );
  },
);
