import type { Rng } from "../../base/rng.js";
import { hasValue } from "../../dataset/canonical.js";
import { attackFlags } from "../../dataset/target.js";
import { agreement } from "../../eval/agreement.js";
import { encode, encodeColumn } from "../../features/encode.js";
import { fittedView } from "../../features/fittedView.js";
import { columnsOf, type FeatureColumn, type FeatureSchema } from "../../features/schema.js";
import { applyView } from "../../features/view.js";
import type { ViewStep } from "../../features/views.js";
import type { Matrix } from "../../table/matrix.js";
import type { Table, TextColumn } from "../../table/table.js";
import { groupColumns } from "./columnGroups.js";
import { type Frozen, freeze } from "./frozen.js";
import type { ClusterParams } from "./params.js";
import type {
  AgreementWithTruth,
  ClustererResult,
  ClusterFacts,
  ClustersResult,
  ColumnGroups,
  Tried,
} from "./result.js";
import { treeTop } from "./treeTop.js";

/** Clusters that are told of each clusterer, and leaves of the tree that is drawn. */
const LARGEST = 8;
const LEAVES = 30;
/** Rows that the correlations of columns are of. */
const CORRELATED = 5000;

/** What clustering starts from: no label among it. */
export interface ClusterInput {
  /** `row_id` and the feature columns, nothing fitted. */
  readonly features: Table;
  readonly schema: FeatureSchema;
  readonly params: ClusterParams;
  /** The steps of params.view. */
  readonly steps: readonly ViewStep[];
  readonly rng: Rng;
  readonly workers: number;
  readonly log: (line: string) => void;
}

/** All clusterings, chosen and scored before a label was read. */
export interface FrozenClusters {
  /** Rows of the table that took part. */
  readonly rows: Int32Array;
  readonly ofRows: number;
  readonly columns: number;
  readonly leftOut: readonly string[];
  readonly all: readonly Frozen[];
  readonly columnGroups: ColumnGroups | null;
}

const notes: readonly string[] = [
  "Clusters, their number and the scores in the first columns come about without a label; labels are read afterwards, for the agreement alone.",
  "All parts of the data take part, test rows too: nothing here trains or chooses a model.",
  "Silhouette, Davies-Bouldin and Calinski-Harabasz leave noise out: those of a clusterer with noise cannot be compared with those of one without.",
  "ARI, AMI (arithmetic mean) and homogeneity count noise as one cluster; 0 is chance, 1 the same partition (ARI, AMI).",
  "Stability: mean ARI of clusterings of parts of 80% of the rows, every two of them on the rows that both have.",
];

/**
 * Put flows into clusters by every clusterer of params.yaml. The view is fitted on the rows that take part.
 * @throws DataError when a clusterer cannot do with the rows or their values
 */
export async function clusterFlows(input: ClusterInput): Promise<FrozenClusters> {
  const { features, params, rng, workers, log } = input;
  const { X, rows, own, columns, used } = await clusterPoints(input);
  const all: Frozen[] = [];
  for (const [name, entry] of Object.entries(params.clusterers)) {
    log(`cluster: ${name} (${entry.type})`);
    all.push(await freeze({ X, settings: params, rng: rng.fork("clusterers"), workers }, name, entry));
  }
  return {
    rows,
    ofRows: features.rows,
    columns: X.columns,
    leftOut: columns.filter((column) => !used.includes(column)).map(({ name }) => name),
    all,
    columnGroups: params.columns === null ? null : correlated(own, used, params.columns.height, rng),
  };
}

/** The rows that take part, drawn by their number alone, as the view shows them. */
export async function clusterPoints({
  features,
  schema,
  params,
  steps,
  rng,
}: Omit<ClusterInput, "workers" | "log">): Promise<{
  /** A row a flow that takes part, a column of the view a column. */
  readonly X: Matrix;
  /** Rows of the features that take part, ascending, and these rows alone. */
  readonly rows: Int32Array;
  readonly own: Table;
  /** Columns that could be used, and those of them that have a value. */
  readonly columns: readonly FeatureColumn[];
  readonly used: readonly FeatureColumn[];
}> {
  const rows =
    params.rows === null || params.rows >= features.rows
      ? Int32Array.from({ length: features.rows }, (_, i) => i)
      : rng.fork("rows").sample(features.rows, params.rows).sort();
  const own = rows.length === features.rows ? features : features.take(rows);
  const columns = columnsOf(schema, "realistic", params.context);
  const used = columns.filter(({ name }) => hasValue(own.column(name)));
  const index = Int32Array.from(rows.keys());
  const view = await fittedView(own, used, params.view, steps, index);
  return { X: applyView(view, encode(own, used, view.levels)), rows, own, columns, used };
}

