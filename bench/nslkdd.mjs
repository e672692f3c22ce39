import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Rng } from "../dist/base/rng.js";

/** Columns of NSL-KDD that hold text. */
const textColumns = [1, 2, 3];

/**
 * NSL-KDD as the models take it: 41 columns, text as codes of the sorted training levels, binary label.
 * `folder` holds KDDTrain+.txt(.gz) and KDDTest+.txt(.gz).
 */
export function readNslKdd(folder) {
  const train = readLines(folder, "KDDTrain+.txt");
  const levels = new Map(
    textColumns.map((column) => [column, [...new Set(train.map((fields) => fields[column]))].sort()]),
  );
  const features = Array.from({ length: 41 }, (_, column) =>
    levels.has(column)
      ? { name: `c${column}`, kind: "category", levels: levels.get(column) }
      : { name: `c${column}`, kind: "number" },
  );
  return {
    train: toRows(train, features),
    test: toRows(readLines(folder, "KDDTest+.txt"), features),
  };
}

function readLines(folder, name) {
  const plain = join(folder, name);
  const bytes = existsSync(plain) ? readFileSync(plain) : gunzipSync(readFileSync(`${plain}.gz`));
  return bytes
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
}

function toRows(lines, features) {
  const data = new Float32Array(lines.length * 41);
  lines.forEach((fields, i) => {
    features.forEach((feature, j) => {
      data[i * 41 + j] = feature.kind === "category" ? feature.levels.indexOf(fields[j]) : Number(fields[j]);
    });
  });
  return {
    X: { rows: lines.length, columns: 41, data },
    features,
    y: Int32Array.from(lines, (fields) => (fields[41] === "normal" ? 0 : 1)),
    classes: ["benign", "attack"],
  };
}

/** `count` rows drawn with replacement, always the same ones. */
export function manyRows(X, count) {
  const rng = Rng.root(42).fork("bench");
  const data = new Float32Array(count * X.columns);
  for (let i = 0; i < count; i++) {
    const row = rng.integer(X.rows);
    data.set(X.data.subarray(row * X.columns, (row + 1) * X.columns), i * X.columns);
  }
  return { rows: count, columns: X.columns, data };
}

/**
 * Rows as numbers alone: a 0/1 column a level of each category, numbers less their mean by their deviation.
 * @param by the rows whose means and deviations count
 */
export function standardised(rows, by = rows) {
  const { X, features } = rows;
  const width = features.reduce((sum, { levels }) => sum + (levels?.length ?? 1), 0);
  const data = new Float32Array(X.rows * width);
  let to = 0;
  for (const [j, { levels }] of features.entries()) {
    if (levels !== undefined) {
      for (let i = 0; i < X.rows; i++) {
        const level = X.data[i * X.columns + j];
        if (level >= 0) data[i * width + to + level] = 1;
      }
      to += levels.length;
      continue;
    }
    const values = Float64Array.from({ length: by.X.rows }, (_, i) => by.X.data[i * X.columns + j]);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length) || 1;
    for (let i = 0; i < X.rows; i++) data[i * width + to] = (X.data[i * X.columns + j] - mean) / deviation;
    to++;
  }
  return {
    ...rows,
    X: { rows: X.rows, columns: width, data },
    features: Array.from({ length: width }, (_, j) => ({ name: `x${j}`, kind: "number" })),
  };
}
