import type { Rng } from "../../base/rng.js";
import { takeRows } from "../../table/matrixRows.js";
import type { Matrix } from "../contract.js";

/** A detector's rows in two: those that train, and those whose loss decides the epoch (none where too few are left). */
export function heldOut(
  X: Matrix,
  share: number,
  rng: Rng,
): { readonly train: Matrix; readonly held: Matrix } {
  const count = Math.min(Math.round(share * X.rows), X.rows - 1);
  const order = rng.sample(X.rows, X.rows);
  const part = (rows: Int32Array): Matrix => takeRows(X, rows.sort());
  return { train: count === 0 ? X : part(order.slice(count)), held: part(order.slice(0, count)) };
}
