import { DataError } from "../base/errors.js";
import type { Table } from "../table/table.js";

/** What one model said of the rows of one part, read back from its predictions.parquet. */
export interface Predicted {
  /** For messages. */
  readonly path: string;
  /** Row ids, ascending; all that follows is by place in it. */
  readonly rows: Int32Array;
  readonly score: Float64Array;
  /** 1: attack. */
  readonly decision: Uint8Array;
  /** The model's classes and the most probable one of each row; null for two classes and for a detector. */
  readonly classes: readonly string[] | null;
  readonly predicted: Int32Array | null;
}

const AGAIN = "Evaluate the model again: nidslab repro.";

/**
 * The rows of one part of predictions.parquet (columns row_id, part, score, decision and, with many classes, predicted and
 * p_<class>).
 * @throws DataError for a row that comes twice or without an id, a score that is no finite number, a decision other than 0
 *   and 1, and a predicted class that the model does not know
 */
export function predictedPart(table: Table, part: string, path: string): Predicted {
  const names = table.text("part");
  const wanted = names.dictionary.indexOf(part);
  const ids = table.numbers("row_id");
  const places = Int32Array.from(names.codes.keys())
    .filter((i) => names.codes[i] === wanted && wanted >= 0)
    .sort((i, j) => ids[i] - ids[j]);
  const fault = (place: number, what: string): DataError =>
    new DataError(`predictions: ${path}: row ${ids[place]} ${what}. ${AGAIN}`);
  places.forEach((place, k) => {
    if (!Number.isInteger(ids[place]) || ids[place] < 0)
      throw new DataError(
        `predictions: ${path}: ${ids[place]} is no row id; a whole number was expected. ${AGAIN}`,
      );
    if (k > 0 && ids[place] === ids[places[k - 1]]) throw fault(place, "comes twice");
  });
  const scores = table.numbers("score");
  const score = Float64Array.from(places, (place) => scores[place]);
  score.forEach((value, k) => {
    if (!Number.isFinite(value))
      throw fault(places[k], `has the score ${value}; a finite number was expected`);
  });
  const decisions = table.numbers("decision");
  for (const place of places)
    if (decisions[place] !== 0 && decisions[place] !== 1)
      throw fault(place, `has the decision ${decisions[place]}; 0 or 1 was expected`);
  const rows = places.map((place) => ids[place]);
  const decision = Uint8Array.from(places, (place) => decisions[place]);
  if (!table.has("predicted")) return { path, rows, score, decision, classes: null, predicted: null };
  const classes = table.names.filter((name) => name.startsWith("p_")).map((name) => name.slice(2));
  const { codes, dictionary } = table.text("predicted");
  const known = dictionary.map((name) => classes.indexOf(name));
  const predicted = places.map((place) => known[codes[place]] ?? -1);
  predicted.forEach((code, k) => {
    if (code >= 0) return;
    const name = dictionary[codes[places[k]]] ?? "nothing";
    throw fault(
      places[k],
      `is predicted as ${name}, a class that the model does not know (has: ${classes.join(", ")})`,
    );
  });
  return { path, rows, score, decision, classes, predicted };
}

/**
 * That predictions are of just the rows that they should be of.
 * @param rows ascending
 * @param where what says so: "the test part of split site"
 * @throws DataError that names rows too many and rows that are missing
 */
export function checkRows(predictions: Predicted, rows: Int32Array, where: string): void {
  const [unknown, missing] = [lacking(predictions.rows, rows), lacking(rows, predictions.rows)];
  if (unknown.length === 0 && missing.length === 0) return;
  const faults = [
    ...(unknown.length === 0 ? [] : [`unknown row ids (${listed(unknown)})`]),
    ...(missing.length === 0 ? [] : [`missing rows (${listed(missing)})`]),
  ];
  throw new DataError(
    `predictions: ${predictions.path} has ${faults.join(" and ")}: it is not of ${where}, which has ${rows.length} rows. ${AGAIN}`,
  );
}

/** That two models were measured on the same rows. @throws DataError when not */
export function checkSameRows(a: Predicted, b: Predicted): void {
  const [onlyA, onlyB] = [lacking(a.rows, b.rows), lacking(b.rows, a.rows)];
  if (onlyA.length === 0 && onlyB.length === 0) return;
  throw new DataError(
    `predictions: ${a.path} and ${b.path} are of different rows (${a.rows.length} and ${b.rows.length}; only in the first ` +
      `${listed(onlyA)}; only in the second ${listed(onlyB)}). Compare models that were measured on one part of one split of the same data.`,
  );
}

/** Numbers of `a` that `b` lacks; both ascending. */
function lacking(a: Int32Array, b: Int32Array): Int32Array {
  let at = 0;
  return a.filter((row) => {
    while (at < b.length && b[at] < row) at++;
    return b[at] !== row;
  });
}

/** "12: 3, 8, 9, …" */
function listed(rows: Int32Array): string {
  if (rows.length === 0) return "none";
  return `${rows.length}: ${[...rows.subarray(0, 3)].join(", ")}${rows.length > 3 ? ", …" : ""}`;
}
