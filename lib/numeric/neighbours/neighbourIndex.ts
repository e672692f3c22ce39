import { DataError } from "../../base/errors.js";
import { type Layout, layOut } from "./layout.js";
import { checkPoints, type Neighbours, type Points } from "./points.js";
import { Searcher } from "./searcher.js";

/**
 * Exact Euclidean neighbours of points, in double: the k nearest, or all within a radius. Equal distances are ordered by
 * row, lower first, so that the answer is one and does not depend on how it is found.
 *
 * A tree of boxes over the distinct points. It shines where rows lie in clusters, as flows do (one-hot columns, many
 * equal rows); of points spread evenly over many columns it looks at nearly all.
 */
export class NeighbourIndex {
  private own: Searcher | undefined;

  private constructor(readonly layout: Layout) {}

  get rows(): number {
    return this.layout.rows;
  }

  get columns(): number {
    return this.layout.columns;
  }

  /** Index the points; they are copied. @throws DataError when there are none, or a number is missing or infinite */
  static build(X: Points): NeighbourIndex {
    if (X.rows === 0) throw new DataError("neighbours: there are no points to index. Give at least one row.");
    checkPoints(X, "the indexed points");
    return new NeighbourIndex(layOut(X));
  }

  /** The k nearest points of each row of Q (a point of the index is its own nearest). @throws DataError when k is not 1 to `rows` */
  nearest(Q: Points, k: number): Neighbours {
    this.check(Q, k);
    const rows = new Int32Array(Q.rows * k);
    const distances = new Float64Array(Q.rows * k);
    for (let i = 0; i < Q.rows; i++) this.searcher().nearest(Q, i, k, rows, distances, i * k);
    return { k, rows, distances };
  }

  /** Squared distances of the points at most `radius` from row i of Q, in no order; overwritten by the next search. */
  squaresWithin(Q: Points, i: number, radius: number): Float64Array {
    return this.searcher().within(Q, i, radius).squares;
  }

  /** Points at most `radius` from row i of Q, in no order; overwritten by the next search. */
  rowsWithin(Q: Points, i: number, radius: number): Int32Array {
    return this.searcher().within(Q, i, radius).rows;
  }

  /** @throws DataError when Q cannot be asked for, or not for k neighbours */
  check(Q: Points, k = 1): void {
    checkPoints(Q, "the asked points", this.columns);
    if (Number.isInteger(k) && k >= 1 && k <= this.rows) return;
    throw new DataError(
      `neighbours: ${k} neighbours are asked of ${this.rows} points; ask for 1 to ${this.rows}.`,
    );
  }

  private searcher(): Searcher {
    this.own ??= new Searcher(this.layout, 0);
    return this.own;
  }
}
