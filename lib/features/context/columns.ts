import type { FeatureColumn } from "../schema.js";
import { type ContextGroup, type ContextParams, contextGroups } from "./params.js";
import type { Kind, Totals, Window, WindowView } from "./recent.js";

/** A column for every window. */
interface WindowColumn {
  readonly name: string;
  readonly unit: string;
  readonly of: (past: WindowView) => number;
}

const define = (name: string, unit: string, of: (past: WindowView) => number): WindowColumn => ({
  name,
  unit,
  of,
});

const failed = ({ unanswered, rejected, flows }: Totals): number => (unanswered + rejected) / flows;

/**
 * What windows tell, by group: the names say whose past is counted (`orig`, `resp`, `pair` of both, `srv`) and what.
 * `srv` is protocol and responder's port (KDD'99's service), `app` the application protocol, `orig_p` the originator's
 * port; peers are distinct hosts on the other side. A share of nothing is missing (0 / 0). Called elsewhere:
 *
 * - KDD'99 (Lee and Stolfo 2000, doi:10.1145/382912.382914): count is resp_flows, srv_count srv_flows, serror_rate
 *   resp_unanswered_share, rerror_rate resp_rejected_share, the same with srv_, same_srv_rate resp_same_srv_share,
 *   srv_diff_host_rate srv_other_resps_share. diff_srv_rate counts distinct other services over count, as the
 *   published data show: resp_other_srvs_share.
 * - UNSW-NB15 (Moustafa and Slay 2015, doi:10.1109/MilCIS.2015.7348942), window of 100 flows: ct_src_ltm orig_flows,
 *   ct_dst_ltm resp_flows, ct_dst_src_ltm pair_flows, ct_srv_src orig_app_flows, ct_srv_dst resp_app_flows,
 *   ct_src_dport_ltm orig_srv_flows, ct_dst_sport_ltm resp_orig_p_flows.
 *
 * What is counted at the responder stays what it is when an attacker spoofs or spreads its addresses; what is counted at
 * the originator or pair tells scans and guessing apart, and a flood from ever new addresses looks like nothing there.
 */
const windowColumns: Readonly<Partial<Record<ContextGroup, readonly WindowColumn[]>>> = {
  responder: [
    define("resp_flows", "flows", ({ resp }) => resp.flows),
    define("resp_peers", "hosts", ({ resp }) => resp.hosts),
    define("resp_srvs", "services", ({ resp }) => resp.ports),
    define("resp_unanswered_share", "ratio", ({ resp }) => resp.unanswered / resp.flows),
    define("resp_rejected_share", "ratio", ({ resp }) => resp.rejected / resp.flows),
    define("resp_failed_share", "ratio", ({ resp }) => failed(resp)),
    define("resp_bytes_mean", "bytes", ({ resp }) => resp.bytes / resp.flows),
    define("resp_same_srv_share", "ratio", ({ resp, respPort }) => respPort / resp.flows),
    define(
      "resp_other_srvs_share",
      "ratio",
      ({ resp, respPort }) => (resp.ports - (respPort > 0 ? 1 : 0)) / resp.flows,
    ),
    define("resp_app_flows", "flows", ({ respService }) => respService),
    define("resp_orig_p_flows", "flows", ({ respSource }) => respSource),
    define("srv_flows", "flows", ({ port }) => port.flows),
    define("srv_unanswered_share", "ratio", ({ port }) => port.unanswered / port.flows),
    define("srv_rejected_share", "ratio", ({ port }) => port.rejected / port.flows),
    define("srv_other_resps_share", "ratio", ({ port, respPort }) => 1 - respPort / port.flows),
  ],
  originator: [
    define("orig_flows", "flows", ({ orig }) => orig.flows),
    define("orig_peers", "hosts", ({ orig }) => orig.hosts),
    define("orig_srvs", "services", ({ orig }) => orig.ports),
    define("orig_failed_share", "ratio", ({ orig }) => failed(orig)),
    define("orig_bytes_mean", "bytes", ({ orig }) => orig.bytes / orig.flows),
    define("orig_app_flows", "flows", ({ origService }) => origService),
    define("orig_srv_flows", "flows", ({ origPort }) => origPort),
  ],
  pair: [
    define("pair_flows", "flows", ({ hosts }) => hosts),
    define("pair_srv_flows", "flows", ({ tuple }) => tuple),
  ],
};

/**
 * Columns without a window, of an originator, a responder, and a pair and port: the pause before this flow, the mean and
 * the spread of the last 16 pauses, and of the bytes of the last 16 flows.
 */
const arrivalColumns = [
  ["orig_pause_us", "us"],
  ["orig_pause_mean_us", "us"],
  ["orig_pause_cv", "ratio"],
  ["resp_pause_us", "us"],
  ["resp_pause_mean_us", "us"],
  ["resp_pause_cv", "ratio"],
  ["pair_pause_us", "us"],
  ["pair_pause_mean_us", "us"],
  ["pair_pause_cv", "ratio"],
  ["pair_bytes_mean", "bytes"],
  ["pair_bytes_cv", "ratio"],
] as const;
/** Columns for every lambda. */
const dampedColumns = [
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

/** Windows of the parameters, as columns are named after them. */
export function windowsOf({ flows, seconds }: ContextParams): { window: Window; suffix: string }[] {
  return [
    ...(flows === null ? [] : [{ window: { flows }, suffix: `last${flows}` }]),
    ...seconds.map((s) => ({ window: { us: Math.round(s * 1e6) }, suffix: `${s}s` })),
  ];
}

/** Columns that each window gives, in order; none of the groups: none. */
export function windowColumnsOf({ groups }: ContextParams): readonly WindowColumn[] {
  return contextGroups.flatMap((group) => (groups.includes(group) ? (windowColumns[group] ?? []) : []));
}

/** What each group's columns are told from. */
const groupKinds: Readonly<Partial<Record<ContextGroup, readonly Kind[]>>> = {
  responder: ["resp", "port", "hosts", "respPort", "respService", "respSource"],
  originator: ["orig", "hosts", "origPort", "origService"],
  pair: ["hosts", "tuple"],
};

/** The keys by which flows are counted for the columns of the windows. */
export function kindsOf({ groups }: ContextParams): readonly Kind[] {
  return [...new Set(groups.flatMap((group) => groupKinds[group] ?? []))];
}

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
