import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { adjustedRand } from "#lib/eval/agreement.js";
import { clusterRows } from "#lib/models/cluster/clusterRows.js";
import { NOISE } from "#lib/models/cluster/contract.js";
import { clustererOf, clusterers } from "#lib/models/cluster/registry.js";
import { stability } from "#lib/models/cluster/stability.js";
import { blobs, canonical } from "./made.js";

const { X, truth } = blobs(240, 5, 4, 0.5, 7);
const settings: Readonly<Record<string, object>> = {
  "k-means": { clusters: 4 },
  "mini-batch-k-means": { clusters: 4, batch: 64 },
  "gaussian-mixture": { clusters: 4 },
  ward: { clusters: 4 },
  dbscan: { radius: 2, min_rows: 4 },
  hdbscan: { min_cluster_rows: 10 },
};
const types = clusterers.map(({ type }) => type);
const run = (type: string, rows = X, more: object = {}, workers = 1) =>
  clusterRows(rows, { type, ...settings[type], ...more }, { workers });

describe.each(types)("%s", (type) => {
  it("finds groups that lie apart, and leaves its input as it was", async () => {
    const before = X.data.slice();
    const { labels, clusters } = await run(type);
    expect(adjustedRand(truth, labels)).toBeGreaterThan(0.95);
    expect(Math.max(...labels) + 1).toBe(clusters);
    expect(X.data).toEqual(before);
  });

  it("gives the same labels again, with any number of workers", async () => {
    const { labels } = await run(type);
    expect((await run(type, X, {}, 2)).labels).toEqual(labels);
  });

  it("assigns the rows that it was fitted on as it labelled them", async () => {
    const { labels, assign } = await run(type);
    if (assign !== undefined) expect([...assign(X)]).toEqual([...labels]);
  });

  it("takes one column, and equal rows", async () => {
    const one = { rows: 60, columns: 1, data: Float32Array.from({ length: 60 }, (_, i) => 10 * (i % 4)) };
    const { labels } = await run(type, one, { ...(type === "dbscan" ? { radius: 1 } : {}) });
    expect(canonical(labels).slice(0, 8)).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  });

  it("refuses NaN by name", async () => {
    const data = X.data.slice();
    data[7] = Number.NaN;
    await expect(run(type, { ...X, data })).rejects.toThrow(/row 1, column 2 is NaN/);
  });
});

describe.each(types.filter((type) => "clusters" in settings[type]))("%s", (type) => {
  it("refuses more clusters than rows", async () => {
    const few = { rows: 3, columns: 5, data: X.data.slice(0, 15) };
    await expect(run(type, few)).rejects.toThrow(`${type}: 4 clusters of 3 rows; a cluster needs a row.`);
  });
});

it("hdbscan refuses fewer rows than its smallest cluster", async () => {
  const few = { rows: 3, columns: 5, data: X.data.slice(0, 15) };
  await expect(run("hdbscan", few)).rejects.toThrow(/hdbscan: 3 rows, .* need at least 10/);
});

it("dbscan: far rows are noise, and so are new ones", async () => {
  const data = Float32Array.of(0, 0.1, 0.2, 9, 20, 20.1, 20.2, 20.3);
  const { labels, clusters, assign } = await run(
    "dbscan",
    { rows: 8, columns: 1, data },
    { radius: 1, min_rows: 3 },
  );
  expect([...labels]).toEqual([0, 0, 0, NOISE, 1, 1, 1, 1]);
  expect(clusters).toBe(2);
  expect([...(assign?.({ rows: 3, columns: 1, data: Float32Array.of(21, -1.5, 0.9) }) ?? [])]).toEqual([
    1,
    NOISE,
    0,
  ]);
});

it("k-means with more clusters than different rows leaves none empty", async () => {
  const data = Float32Array.of(0, 0, 0, 5, 5, 5);
  const { labels, clusters } = await run("k-means", { rows: 6, columns: 1, data }, { clusters: 4 });
  expect(clusters).toBe(2);
  expect(canonical(labels)).toEqual([0, 0, 0, 1, 1, 1]);
});

it("stability is 1 where the same groups come again, and lower where there are none", async () => {
  const context = { rng: Rng.root(1), workers: 1 };
  const kMeans = (clusters: number) => clustererOf("k-means").create({ ...parsed, clusters });
  const parsed = clustererOf("k-means").params.parse({}) as object;
  expect(await stability(kMeans(4), X, 3, context)).toBeCloseTo(1, 9);
  const cloud = blobs(240, 5, 1, 1, 3).X;
  expect(await stability(kMeans(4), cloud, 3, context)).toBeLessThan(0.8);
});

it("a type or parameter that is not known is refused by name", async () => {
  await expect(clusterRows(X, { type: "kmeans" })).rejects.toThrow(
    /no type "kmeans".*Did you mean "?k-means/,
  );
  await expect(clusterRows(X, { type: "ward", clusters: 0 })).rejects.toThrow(/ward\.clusters/);
});
