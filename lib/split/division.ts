import type { Rng } from "../base/rng.js";
import type { Table } from "../table/table.js";
import type { Content } from "./content.js";

/** What a recipe divides: some rows of a table. */
export interface Divisible {
  readonly flows: Table;
  /** The rows that take part, ascending. */
  readonly rows: Int32Array;
  readonly content: Content;
  /** Every draw comes from it. */
  readonly rng: Rng;
}

/** What becomes of the rows, each list ascending; rows in none of them are unused, counted by reason. */
export interface Division {
  readonly train: Int32Array;
  readonly test: Int32Array;
  readonly unused: Readonly<Record<string, number>>;
  /** Validation rows (not in `train`), where the recipe itself says which; else they are drawn from `train`. */
  readonly validation?: Int32Array;
  /** What else a reader must know: it goes into splits/<split>.json. */
  readonly notes?: Readonly<Record<string, unknown>>;
}
