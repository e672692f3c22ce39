import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

const rows = 15_000;
/** Half a byte a pair of rows, above what the process had before. */
const most = rows ** 2 / 2;

/** In a process of its own: the peak of memory is the whole process's, and never falls. */
const program = (type: string, params: object): string => `
  import { Rng } from "./dist/base/rng.js";
  import { clustererOf } from "./dist/models/cluster/registry.js";
  const rng = Rng.root(1);
  const X = { rows: ${rows}, columns: 3, data: Float32Array.from({ length: ${3 * rows} }, () => rng.uniform()) };
  const { params, create } = clustererOf("${type}");
  const before = process.resourceUsage().maxRSS;
  const { labels } = await create(params.parse(${JSON.stringify(params)})).fit(X, { rng, workers: 1 });
  console.log(JSON.stringify([labels.length, (process.resourceUsage().maxRSS - before) * 1024]));`;

it.each([
  // All rows but those at the edges are each other's neighbours.
  ["dbscan", { radius: 1, min_rows: 10 }],
  ["hdbscan", { min_cluster_rows: 50 }],
])("%s needs no memory of rows × rows", { timeout: 120_000 }, (type, params) => {
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", program(type, params)], {
    encoding: "utf8",
  });
  const [labelled, bytes] = JSON.parse(out);
  expect(labelled).toBe(rows);
  expect(bytes).toBeLessThan(most);
});
