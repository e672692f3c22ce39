import type { Tensor } from "../graph.js";
import { normal } from "../initial.js";
import { gatherRows } from "../ops/layout.js";

/**
 * A row of `width` numbers for each of `levels` categories: int64 [n] or [n, T] → one axis more.
 * Parameter: `<name>.weight` [levels, width]. A place that is no level ends the run: give unseen ones a level of their own.
 */
export function embedding(name: string, places: Tensor, levels: number, width: number): Tensor {
  return gatherRows(places.graph.parameter(`${name}.weight`, [levels, width], normal(1)), places);
}
