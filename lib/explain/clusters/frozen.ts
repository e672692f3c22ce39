import type { Rng } from "../../base/rng.js";
import type { Clustering, Matrix } from "../../models/cluster/contract.js";
import { internalScores } from "../../models/cluster/internalScores.js";
import { cutTree } from "../../models/cluster/linkage.js";
import { pointsOf } from "../../models/cluster/points.js";
import { type ClustererParams, clustererOf } from "../../models/cluster/registry.js";
import { stability } from "../../models/cluster/stability.js";
import { takeRows } from "../../table/matrixRows.js";
import type { ChooseRule, ClusterParams } from "./params.js";
import type { InternalScores } from "./result.js";

/** A clustering with the scores that need no label. */
export interface FrozenTry {
  readonly clustering: Clustering;
  readonly scores: InternalScores;
}

/** What a clusterer has come to before any label is read. */
export interface Frozen {
  readonly name: string;
  readonly entry: ClustererParams;
  readonly params: Readonly<Record<string, unknown>>;
  /** Rows of the matrix that it was given. */
  readonly rows: Int32Array;
  /** One a number of clusters, ascending. */
  readonly tries: readonly FrozenTry[];
  /** Which of them is taken. */
  readonly chosen: number;
}

/** What a clusterer is run with. */
export interface FreezeInput {
  readonly X: Matrix;
  readonly settings: Pick<ClusterParams, "choose" | "resamples" | "silhouette_rows">;
  readonly rng: Rng;
  readonly workers: number;
}

/**
 * Run a clusterer once a number of clusters, score each without labels, and take the best by the rule: the highest
 * silhouette or stability, the lowest Davies-Bouldin; of equal ones the fewest clusters.
 * @throws DataError when there are fewer rows than clusters
 */
export async function freeze(input: FreezeInput, name: string, entry: ClustererParams): Promise<Frozen> {
  const { settings, workers } = input;
  const { type, rows: cap, ...own } = entry;
  const rng = input.rng.fork(name);
  const rows =
    cap === undefined || cap === null || cap >= input.X.rows
      ? Int32Array.from({ length: input.X.rows }, (_, i) => i)
      : rng.fork("rows").sample(input.X.rows, cap).sort();
  const X = rows.length === input.X.rows ? input.X : takeRows(input.X, rows);
  const points = pointsOf(X, type);
  const sample = rng.fork("silhouette").sample(X.rows, Math.min(X.rows, settings.silhouette_rows)).sort();
  const definition = clustererOf(type);
  const several = Array.isArray(own.clusters) ? (own.clusters as readonly number[]) : null;
  const parsed = (clusters: number | undefined): Record<string, unknown> =>
    definition.params.parse(clusters === undefined ? own : { ...own, clusters }) as Record<string, unknown>;
  const numbers = several ?? [own.clusters as number | undefined];
  const again = async (clusters: number | undefined): Promise<number | null> =>
    stability(definition.create(parsed(clusters)), X, settings.resamples, {
      rng: rng.fork("stability").fork(clusters ?? 0),
      workers,
    });
  const tries: FrozenTry[] = [];
  for (const clusters of numbers) {
    const clustering =
      recut(tries[0]?.clustering, clusters) ??
      (await definition
        .create(parsed(clusters))
        .fit(X, { rng: rng.fork("fit").fork(clusters ?? 0), workers }));
    const scores = internalScores(points, clustering.labels, clustering.clusters, sample);
    // The stability of every number costs many fits: only where it decides.
    const all = several === null || settings.choose === "stability";
    tries.push({ clustering, scores: { ...scores, stability: all ? await again(clusters) : null } });
  }
  const chosen = best(tries, settings.choose);
  const taken = tries[chosen];
  if (taken.scores.stability === null)
    tries[chosen] = { ...taken, scores: { ...taken.scores, stability: await again(numbers[chosen]) } };
  return { name, entry, params: parsed(numbers[chosen]), rows, tries, chosen };
}

/** Another cut of a tree that is there already. */
function recut(first: Clustering | undefined, clusters: number | undefined): Clustering | undefined {
  if (first?.linkage === undefined || clusters === undefined || clusters > first.linkage.leaves)
    return undefined;
  return { ...first, labels: cutTree(first.linkage, clusters), clusters };
}

function best(tries: readonly FrozenTry[], rule: ChooseRule): number {
  const value = ({ scores }: FrozenTry): number => {
    if (rule === "davies-bouldin") return -(scores.davies_bouldin ?? Number.POSITIVE_INFINITY);
    return scores[rule] ?? Number.NEGATIVE_INFINITY;
  };
  let chosen = 0;
  tries.forEach((each, i) => {
    if (value(each) > value(tries[chosen])) chosen = i;
  });
  return chosen;
}
