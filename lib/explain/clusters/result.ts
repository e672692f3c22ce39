import type { Agreement } from "../../eval/agreement.js";
import type { ChooseRule } from "./params.js";

/** reports/clusters.json: flows in clusters that no label was used for, and then how these agree with the labels. */
export interface ClustersResult {
  /** Why there is nothing. */
  readonly off: string | null;
  /** How to read the numbers, a sentence each. */
  readonly notes: readonly string[];
  readonly view: string;
  /** Rows that took part, of all; columns after the view. */
  readonly rows: number;
  readonly of_rows: number;
  readonly columns: number;
  readonly left_out_columns: readonly string[];
  readonly rule: ChooseRule;
  readonly clusterers: readonly ClustererResult[];
  /** Which columns say the same; null: not asked. */
  readonly column_groups: ColumnGroups | null;
}

/** What the stage writes where it has nothing to do. */
export const clustersOff: ClustersResult = {
  off: "cluster is null in params.yaml",
  notes: [],
  view: "",
  ...{ rows: 0, of_rows: 0, columns: 0, left_out_columns: [] },
  rule: "silhouette",
  clusterers: [],
  column_groups: null,
};

/** Scores that need no label. Noise is left out of them; null where there are fewer than two clusters. */
export interface InternalScores {
  readonly silhouette: number | null;
  readonly davies_bouldin: number | null;
  readonly calinski_harabasz: number | null;
  /** Mean ARI of clusterings of parts of the rows, on shared rows; null: not asked. */
  readonly stability: number | null;
}

/** Clusters against the label and against the family; noise counts as one cluster. */
export interface AgreementWithTruth {
  readonly attack: Agreement;
  readonly family: Agreement;
}

/** One number of clusters, scored. */
export interface Tried extends InternalScores {
  readonly clusters: number;
  readonly truth: AgreementWithTruth;
}

export interface ClustererResult extends Tried {
  readonly name: string;
  readonly type: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly rows: number;
  /** Rows in no cluster. */
  readonly noise: number;
  readonly summary: Readonly<Record<string, number | string | boolean | null>>;
  /** Every number of clusters that was tried, ascending; empty where one was given. */
  readonly tried: readonly Tried[];
  /** The largest clusters, and noise where there is some (cluster -1). */
  readonly largest: readonly ClusterFacts[];
  /** The last mergers, of what builds a tree. */
  readonly tree: TreeTop | null;
}

export interface ClusterFacts {
  readonly cluster: number;
  readonly rows: number;
  readonly attacks: number;
  /** The family that most of its rows are of, and how many. */
  readonly family: string;
  readonly of_family: number;
}

/** A tree cut off below its last mergers: leaves from top to bottom, mergers over them by rising height. */
export interface TreeTop {
  /** Rows, or the name, of each leaf. */
  readonly leaves: readonly { readonly name: string }[];
  /** Left and right: a leaf, or leaves.length + m for merger m. */
  readonly mergers: readonly { readonly left: number; readonly right: number; readonly height: number }[];
}

export interface ColumnGroups {
  /** Rows that the correlations are of. */
  readonly rows: number;
  readonly height: number;
  /** Groups of at least two columns, the largest first. */
  readonly groups: readonly {
    readonly columns: readonly string[];
    /** The smallest |rho| of two of them. */
    readonly least: number;
  }[];
  /** Columns with one value only: they have no correlation. */
  readonly constant: readonly string[];
  /** Of all other columns. */
  readonly tree: TreeTop;
}
