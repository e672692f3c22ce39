import type { Matrix } from "../table/matrix.js";
import { type Column, float32, float64, int64, Table, TextBuilder, takeColumn } from "../table/table.js";

/** Some rows, scored by one model. */
export interface ScoredPart {
  readonly part: string;
  /** Of a k-fold split: the fold whose rows they are. */
  readonly fold?: number;
  readonly rows: Int32Array;
  /** By place in `rows`, as all that follows. */
  readonly score: Float64Array;
  readonly threshold: number;
  /** The model's classes; empty for a detector. */
  readonly classes: readonly string[];
  /** Most probable class. */
  readonly predicted: Int32Array;
  readonly probabilities: Matrix | null;
}

/**
 * predictions.parquet: one line for each row of the parts, by row. A class that a part's model does not know has no
 * probability there (k-fold: a fold whose training part lacks it).
 * @param flows columns label and family
 * @param classes all classes of the models
 */
export function predictionTable(
  flows: Table,
  classes: readonly string[],
  parts: readonly ScoredPart[],
): Table {
  const { rows, part, at } = inRowOrder(flows.rows, parts);
  const n = rows.length;
  const text = (of: (i: number) => string): Column => {
    const builder = new TextBuilder();
    for (let i = 0; i < n; i++) builder.push(of(i));
    return builder.finish();
  };
  const numbers = (of: (i: number) => number): Float64Array =>
    Float64Array.from({ length: n }, (_, i) => of(i));
  const of = (i: number): ScoredPart => parts[part[i]];
  const columns = new Map<string, Column>([
    ["row_id", int64(rows)],
    ["part", text((i) => of(i).part)],
    ["fold", int64(numbers((i) => of(i).fold ?? Number.NaN))],
    ["label", takeColumn(flows.text("label"), rows)],
    ["family", takeColumn(flows.text("family"), rows)],
    ["score", float64(numbers((i) => of(i).score[at[i]]))],
    ["decision", int64(numbers((i) => (of(i).score[at[i]] >= of(i).threshold ? 1 : 0)))],
  ]);
  if (classes.length > 2) {
    columns.set(
      "predicted",
      text((i) => of(i).classes[of(i).predicted[at[i]] ?? 0]),
    );
    for (const name of classes) {
      const places = parts.map((scored) => scored.classes.indexOf(name));
      const probability = (i: number): number => {
        const { probabilities, classes: own } = of(i);
        const place = places[part[i]];
        return place < 0 || probabilities === null
          ? Number.NaN
          : probabilities.data[at[i] * own.length + place];
      };
      columns.set(`p_${name}`, float32(Float32Array.from({ length: n }, (_, i) => probability(i))));
    }
  }
  return Table.of(columns);
}

/** The rows of all parts, ascending; for each its part and its place in it. */
export function inRowOrder(
  tableRows: number,
  parts: readonly Pick<ScoredPart, "rows">[],
): { readonly rows: Int32Array; readonly part: Int32Array; readonly at: Int32Array } {
  const partOf = new Int32Array(tableRows).fill(-1);
  const placeOf = new Int32Array(tableRows);
  parts.forEach(({ rows }, p) => {
    rows.forEach((row, i) => {
      partOf[row] = p;
      placeOf[row] = i;
    });
  });
  const rows = Int32Array.from(partOf.keys()).filter((row) => partOf[row] >= 0);
  return { rows, part: rows.map((row) => partOf[row]), at: rows.map((row) => placeOf[row]) };
}
