import type { FeatureColumn } from "../schema.js";
import type { ContextGroup, ContextParams } from "./params.js";
import type { Window, WindowView } from "./recent.js";

/** A column for every window. */
interface WindowColumn {
  readonly name: string;
  readonly unit: string;
  readonly groups: readonly ContextGroup[];
  readonly of: (past: WindowView) => number;
}

const define = (
  name: string,
  unit: string,
  groups: readonly ContextGroup[],
  of: (past: WindowView) => number,
): WindowColumn => ({ name, unit, groups, of });

/**
 * What the windows tell of a flow's originator, its responder and its port, under names that say what is counted. A
 * share of nothing is missing (0 / 0). Called elsewhere:
 *
 * - KDD'99 (Lee and Stolfo 2000, doi:10.1145/382912.382914), a port being its service: count is resp_flows, srv_count
 *   port_flows, serror_rate resp_unanswered_share, rerror_rate resp_rejected_share, the same with srv_ of the port,
 *   same_srv_rate resp_same_port_share, srv_diff_host_rate port_other_hosts_share. Its diff_srv_rate counts distinct
 *   other services over count, as the published data show: resp_other_ports_share.
 * - UNSW-NB15 (Moustafa and Slay 2015), window of 100 flows: ct_src_ltm orig_flows, ct_dst_ltm resp_flows, ct_dst_src_ltm
 *   pair_flows, ct_srv_src orig_service_flows, ct_srv_dst resp_service_flows, ct_src_dport_ltm orig_port_flows,
 *   ct_dst_sport_ltm resp_orig_port_flows.
 */
const windowColumns: readonly WindowColumn[] = [
  define("resp_flows", "flows", ["kdd", "unsw", "hosts"], ({ resp }) => resp.flows),
  define("port_flows", "flows", ["kdd"], ({ port }) => port.flows),
  define("resp_unanswered_share", "ratio", ["kdd"], ({ resp }) => resp.unanswered / resp.flows),
  define("resp_rejected_share", "ratio", ["kdd"], ({ resp }) => resp.rejected / resp.flows),
  define("port_unanswered_share", "ratio", ["kdd"], ({ port }) => port.unanswered / port.flows),
  define("port_rejected_share", "ratio", ["kdd"], ({ port }) => port.rejected / port.flows),
  define("resp_same_port_share", "ratio", ["kdd"], ({ resp, respPort }) => respPort / resp.flows),
  define(
    "resp_other_ports_share",
    "ratio",
    ["kdd"],
    ({ resp, respPort }) => (resp.ports - (respPort > 0 ? 1 : 0)) / resp.flows,
  ),
  define("port_other_hosts_share", "ratio", ["kdd"], ({ port, respPort }) => 1 - respPort / port.flows),
  define("orig_flows", "flows", ["unsw", "hosts"], ({ orig }) => orig.flows),
  define("pair_flows", "flows", ["unsw", "hosts"], ({ hosts }) => hosts),
  define("orig_service_flows", "flows", ["unsw"], ({ origService }) => origService),
  define("resp_service_flows", "flows", ["unsw"], ({ respService }) => respService),
  define("orig_port_flows", "flows", ["unsw"], ({ origPort }) => origPort),
  define("resp_orig_port_flows", "flows", ["unsw"], ({ respSource }) => respSource),
  define("pair_port_flows", "flows", ["hosts"], ({ tuple }) => tuple),
  define("orig_hosts", "hosts", ["hosts"], ({ orig }) => orig.hosts),
  define("orig_ports", "ports", ["hosts"], ({ orig }) => orig.ports),
  define("resp_hosts", "hosts", ["hosts"], ({ resp }) => resp.hosts),
  define("resp_ports", "ports", ["hosts"], ({ resp }) => resp.ports),
  define(
    "orig_failed_share",
    "ratio",
    ["hosts"],
    ({ orig }) => (orig.unanswered + orig.rejected) / orig.flows,
  ),
  define(
    "resp_failed_share",
    "ratio",
    ["hosts"],
    ({ resp }) => (resp.unanswered + resp.rejected) / resp.flows,
  ),
  define("orig_bytes_mean", "bytes", ["hosts"], ({ orig }) => orig.bytes / orig.flows),
  define("resp_bytes_mean", "bytes", ["hosts"], ({ resp }) => resp.bytes / resp.flows),
];

/** Windows of the parameters, as columns are named after them. */
export function windowsOf({ flows, seconds }: ContextParams): { window: Window; suffix: string }[] {
  return [
    ...(flows === null ? [] : [{ window: { flows }, suffix: `last${flows}` }]),
    ...seconds.map((s) => ({ window: { us: Math.round(s * 1e6) }, suffix: `${s}s` })),
  ];
}

/** Columns that each window gives, in order; none of the groups: none. */
export function windowColumnsOf({ groups }: ContextParams): readonly WindowColumn[] {
  return windowColumns.filter((column) => column.groups.some((group) => groups.includes(group)));
}

/** What `Arrivals` and `Damped` give, in order. */
export const arrivalColumns = [
  ["orig_pause_us", "us"],
  ["pair_pause_us", "us"],
  ["pair_pause_mean_us", "us"],
  ["pair_pause_cv", "ratio"],
] as const;
export const dampedColumns = [
  ["orig_damped_flows", "flows"],
  ["orig_damped_bytes_mean", "bytes"],
  ["orig_damped_bytes_sd", "bytes"],
  ["resp_damped_flows", "flows"],
  ["resp_damped_bytes_mean", "bytes"],
  ["resp_damped_bytes_sd", "bytes"],
  ["pair_damped_flows", "flows"],
  ["pair_damped_bytes_mean", "bytes"],
  ["pair_damped_bytes_sd", "bytes"],
  ["pair_damped_pause_mean_us", "us"],
  ["pair_damped_pause_sd_us", "us"],
] as const;

/** The context columns that parameters ask for, in the order in which `ContextState.push` gives their values. */
export function contextColumnsOf(params: ContextParams): FeatureColumn[] {
  const { groups, lambda } = params;
  const named = [
    ...windowsOf(params).flatMap(({ suffix }) =>
      windowColumnsOf(params).map(({ name, unit }) => [`${name}_${suffix}`, unit] as const),
    ),
    ...(groups.includes("arrivals") ? arrivalColumns : []),
    ...(groups.includes("damped")
      ? lambda.flatMap((l) => dampedColumns.map(([name, unit]) => [`${name}_lambda${l}`, unit] as const))
      : []),
  ];
  return named.map(([name, unit]) => ({
    name: `ctx_${name}`,
    type: "float32",
    unit,
    profile: "realistic",
    origin: "context",
  }));
}
