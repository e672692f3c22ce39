import { join } from "node:path";
import { DataError } from "../base/errors.js";
import { readJson } from "../base/files.js";
import { didYouMean } from "../base/nearest.js";
import { Rng } from "../base/rng.js";
import { clusterPoints } from "../explain/clusters/clusters.js";
import { freeze } from "../explain/clusters/frozen.js";
import type { ClustersResult } from "../explain/clusters/result.js";
import type { FeatureSchema } from "../features/schema.js";
import type { Params } from "../pipeline/params.js";
import type { Matrix } from "../table/matrix.js";
import { readParquet } from "../table/parquet.js";
import type { Table } from "../table/table.js";

const hint = "Run nidslab repro first: it makes what notebooks read.";

/** Rows of `ClusterLab.X` in clusters. */
export interface Clustered {
  /** Which rows took part, ascending. */
  readonly rows: Int32Array;
  /** The cluster of each of them; -1: none. */
  readonly labels: Int32Array;
}

/** The clusters of the graph, with the flows behind them. */
export interface ClusterLab {
  /** reports/clusters.json */
  readonly result: ClustersResult;
  /** The flows that took part, as the view shows them: rows × columns. */
  readonly X: Matrix;
  /** The same flows with their labels, which had no part in the clusters. */
  readonly flows: Table;
  /** Each flow's cluster, found again as the stage found it. @throws DataError for a name not in cluster.clusterers */
  labelsOf(clusterer: string): Promise<Clustered>;
}

/** @param root the project's folder @param result reports/clusters.json, which `params` led to */
export async function openClusters(
  root: string,
  params: Params,
  result: ClustersResult,
): Promise<ClusterLab> {
  const settings = params.cluster;
  if (settings === null) throw new DataError(`notebook: cluster is null in params.yaml. ${hint}`);
  const folder = join(root, "artifacts/features", params.report.headline);
  const rng = Rng.root(params.seed).fork("cluster");
  const { X, rows } = await clusterPoints({
    features: await readParquet(join(folder, "features.parquet"), undefined, { hint }),
    schema: readJson<FeatureSchema>(join(folder, "schema.json"), hint),
    params: settings,
    steps: params.views[settings.view],
    rng,
  });
  const flows = (await readParquet(join(root, "artifacts/flows.parquet"), undefined, { hint })).take(rows);
  return {
    result,
    X,
    flows,
    async labelsOf(name) {
      const entry = settings.clusterers[name];
      if (entry === undefined) {
        const names = Object.keys(settings.clusterers);
        throw new DataError(
          `notebook: "${name}" is not under cluster.clusterers of params.yaml (has: ${names.join(", ")}).${didYouMean(name, names)}`,
        );
      }
      // The stability tells how good a clustering is and changes none, but where it chooses.
      const resamples = settings.choose === "stability" ? settings.resamples : 0;
      const frozen = await freeze(
        { X, settings: { ...settings, resamples }, rng: rng.fork("clusterers"), workers: params.threads },
        name,
        entry,
      );
      return { rows: frozen.rows, labels: frozen.tries[frozen.chosen].clustering.labels };
    },
  };
}
