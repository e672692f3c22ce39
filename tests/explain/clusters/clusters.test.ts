import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { clusterFlows, compareClusters } from "#lib/explain/clusters/clusters.js";
import { groupColumns } from "#lib/explain/clusters/columnGroups.js";
import { type ClusterParams, clusterParams } from "#lib/explain/clusters/params.js";
import { clustersOff } from "#lib/explain/clusters/result.js";
import type { FeatureSchema } from "#lib/features/schema.js";
import { documentMarkdown, figuresOf } from "#lib/report/document.js";
import { clusterSection } from "#lib/report/sectionClusters.js";
import { renderSvg } from "#lib/report/svg.js";
import { float32, float64, Table, text } from "#lib/table/table.js";

const rng = Rng.root(5);
const n = 120;
const group = Array.from({ length: n }, (_, i) => i % 3);
const near = (value: number): number => value + rng.uniform();
const features = Table.of({
  row_id: float64(group.map((_, i) => i)),
  bytes: float32(group.map((g) => near(10 * g))),
  packets: float32(group.map((g, i) => (i === 4 ? Number.NaN : near(20 * g)))),
  rate: float32(group.map((g) => near(8 * g))),
  proto: text(group.map((g) => (g === 0 ? "udp" : "tcp"))),
  nothing: float32(group.map(() => Number.NaN)),
});
const number = (name: string) =>
  ({ name, type: "float32", unit: "count", profile: "realistic", origin: "raw" }) as const;
const schema = {
  columns: [
    ...["bytes", "packets", "rate", "nothing"].map(number),
    { ...number("proto"), type: "category", unit: null } as const,
  ],
  schema_hash: "",
} as FeatureSchema;
const flows = Table.of({
  label: text(group.map((g) => (g === 2 ? "attack" : "benign"))),
  family: text(group.map((g) => (g === 2 ? "DoS" : "benign"))),
});
const params = clusterParams.parse({
  view: "scaled",
  rows: null,
  resamples: 2,
  clusterers: {
    means: { type: "k-means", clusters: [2, 3, 4, 5], starts: 2 },
    tree: { type: "ward", clusters: [2, 3, 4], rows: 60 },
    dense: { type: "dbscan", radius: 1.2, min_rows: 4 },
  },
}) as ClusterParams;

const clustered = async (settings = params) =>
  clusterFlows({
    ...{ features, schema, params: settings, rng: Rng.root(1), workers: 1, log: () => undefined },
    steps: [{ impute: "median" }, { "one-hot": { unknown: "zero" } }, { scale: "standard" }],
  });

describe("the stage cluster", () => {
  it("chooses the number of clusters without labels, then sees how they agree", async () => {
    const result = compareClusters(await clustered(), params, flows);
    const [means, tree, dense] = result.clusterers;
    expect([means.clusters, means.rows, means.tried.length, means.noise]).toEqual([3, 120, 4, 0]);
    expect(means.truth.family.homogeneity).toBeCloseTo(1, 9);
    expect(means.stability).toBeCloseTo(1, 9);
    expect(means.largest.map(({ rows, attacks }) => [rows, attacks]).sort()).toEqual(
      [
        [40, 0],
        [40, 0],
        [40, 40],
      ].sort(),
    );
    expect([tree.clusters, tree.rows]).toEqual([3, 60]);
    expect(tree.tree?.mergers.length).toBe((tree.tree?.leaves.length ?? 0) - 1);
    expect([dense.tried, dense.type]).toEqual([[], "dbscan"]);
    expect(result.left_out_columns).toEqual(["nothing"]);
    expect(result.column_groups?.groups).toMatchObject([{ columns: ["bytes", "packets", "rate"] }]);
  });

  it("the labels change nothing but the agreement", async () => {
    const frozen = await clustered();
    const other = Table.of({
      label: text(group.map((_, i) => (i % 2 === 0 ? "attack" : "benign"))),
      family: text(group.map((_, i) => (i % 2 === 0 ? "Worm" : "benign"))),
    });
    const [a] = compareClusters(frozen, params, flows).clusterers;
    const [b] = compareClusters(frozen, params, other).clusterers;
    expect([b.clusters, b.silhouette]).toEqual([a.clusters, a.silhouette]);
    expect(b.truth.attack.ari).toBeLessThan(0.1);
  });

  it("draws rows at random where there is a cap, the same ones again", async () => {
    const capped = { ...params, rows: 50 };
    const [one, two] = [await clustered(capped), await clustered(capped)];
    expect(one.rows.length).toBe(50);
    expect(two.rows).toEqual(one.rows);
  });

  it("stands in the report as tables and figures", async () => {
    const blocks = clusterSection({ clusters: compareClusters(await clustered(), params, flows) });
    const figures = figuresOf(blocks);
    expect(figures.map(({ name }) => name)).toEqual([
      "clusters-means",
      "clusters-tree",
      "clusters-tree-tree",
      "column-clusters",
    ]);
    for (const { figure } of figures) expect(await renderSvg(figure.vegaLite)).toContain("<svg");
    const markdown = documentMarkdown("", blocks);
    expect(markdown).toContain("| means | k-means | 120 | 3 | 0.0% |");
    expect(markdown).toContain("that with the highest silhouette was taken");
    expect(clusterSection({ clusters: clustersOff })).toEqual([]);
    expect(clusterSection({ clusters: null })).toEqual([]);
  });

  it("refuses more clusters than rows, an unknown type and a rule without its resamples", async () => {
    const many = clusterParams.parse({
      ...{ view: "scaled", rows: 20, clusterers: { k: { type: "k-means", clusters: 30 } } },
    }) as ClusterParams;
    await expect(clustered(many)).rejects.toThrow("k-means: 30 clusters of 20 rows");
    const faults = (change: object): string =>
      clusterParams
        .safeParse({ ...params, ...change })
        .error?.issues.map(({ message }) => message)
        .join() ?? "";
    expect(faults({ clusterers: { k: { type: "k-medoids" } } })).not.toBe("");
    expect(faults({ choose: "stability", resamples: 0 })).toContain("resamples of at least 2");
    expect(faults({ clusterers: { k: { type: "k-means", clusters: [4, 2] } } })).not.toBe("");
  });
});

describe("groupColumns", () => {
  it("joins columns of the same order, whatever their scale or sign", () => {
    const values = Float64Array.from({ length: 50 }, (_, i) => (i * 17) % 50);
    const groups = groupColumns(
      [
        { name: "a", values },
        { name: "log", values: values.map((v) => Math.log1p(v)) },
        { name: "minus", values: values.map((v) => -v) },
        { name: "other", values: Float64Array.from({ length: 50 }, () => rng.uniform()) },
        { name: "same", values: new Float64Array(50) },
      ],
      0.3,
    );
    expect(groups?.groups).toMatchObject([{ columns: ["a", "log", "minus"] }]);
    expect(groups?.groups[0].least).toBeCloseTo(1, 9);
    expect(groups?.constant).toEqual(["same"]);
    expect(groups?.tree.leaves.length).toBe(4);
  });
});
