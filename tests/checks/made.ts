import { Rng } from "#lib/base/rng.js";
import type { FeatureInfo, FitContext, Rows } from "#lib/models/contract.js";

/** What `madeRows` makes. */
export interface MadeOptions {
  readonly rows: number;
  readonly classes?: number;
  /** Share of missing values in the second column. */
  readonly missing?: number;
  /** false: numbers only, for models that take no categories. */
  readonly category?: boolean;
  readonly seed?: number;
}

const levels = ["dns", "ftp", "http", "smtp", "ssh"];

/**
 * Rows whose class follows from the columns, with some noise: three numbers (one mostly zero, one with missing values)
 * and a category.
 */
export function madeRows({ rows, classes = 2, missing = 0, category = true, seed = 1 }: MadeOptions): Rows {
  const rng = Rng.root(seed).fork("made");
  const columns = category ? 4 : 3;
  const data = new Float32Array(rows * columns);
  const y = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const a = rng.uniform();
    const b = rng.uniform() * 1000;
    const c = rng.uniform() < 0.8 ? 0 : rng.integer(50);
    const level = rng.integer(levels.length);
    const signal = a + (b > 600 ? 0.5 : 0) + (c > 20 ? 0.4 : 0) + (category && level % 2 === 1 ? 0.6 : 0);
    y[i] = Math.min(classes - 1, Math.floor((signal + 0.2 * rng.uniform()) * (classes / 2.2)));
    data.set([a, rng.uniform() < missing ? Number.NaN : b, c], i * columns);
    if (category) data[i * columns + 3] = level;
  }
  const numbers: FeatureInfo[] = ["a", "b", "c"].map((name) => ({ name, kind: "number" }));
  return {
    X: { rows, columns, data },
    features: category ? [...numbers, { name: "service", kind: "category", levels }] : numbers,
    y,
    classes: Array.from({ length: classes }, (_, c) => (c === 0 ? "benign" : `attack-${c}`)),
  };
}

/** A context without validation rows. */
export function fitContext(workers = 1, seed = 7): FitContext {
  return { rng: Rng.root(seed), workers, log: () => undefined };
}

/** Numbers alone, `columns` of them, bell-shaped around 0 with variance 1; the first two decide the class. */
export function madeNumbers({
  rows,
  columns,
  classes = 2,
  seed = 1,
}: {
  readonly rows: number;
  readonly columns: number;
  readonly classes?: number;
  readonly seed?: number;
}): Rows {
  const rng = Rng.root(seed).fork("numbers");
  const data = Float32Array.from({ length: rows * columns }, () => {
    const sum = rng.uniform() + rng.uniform() + rng.uniform() + rng.uniform();
    return (sum - 2) * Math.sqrt(3);
  });
  const y = Int32Array.from({ length: rows }, (_, i) => {
    const signal = data[i * columns] + (columns > 1 ? data[i * columns + 1] : 0);
    return Math.max(0, Math.min(classes - 1, Math.floor((signal / 4 + 0.5) * classes)));
  });
  return {
    X: { rows, columns, data },
    features: Array.from({ length: columns }, (_, j) => ({ name: `x${j}`, kind: "number" })),
    y,
    classes: Array.from({ length: classes }, (_, c) => (c === 0 ? "benign" : `attack-${c}`)),
  };
}

/** The same rows as a detector is fitted on: all benign. */
export function allBenign(made: Rows): Rows {
  return { ...made, y: new Int32Array(made.X.rows), classes: ["benign"] };
}

/** The first rows of made ones. */
export function firstRows(made: Rows, rows: number): Rows {
  return {
    ...made,
    X: { ...made.X, rows, data: made.X.data.slice(0, rows * made.X.columns) },
    y: made.y.slice(0, rows),
  };
}
