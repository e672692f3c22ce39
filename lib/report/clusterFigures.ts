import type { ClustererResult, ColumnGroups, TreeTop } from "../explain/clusters/result.js";
import { type Figure, figureOf } from "./figure.js";
import { fixed, plural } from "./numbers.js";

/** Scores by the number of clusters: the silhouette, which needs no label, and how the clusters agree with labels. */
export function scoresByClusters({ name, type, clusters, tried }: ClustererResult): Figure {
  const series = [
    { name: "silhouette (no label)", of: (t: (typeof tried)[number]) => t.silhouette },
    { name: "stability (no label)", of: (t: (typeof tried)[number]) => t.stability },
    { name: "ARI, attack or benign", of: (t: (typeof tried)[number]) => t.truth.attack.ari },
    { name: "ARI, family", of: (t: (typeof tried)[number]) => t.truth.family.ari },
    { name: "AMI, family", of: (t: (typeof tried)[number]) => t.truth.family.ami },
  ].flatMap(({ name: title, of }) => {
    const known = tried.filter((each) => of(each) !== null);
    if (known.length < 2) return [];
    return [
      { name: title, x: known.map((each) => each.clusters), y: known.map((each) => of(each) as number) },
    ];
  });
  const values = series.flatMap(({ y }) => y);
  const lowest = Math.min(0, Math.floor(10 * Math.min(...values)) / 10);
  const x = tried.map((each) => each.clusters);
  const sentences = series.map(
    ({ name: title, x: at, y }) =>
      `${title}: ${y.map((value, i) => `${fixed(value, 3)} at ${at[i]}`).join(", ")}`,
  );
  return figureOf(
    {
      kind: "lines",
      title: `${name}: scores by the number of clusters`,
      subtitle: `${name === type ? "The" : `${type}; the`} dotted line is the number that was chosen`,
      x: { title: "Clusters", domain: [x[0], x[x.length - 1]] },
      y: { title: "Score", domain: [lowest, 1] },
      join: "linear",
      series,
      references: [{ name: "chosen", from: [clusters, lowest], to: [clusters, 1] }],
    },
    `Scores of ${name} by the number of clusters, ${clusters} of which were chosen. ${sentences.join("; ")}.`,
  );
}

/** The last mergers of a tree of flows. */
export function flowTree(name: string, tree: TreeTop): Figure {
  const top = tree.mergers[tree.mergers.length - 1]?.height ?? 0;
  return figureOf(
    {
      kind: "dendrogram",
      title: `${name}: the last ${plural(tree.mergers.length, "merger")}`,
      x: { title: "Ward's distance" },
      ...tree,
    },
    `Dendrogram of ${name}: ${tree.leaves.length} groups, the last merger at ${fixed(top, 1)}. From top to bottom: ${tree.leaves.map((leaf) => leaf.name).join(", ")}.`,
  );
}

/** The tree of the columns. */
export function columnTree({ tree, height }: ColumnGroups): Figure {
  return figureOf(
    {
      kind: "dendrogram",
      title: "Columns by how alike they rank the flows",
      subtitle: `Ward over 1 - |Spearman's rho|; joined below ${height}: a group`,
      x: { title: "Height" },
      ...tree,
    },
    `Dendrogram of columns by Spearman's correlation. From top to bottom: ${tree.leaves.map((leaf) => leaf.name).join(", ")}.`,
  );
}
