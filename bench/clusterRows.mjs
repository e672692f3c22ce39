import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Rng } from "../dist/base/rng.js";
import { readNslKdd } from "./nslkdd.mjs";

/** 10,000 drawn rows of KDDTrain+, 38 numbers z-scored after log1p of the three large ones: for clustering. */
export function clusterRowsOf(data, rows = 10000) {
  const { train } = readNslKdd(data);
  const numbers = train.features.flatMap(({ kind }, j) => (kind === "number" ? [j] : []));
  const drawn = Rng.root(42).fork("bench").sample(train.X.rows, rows).sort();
  const out = { rows, columns: numbers.length, data: new Float32Array(rows * numbers.length) };
  numbers.forEach((column, j) => {
    const large = column === 0 || column === 4 || column === 5;
    const values = Float64Array.from(drawn, (row) => {
      const value = train.X.data[row * train.X.columns + column];
      return large ? Math.log1p(value) : value;
    });
    const mean = values.reduce((a, b) => a + b, 0) / rows;
    const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / rows) || 1;
    values.forEach((value, i) => {
      out.data[i * out.columns + j] = (value - mean) / deviation;
    });
  });
  return out;
}

/** The rows as a file of float32 that a peer reads. @returns the path, and what removes it */
export function asFile({ data }) {
  const folder = mkdtempSync(join(tmpdir(), "nidslab-clusters-"));
  const path = join(folder, "rows.f32");
  writeFileSync(path, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}