function correlated(
  features: Table,
  columns: readonly FeatureColumn[],
  height: number,
  rng: Rng,
): ColumnGroups | null {
  const rows =
    features.rows <= CORRELATED ? null : rng.fork("columns").sample(features.rows, CORRELATED).sort();
  const table = rows === null ? features : features.take(rows);
  const numbers = columns.filter(({ type }) => type !== "category");
  return groupColumns(
    numbers.map(({ name }) => ({ name, values: encodeColumn(table.column(name), name, undefined) })),
    height,
  );
}

/** How frozen clusters agree with the labels of all flows. @param flows `label` and `family`, a row of the features each */
export function compareClusters(frozen: FrozenClusters, params: ClusterParams, flows: Table): ClustersResult {
  const isAttack = attackFlags(flows);
  const family = flows.text("family");
  return {
    off: null,
    notes,
    view: params.view,
    rows: frozen.rows.length,
    of_rows: frozen.ofRows,
    columns: frozen.columns,
    left_out_columns: frozen.leftOut,
    rule: params.choose,
    clusterers: frozen.all.map((each) => {
      const rows = each.rows.map((row) => frozen.rows[row]);
      return clustererResult(each, rows, isAttack, family);
    }),
    column_groups: frozen.columnGroups,
  };
}

function clustererResult(
  frozen: Frozen,
  rows: Int32Array,
  isAttack: Uint8Array,
  family: TextColumn,
): ClustererResult {
  const attack = rows.map((row) => isAttack[row]);
  const families = rows.map((row) => family.codes[row]);
  const truth = (labels: Int32Array): AgreementWithTruth => ({
    attack: agreement(attack, labels),
    family: agreement(families, labels),
  });
  const { clustering } = frozen.tries[frozen.chosen];
  const tried = frozen.tries.map(
    ({ clustering: each, scores }): Tried => ({
      clusters: each.clusters,
      ...scores,
      truth: truth(each.labels),
    }),
  );
  const { linkage, labels } = clustering;
  return {
    name: frozen.name,
    type: frozen.entry.type,
    params: frozen.params,
    rows: rows.length,
    noise: labels.reduce((sum, label) => sum + (label < 0 ? 1 : 0), 0),
    ...tried[frozen.chosen],
    summary: clustering.summary,
    tried: tried.length > 1 ? tried : [],
    largest: largest(labels, attack, families, family.dictionary),
    tree:
      linkage === undefined
        ? null
        : treeTop(
            linkage,
            LEAVES,
            (members) => `${members.length} ${members.length === 1 ? "flow" : "flows"}`,
          ),
  };
}

function largest(
  labels: Int32Array,
  attack: Int32Array,
  families: Int32Array,
  names: readonly string[],
): ClusterFacts[] {
  const facts = new Map<number, { rows: number; attacks: number; families: Map<number, number> }>();
  labels.forEach((label, i) => {
    const own = facts.get(label) ?? { rows: 0, attacks: 0, families: new Map() };
    own.rows++;
    own.attacks += attack[i];
    own.families.set(families[i], (own.families.get(families[i]) ?? 0) + 1);
    facts.set(label, own);
  });
  const all = Array.from(facts, ([cluster, { rows, attacks, families: of }]): ClusterFacts => {
    const [code, count] = [...of].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0];
    return { cluster, rows, attacks, family: names[code] ?? "unknown", of_family: count };
  });
  all.sort((a, b) => b.rows - a.rows || a.cluster - b.cluster);
  const kept = all.filter(({ cluster }) => cluster >= 0).slice(0, LARGEST);
  return [...kept, ...all.filter(({ cluster }) => cluster < 0)];
}
