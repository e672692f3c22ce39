import { Rng } from "../../base/rng.js";
import { clusterFlows, compareClusters } from "../../explain/clusters/clusters.js";
import { clustersOff } from "../../explain/clusters/result.js";
import type { FeatureSchema } from "../../features/schema.js";
import type { Stage } from "../stage.js";

/**
 * Put flows into clusters without their labels, then see how these agree with the labels. Reads the feature columns of the
 * headline split (nothing in them is fitted) and, when all is frozen, label and family of flows.parquet; writes
 * reports/clusters.json.
 */
export const cluster: Stage = {
  name: "cluster",
  async run(params, io) {
    if (params.cluster === null) {
      io.writeJson("reports/clusters.json", clustersOff);
      return;
    }
    const folder = `artifacts/features/${params.report.headline}`;
    const frozen = await clusterFlows({
      features: await io.readTable(`${folder}/features.parquet`),
      schema: io.readJson<FeatureSchema>(`${folder}/schema.json`),
      params: params.cluster,
      steps: params.views[params.cluster.view],
      rng: Rng.root(params.seed).fork("cluster"),
      workers: params.threads,
      log: io.log,
    });
    const flows = await io.readTable("artifacts/flows.parquet", ["label", "family"]);
    io.writeJson("reports/clusters.json", compareClusters(frozen, params.cluster, flows));
  },
};
