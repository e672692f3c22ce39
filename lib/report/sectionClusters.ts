import type { ClustererResult, ClustersResult, ColumnGroups } from "../explain/clusters/result.js";
import { columnTree, flowTree, scoresByClusters } from "./clusterFigures.js";
import { type Block, code, type Inline, paragraph, sentence, strong } from "./document.js";
import { count, fixed, percent, plural } from "./numbers.js";
import { type Cell, countCell, numberCell, type ReportTable, textCell } from "./table.js";

/** Flows in clusters, and which columns say the same; empty where `cluster` is null. */
export function clusterSection({ clusters }: { readonly clusters: ClustersResult | null }): Block[] {
  if (clusters === null || clusters.clusterers.length === 0) return [];
  return [
    { kind: "heading", id: "clusters", text: "What falls together without labels" },
    paragraph(
      ...sentence`${count(clusters.rows)} of ${count(clusters.of_rows)} flows (${plural(clusters.columns, "column")} of view ${code(clusters.view)}) were put into clusters that no label was used for. Where these agree with the labels, attacks differ from benign flows by themselves; where they do not, the clusters follow something else, mostly the service. `,
      `Of several numbers of clusters ${ruleWords[clusters.rule]} was taken, before the labels were read.`,
    ),
    { kind: "table", table: clusterScoreTable(clusters.clusterers) },
    { kind: "table", table: clusterAgreementTable(clusters.clusterers) },
    ...clusters.clusterers.flatMap(figures),
    ...clusters.clusterers.map(largestBlock),
    ...(clusters.column_groups === null ? [] : columnBlocks(clusters.column_groups)),
    {
      kind: "details",
      summary: "How these clusters came about",
      blocks: [
        {
          kind: "list",
          items: [
            ...clusters.notes.map((text): Inline[] => [text]),
            ...clusters.clusterers.map(({ name, type, params }): Inline[] => [
              ...sentence`${code(name)}: ${type}, ${paramWords(params)}.`,
            ]),
            ...(clusters.left_out_columns.length === 0
              ? []
              : [[`Columns without any value were left out: ${clusters.left_out_columns.join(", ")}.`]]),
          ],
        },
      ],
    },
  ];
}

const ruleWords = {
  silhouette: "that with the highest silhouette",
  "davies-bouldin": "that with the lowest Davies-Bouldin index",
  stability: "that with the highest stability",
} as const;

function paramWords(params: Readonly<Record<string, unknown>>): string {
  const words = Object.entries(params).map(([key, value]) => `${key.replaceAll("_", " ")} ${String(value)}`);
  return words.join(", ");
}

const number = { align: "right" as const };

export function clusterScoreTable(all: readonly ClustererResult[]): ReportTable {
  const few = "fewer than two clusters";
  return {
    caption:
      "Clusters and what can be said of them without labels. Silhouette: from -1 to 1, high is good. Davies-Bouldin: low is good. Calinski-Harabasz: high is good, and grows with the flows. Stability: 1 when parts of the flows give the same clusters.",
    columns: [
      { name: "clusterer", title: "Clusterer" },
      { name: "type", title: "Type" },
      { name: "rows", title: "Flows", ...number },
      { name: "clusters", title: "Clusters", ...number },
      { name: "noise", title: "In none", ...number },
      { name: "silhouette", title: "Silhouette", ...number },
      { name: "davies_bouldin", title: "Davies-Bouldin", ...number },
      { name: "calinski_harabasz", title: "Calinski-Harabasz", ...number },
      { name: "stability", title: "Stability", ...number },
    ],
    rows: all.map((each): Cell[] => [
      textCell(each.name),
      textCell(each.type),
      countCell(each.rows),
      countCell(each.clusters),
      textCell(percent(each.noise / each.rows)),
      numberCell(each.silhouette, few),
      numberCell(each.davies_bouldin, few),
      numberCell(each.calinski_harabasz, few, 0),
      numberCell(each.stability, "cluster.resamples is below 2"),
    ]),
  };
}

