import { DataError } from "../../base/errors.js";
import { checkPoints, type Neighbours, type Points, type Surroundings } from "./points.js";

/**
 * Exact Euclidean neighbours of points, in double: the k nearest, or all within a radius. Equal distances are ordered by
 * row, lower first, so that the answer is one and does not depend on how it is found.
 */
export class NeighbourIndex {
  private constructor(private readonly X: Points) {}

  get rows(): number {
    return this.X.rows;
  }

  get columns(): number {
    return this.X.columns;
  }

  /** Index the points; they are copied. @throws DataError when a number is missing or infinite */
  static build(X: Points): NeighbourIndex {
    checkPoints(X, "the indexed points");
    return new NeighbourIndex({ ...X, data: X.data.slice() });
  }

  /** The k nearest points of each row of Q (a point of the index is its own nearest). @throws DataError when k is not 1 to `rows` */
  nearest(Q: Points, k: number): Neighbours {
    checkPoints(Q, "the asked points", this.columns);
    checkCount(k, this.rows);
    const rows = new Int32Array(Q.rows * k);
    const distances = new Float64Array(Q.rows * k);
    for (let i = 0; i < Q.rows; i++) {
      const all = this.squares(Q, i);
      const order = Array.from(all.keys()).sort((a, b) => all[a] - all[b] || a - b);
      for (let j = 0; j < k; j++) {
        rows[i * k + j] = order[j];
        distances[i * k + j] = Math.sqrt(all[order[j]]);
      }
    }
    return { k, rows, distances };
  }

  /** All points at most `radius` from each row of Q. Ask in blocks: all pairs found are held in memory. */
  within(Q: Points, radius: number): Surroundings {
    checkPoints(Q, "the asked points", this.columns);
    const starts = new Float64Array(Q.rows + 1);
    const rows: number[] = [];
    const distances: number[] = [];
    for (let i = 0; i < Q.rows; i++) {
      this.squares(Q, i).forEach((square, row) => {
        if (square > radius * radius) return;
        rows.push(row);
        distances.push(Math.sqrt(square));
      });
      starts[i + 1] = rows.length;
    }
    return { starts, rows: Int32Array.from(rows), distances: Float64Array.from(distances) };
  }

  private squares(Q: Points, i: number): Float64Array {
    const { rows, columns: d, data } = this.X;
    const out = new Float64Array(rows);
    for (let r = 0; r < rows; r++)
      for (let j = 0; j < d; j++) out[r] += (Q.data[i * d + j] - data[r * d + j]) ** 2;
    return out;
  }
}

function checkCount(k: number, rows: number): void {
  if (Number.isInteger(k) && k >= 1 && k <= rows) return;
  throw new DataError(`neighbours: ${k} neighbours are asked of ${rows} points; ask for 1 to ${rows}.`);
}
