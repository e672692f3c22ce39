import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Rng } from "../../dist/base/rng.js";
import { definition } from "../../dist/models/linear/logistic.js";

let train;

/** 38 standardised numbers and 84 columns of 0 and 1 for protocol, service and flag, of all rows of KDDTrain+. */
export function nslKdd(dataDir) {
  const text = gunzipSync(readFileSync(join(dataDir, "KDDTrain+.txt.gz"))).toString("latin1");
  const rows = text
    .trim()
    .split("\n")
    .map((line) => line.trim().split(","));
  const categories = [1, 2, 3];
  const columns = [];
  for (const j of categories) {
    for (const level of [...new Set(rows.map((row) => row[j]))].sort()) {
      columns.push({ name: `${j}=${level}`, values: rows.map((row) => (row[j] === level ? 1 : 0)) });
    }
  }
  for (let j = 0; j < 41; j++) {
    if (categories.includes(j)) continue;
    const values = rows.map((row) => Number(row[j]));
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const sd = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length) || 1;
    columns.push({ name: String(j), values: values.map((x) => (x - mean) / sd) });
  }
  const data = new Float32Array(rows.length * columns.length);
  columns.forEach(({ values }, j) => {
    for (let i = 0; i < values.length; i++) data[i * columns.length + j] = values[i];
  });
  return {
    X: { rows: rows.length, columns: columns.length, data },
    features: columns.map(({ name }) => ({ name, kind: "number" })),
    y: Int32Array.from(rows, (row) => (row[41] === "normal" ? 0 : 1)),
    classes: ["benign", "attack"],
  };
}

export default {
  name: "logistic",
  settings: "KDDTrain+, 125,973 rows × 122 columns, binary, l2 1; ours to 1e-8, lbfgs to its default 1e-4",
  async prepare({ data }) {
    train = nslKdd(data);
  },
  async run() {
    const model = definition.create(definition.params.parse({}));
    return model.fit(train, { rng: Rng.root(42), workers: 1, log: () => {} });
  },
};
