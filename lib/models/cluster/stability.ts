import { adjustedRand } from "../../eval/agreement.js";
import { takeRows } from "../../table/matrixRows.js";
import type { ClusterContext, Clusterer, Matrix } from "./contract.js";

/** Share of the rows in a part. */
const SHARE = 0.8;

/**
 * Does a clustering come again on other rows? Parts of 80% of the rows, drawn without replacement, are clustered each on its
 * own; every two are compared by ARI on the rows that both have. 1: always the same clusters. Noise counts as one.
 * Source: Ben-Hur, Elisseeff and Guyon 2002, A stability based method for discovering structure in clustered data
 * @returns null for fewer than two parts
 */
export async function stability(
  clusterer: Clusterer,
  X: Matrix,
  parts: number,
  context: ClusterContext,
): Promise<number | null> {
  if (parts < 2) return null;
  const labels: Int32Array[] = [];
  for (let part = 0; part < parts; part++) {
    const rng = context.rng.fork(part);
    const rows = rng
      .fork("rows")
      .sample(X.rows, Math.max(1, Math.round(SHARE * X.rows)))
      .sort();
    const found = await clusterer.fit(takeRows(X, rows), { ...context, rng: rng.fork("fit") });
    const own = new Int32Array(X.rows).fill(ABSENT);
    rows.forEach((row, i) => {
      own[row] = found.labels[i];
    });
    labels.push(own);
  }
  let [sum, pairs] = [0, 0];
  for (let a = 0; a < parts; a++) {
    for (let b = 0; b < a; b++, pairs++) {
      const shared = Int32Array.from(labels[a].keys()).filter(
        (row) => labels[a][row] !== ABSENT && labels[b][row] !== ABSENT,
      );
      sum += adjustedRand(
        shared.map((row) => labels[a][row]),
        shared.map((row) => labels[b][row]),
      );
    }
  }
  return sum / pairs;
}

/** A row that is not in a part. */
const ABSENT = -2;
