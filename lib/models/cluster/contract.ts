import type { z } from "zod";
import type { Rng } from "../../base/rng.js";
import type { Matrix } from "../../table/matrix.js";
import type { Linkage } from "./linkage.js";

export type { Matrix };

/** The label of a row that belongs to no cluster. */
export const NOISE = -1;

/** What `fit` may use beside the rows. */
export interface ClusterContext {
  readonly rng: Rng;
  /** Worker threads; the result never depends on it. */
  readonly workers: number;
}

/** A way to put rows into groups that nobody has named. `fit` leaves `this` and the rows as they were. */
export interface Clusterer {
  /**
   * @param X rows × columns, numbers without NaN
   * @throws DataError where there are fewer rows than clusters, or a NaN
   */
  fit(X: Matrix, context: ClusterContext): Promise<Clustering>;
}

/** Rows in clusters. */
export interface Clustering {
  /** Cluster of each row, 0 … clusters-1, or NOISE. Every cluster has a row. */
  readonly labels: Int32Array;
  readonly clusters: number;
  /** The cluster of rows that were not fitted on; what has no such rule has no `assign`. */
  readonly assign?: (X: Matrix) => Int32Array;
  /** The whole tree of mergers, of what builds one. */
  readonly linkage?: Linkage;
  /** Inertia, iterations, log-likelihood, … */
  readonly summary: Readonly<Record<string, number | string | boolean | null>>;
}

/** A clusterer that can be named in params.yaml: one file each, listed in registry.ts. */
export interface ClustererDefinition<P = unknown> {
  readonly type: string;
  readonly title: string;
  /** The paper or page that it follows. */
  readonly source: string;
  /** When it works badly. */
  readonly limits: string;
  /** Strict; every key has a default, a range and a description. What takes a number of clusters calls it `clusters`. */
  readonly params: z.ZodType<P>;
  create(params: P): Clusterer;
}
