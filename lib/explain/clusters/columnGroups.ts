import { quantileOfUnsorted } from "../../base/statistics.js";
import { cutTree, type Linkage } from "../../models/cluster/linkage.js";
import { wardOfDistances } from "../../models/cluster/ward.js";
import { spearman } from "../../numeric/spearman.js";
import type { ColumnGroups } from "./result.js";
import { treeTop } from "./treeTop.js";

/**
 * Which columns say the same: Ward's tree over 1 - |Spearman's rho|; columns that are joined below a height are a group.
 * Missing values are given the median of their column. Constant columns have no rho and are left out.
 * @param columns numbers of the same rows, by name
 * @returns null where fewer than two columns vary
 */
export function groupColumns(
  columns: readonly { readonly name: string; readonly values: Float64Array }[],
  height: number,
): ColumnGroups | null {
  const filled = columns.map(({ name, values }) => ({ name, values: withoutGaps(values) }));
  const varying = filled.filter(({ values }) => values.some((value) => value !== values[0]));
  if (varying.length < 2) return null;
  const n = varying.length;
  const rho = spearman(varying.map(({ values }) => values));
  const linkage = wardOfDistances(
    rho.map((value) => 1 - Math.abs(value)),
    n,
  );
  const cluster = cutTree(linkage, n - mergersBelow(linkage, height));
  const groups = Array.from({ length: Math.max(...cluster) + 1 }, (_, c) =>
    Array.from(cluster.keys()).filter((column) => cluster[column] === c),
  ).filter((group) => group.length > 1);
  return {
    rows: columns[0].values.length,
    height,
    groups: groups
      .map((group) => ({
        columns: group.map((column) => varying[column].name),
        least: Math.min(...group.flatMap((a) => group.map((b) => Math.abs(rho[a * n + b])))),
      }))
      .sort((a, b) => b.columns.length - a.columns.length),
    constant: filled.filter((each) => !varying.includes(each)).map(({ name }) => name),
    tree: treeTop(linkage, n, ([column]) => varying[column].name),
  };
}

function mergersBelow({ height }: Linkage, limit: number): number {
  return height.reduce((sum, each) => sum + (each < limit ? 1 : 0), 0);
}

function withoutGaps(values: Float64Array): Float64Array {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === values.length) return values;
  const median = known.length === 0 ? 0 : quantileOfUnsorted(known, 0.5);
  return values.map((value) => (Number.isNaN(value) ? median : value));
}
