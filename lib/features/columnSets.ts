import { DataError } from "../base/errors.js";
import { missingColumn, storedType } from "../dataset/canonical.js";
import { cicFeatures } from "../dataset/cic/features.js";
import { flowFields } from "../flow/fields.js";
import { type Column, Table } from "../table/table.js";
import type { Derived } from "./derived.js";
import { slipsColumns } from "./slips.js";

/**
 * Which columns of flows.parquet features are made of (`features.columns` of params.yaml).
 * - `all`: every column of the dialects that were read
 * - `flow`: the flow record and nothing else: the same columns in the same order whatever the dialect, null where it lacks
 *   one, so that a model of one dataset scores another
 * - `ml-ids-68`, `ml-ids-60`, `ml-ids-31`: the inputs of ml-ids' models on CSE-CIC-IDS2018, of its autoencoder, and its
 *   selected features
 * - `slips-11`, `slips-9`: the vectors of SLIPS (slips.ts)
 */
export const columnSets = [
  ...(["all", "flow", "ml-ids-68", "ml-ids-60", "ml-ids-31", "slips-11", "slips-9"] as const),
] as const;
export type ColumnSet = (typeof columnSets)[number];

/** What ml-ids leaves out because CSE-CIC-IDS2018 has one value in it. */
const constant: readonly string[] = [
  ...["fwd_byts_b_avg", "fwd_pkts_b_avg", "fwd_blk_rate_avg", "bwd_byts_b_avg", "bwd_pkts_b_avg"],
  ...["bwd_blk_rate_avg", "bwd_psh_flags", "bwd_urg_flags"],
];

/** Its inputs: all columns but ports, protocol, time and constants. `duration_s` and the like are those of the flow record. */
export const mlIds68: readonly string[] = [
  ...["duration_s", "orig_pkts", "resp_pkts", "orig_bytes", "resp_bytes"],
  ...cicFeatures.map(({ field }) => field.name).filter((name) => !constant.includes(name)),
];

const notInAutoencoder: readonly string[] = [
  ...["fwd_urg_flags", "pkt_len_var", "fin_flag_cnt", "urg_flag_cnt", "cwe_flag_count", "down_up_ratio"],
  ...["fwd_act_data_pkts", "active_max"],
];

/** The inputs of its autoencoder. */
export const mlIds60: readonly string[] = mlIds68.filter((name) => !notInAutoencoder.includes(name));

/** The features that it selected. */
export const mlIds31: readonly string[] = [
  ...["proto", "duration_s", "orig_pkts", "resp_pkts", "orig_bytes", "resp_bytes", "fwd_pkt_len_mean"],
  ...["fwd_pkt_len_std", "bwd_pkt_len_mean", "flow_byts_s", "flow_pkts_s", "flow_iat_std", "flow_iat_min"],
  ...["fwd_iat_tot", "fwd_iat_min", "bwd_iat_tot", "bwd_iat_min", "fwd_psh_flags", "fwd_urg_flags"],
  ...["bwd_pkts_s", "fin_flag_cnt", "rst_flag_cnt", "psh_flag_cnt", "ack_flag_cnt", "urg_flag_cnt"],
  ...["down_up_ratio", "init_fwd_win_byts", "init_bwd_win_byts", "fwd_seg_size_min", "active_mean"],
  "idle_mean",
];

/** Columns by name, of sets that are lists of names. */
const named: Partial<Record<ColumnSet, readonly string[]>> = {
  flow: flowFields.map(({ name }) => name),
  "ml-ids-68": mlIds68,
  "ml-ids-60": mlIds60,
  "ml-ids-31": mlIds31,
};

const flowRecord = new Map(flowFields.map((field) => [field.name, field]));

/** What features are made of. */
export interface FeatureSource {
  /** `row_id` where the flows have it, then the columns of the set. */
  readonly flows: Table;
  /** Of a set that is a vector: its columns, ready made, instead of raw and derived ones. */
  readonly vector: readonly Derived[] | null;
}

/**
 * The columns of a set. One of the flow record that these flows lack is missing in every row; another one that they lack is
 * left out (`expectColumns` refuses that).
 * @throws SchemaError when the flows are none for SLIPS
 */
export function sourceOf(flows: Table, set: ColumnSet): FeatureSource {
  if (set === "all") return { flows, vector: null };
  const columns = new Map<string, Column>();
  if (flows.has("row_id")) columns.set("row_id", flows.column("row_id"));
  for (const name of named[set] ?? []) {
    const field = flowRecord.get(name);
    if (flows.has(name)) columns.set(name, flows.column(name));
    else if (field !== undefined) columns.set(name, missingColumn(storedType(field), flows.rows));
  }
  const size = set === "slips-11" ? 11 : set === "slips-9" ? 9 : null;
  return { flows: Table.of(columns), vector: size === null ? null : slipsColumns(flows, size) };
}

/** @throws DataError when columns of the set are not there: the flows are of another kind */
export function expectColumns(set: ColumnSet, found: readonly string[]): void {
  const wanted = set === "flow" ? [] : (named[set] ?? []);
  const missing = wanted.filter((name) => !found.includes(name));
  if (missing.length === 0) return;
  const some = `${missing.slice(0, 8).join(", ")}${missing.length > 8 ? ` and ${missing.length - 8} more` : ""}`;
  throw new DataError(
    `features: features.columns is ${set}, but the flows lack ${missing.length} of its ${wanted.length} columns (${some}). ` +
      "It needs flows of CICFlowMeter (nidslab datasets); set features.columns to flow or all in params.yaml.",
  );
}
