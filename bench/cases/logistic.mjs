import { Rng } from "../../dist/base/rng.js";
import { definition } from "../../dist/models/linear/logistic.js";
import { readNslKdd } from "../nslkdd.mjs";

/** Logistic regression on KDDTrain+: fit only, on 0/1 columns for the categories and standardised numbers. */
export async function prepare(data) {
  const train = encoded(readNslKdd(data).train);
  const model = definition.create(definition.params.parse({ l2: 1 }));
  return {
    settings: `logistic, l2 1, tolerance 1e-8, one thread, fit, ${train.X.rows} x ${train.X.columns}`,
    async run() {
      const start = performance.now();
      await model.fit(train, { rng: Rng.root(42), workers: 1, log: () => undefined });
      return (performance.now() - start) / 1000;
    },
  };
}

/** A 0/1 column a level of each category, numbers less their mean by their deviation. */
function encoded(rows) {
  const { X, features } = rows;
  const column = (j) => Float64Array.from({ length: X.rows }, (_, i) => X.data[i * X.columns + j]);
  const columns = features.flatMap((feature, j) => {
    const values = column(j);
    if (feature.kind === "category")
      return feature.levels.map((_, level) => values.map((x) => Number(x === level)));
    const mean = values.reduce((sum, x) => sum + x, 0) / X.rows;
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / X.rows) || 1;
    return [values.map((x) => (x - mean) / deviation)];
  });
  const data = new Float32Array(X.rows * columns.length);
  columns.forEach((values, j) => {
    for (let i = 0; i < X.rows; i++) data[i * columns.length + j] = values[i];
  });
  return {
    ...rows,
    X: { rows: X.rows, columns: columns.length, data },
    features: columns.map((_, j) => ({ name: `x${j}`, kind: "number" })),
  };
}