export function clusterAgreementTable(all: readonly ClustererResult[]): ReportTable {
  return {
    caption:
      "The same clusters beside the labels, which had no part in making them. ARI and AMI: 0 as by chance, 1 the same. Homogeneity: 1 when no cluster mixes families. Completeness: 1 when no family is spread over clusters.",
    columns: [
      { name: "clusterer", title: "Clusterer" },
      { name: "ari_attack", title: "ARI, attack", ...number },
      { name: "ami_attack", title: "AMI, attack", ...number },
      { name: "ari_family", title: "ARI, family", ...number },
      { name: "ami_family", title: "AMI, family", ...number },
      { name: "homogeneity", title: "Homogeneity", ...number },
      { name: "completeness", title: "Completeness", ...number },
      { name: "v_measure", title: "V-measure", ...number },
    ],
    rows: all.map(({ name, truth: { attack, family } }): Cell[] => [
      textCell(name),
      numberCell(attack.ari),
      numberCell(attack.ami),
      numberCell(family.ari),
      numberCell(family.ami),
      numberCell(family.homogeneity),
      numberCell(family.completeness),
      numberCell(family.v_measure),
    ]),
  };
}

function figures(each: ClustererResult): Block[] {
  return [
    ...(each.tried.length === 0
      ? []
      : [
          {
            kind: "figure" as const,
            name: `clusters-${each.name}`,
            figure: scoresByClusters(each),
            caption:
              "What is best without labels need not be what agrees with them: the curves of the labels were drawn afterwards.",
          },
        ]),
    ...(each.tree === null
      ? []
      : [
          {
            kind: "figure" as const,
            name: `clusters-${each.name}-tree`,
            figure: flowTree(each.name, each.tree),
            caption: `The top of the tree of ${plural(each.rows, "flow")}; what was merged below is one leaf.`,
          },
        ]),
  ];
}

function largestBlock({ name, rows, largest }: ClustererResult): Block {
  const table: ReportTable = {
    caption: `The largest clusters of ${name}.`,
    columns: [
      { name: "cluster", title: "Cluster" },
      { name: "rows", title: "Flows", ...number },
      { name: "share", title: "Of all", ...number },
      { name: "attacks", title: "Attacks among them", ...number },
      { name: "family", title: "Most are" },
      { name: "of_family", title: "Of that family", ...number },
    ],
    rows: largest.map((each): Cell[] => [
      textCell(each.cluster < 0 ? "none (noise)" : String(each.cluster)),
      countCell(each.rows),
      textCell(percent(each.rows / rows)),
      textCell(percent(each.attacks / each.rows)),
      textCell(each.family),
      textCell(percent(each.of_family / each.rows)),
    ]),
  };
  return {
    kind: "details",
    summary: `What is in the clusters of ${name}`,
    blocks: [{ kind: "table", table }],
  };
}

function columnBlocks(groups: ColumnGroups): Block[] {
  return [
    { kind: "subheading", text: "Columns that say the same" },
    paragraph(
      strong(`${plural(groups.groups.length, "group")} of columns: `),
      `columns of a group order the flows almost alike (Spearman's rho, Ward), so one of them would nearly do, and an importance that is spread over them says little of each (${plural(groups.rows, "flow")}).`,
    ),
    {
      kind: "table",
      table: {
        caption: `Columns that Ward joins below ${groups.height}, of 1 - |rho|.`,
        columns: [
          { name: "columns", title: "Columns" },
          { name: "least", title: "Smallest |rho|", ...number },
        ],
        rows: groups.groups.map(({ columns, least }): Cell[] => [
          textCell(columns.join(", ")),
          textCell(fixed(least, 2)),
        ]),
      },
    },
    {
      kind: "figure",
      name: "column-clusters",
      figure: columnTree(groups),
      caption: `How the columns fall together.${groups.constant.length === 0 ? "" : ` With one value only, and so left out: ${groups.constant.join(", ")}.`}`,
    },
  ];
}
