import { SchemaError } from "../base/errors.js";
import { float32, type Table, type TextColumn } from "../table/table.js";
import type { Derived } from "./derived.js";

/** Columns of the vector that SLIPS' training pipeline makes, in its order. */
export const slips11 = [
  ...(["dur", "proto", "sport", "dport", "spkts", "dpkts"] as const),
  ...(["sbytes", "dbytes", "state", "bytes", "pkts"] as const),
] as const;

/**
 * Columns of the vector that SLIPS itself scores: without dbytes, dpkts and bytes, the total last as allbytes. The order
 * is inferred from its flow record, since the scaler it ships names no columns.
 */
export const slips9 = [
  ...(["dur", "proto", "sport", "dport", "spkts"] as const),
  ...(["sbytes", "state", "pkts", "allbytes"] as const),
] as const;

/** Protocols whose flows SLIPS leaves out of training and scoring. */
export const slipsDiscarded: readonly string[] = ["arp", "ARP", "icmp", "igmp", "ipv6-icmp", ""];

const units: Readonly<Record<string, string>> = {
  dur: "s",
  proto: "code",
  sport: "port",
  dport: "port",
  spkts: "packets",
  dpkts: "packets",
  pkts: "packets",
  sbytes: "bytes",
  dbytes: "bytes",
  bytes: "bytes",
  allbytes: "bytes",
  state: "flag",
};

/** Columns of the flow record that an input comes from; of several, the first that a row has a value of. */
const sources = {
  dur: ["duration_s"],
  sport: ["orig_port"],
  dport: ["resp_port"],
  spkts: ["orig_pkts"],
  dpkts: ["resp_pkts"],
  sbytes: ["orig_bytes", "orig_ip_bytes"],
  dbytes: ["resp_bytes", "resp_ip_bytes"],
} as const;

/**
 * The vector of SLIPS' machine learning for flows of any dialect: 11 columns as its training pipeline makes them, or the 9
 * that the running SLIPS takes. What a flow lacks is 0, as there. Bytes are payload bytes where the flow has them, else IP
 * bytes (Argus, NetFlow), which SLIPS takes too. Ports have the profile oracle.
 * @throws SchemaError when the flows have no duration or no protocol: nothing of it could be made
 * Source: Stratosphere SLIPS, the ML training pipeline and modules/flowmldetection; the first half of a two-part Argus state
 *   decides, as in the pipeline (the interpreter in SLIPS wants both).
 */
export function slipsColumns(flows: Table, size: 11 | 9): Derived[] {
  const lacking = ["duration_s", "proto"].filter((name) => !flows.has(name));
  if (lacking.length > 0)
    throw new SchemaError(
      `features: the slips-${size} vector needs ${lacking.join(" and ")}, which these flows lack (has: ${flows.names.join(", ")}).`,
    );
  const number = (name: keyof typeof sources): Float64Array => firstOf(flows, sources[name]);
  const [spkts, dpkts, sbytes, dbytes] = (["spkts", "dpkts", "sbytes", "dbytes"] as const).map(number);
  const pkts = spkts.map((value, row) => value + dpkts[row]);
  const bytes = sbytes.map((value, row) => value + dbytes[row]);
  const made: Record<(typeof slips11)[number] | "allbytes", () => Float64Array> = {
    dur: () => number("dur"),
    proto: () => protocols(flows.text("proto")),
    sport: () => number("sport"),
    dport: () => number("dport"),
    spkts: () => spkts,
    dpkts: () => dpkts,
    sbytes: () => sbytes,
    dbytes: () => dbytes,
    state: () => states(flows, pkts),
    bytes: () => bytes,
    pkts: () => pkts,
    allbytes: () => bytes,
  };
  return (size === 11 ? slips11 : slips9).map((name) => ({
    column: {
      name,
      type: "float32",
      unit: units[name],
      profile: name === "sport" || name === "dport" ? "oracle" : "realistic",
      origin: "derived",
    },
    values: float32(Float32Array.from(made[name]())),
  }));
}

function firstOf(flows: Table, names: readonly string[]): Float64Array {
  const columns = names.filter((name) => flows.has(name)).map((name) => flows.numbers(name));
  return Float64Array.from({ length: flows.rows }, (_, row) => {
    for (const column of columns) if (!Number.isNaN(column[row])) return column[row];
    return 0;
  });
}

function protocols({ codes, dictionary }: TextColumn): Float64Array {
  const numbers = dictionary.map(protocolCode);
  return Float64Array.from(codes, (code) => (code < 0 ? 0 : numbers[code]));
}

/** SLIPS' number of a protocol: the first word that is in its name; 0 when none is, as for TCP. */
export function protocolCode(name: string): number {
  const text = name.toLowerCase();
  if (text.includes("tcp")) return 0;
  if (text.includes("udp")) return 1;
  if (text.includes("icmp-ipv6")) return 3;
  if (text.includes("icmp")) return 2;
  return text.includes("arp") ? 4 : 0;
}

function states(flows: Table, pkts: Float64Array): Float64Array {
  const columns = ["conn_state", "state"].filter((name) => flows.has(name)).map((name) => flows.text(name));
  const few = columns.map(({ dictionary }) => dictionary.map((state) => establishedState(state, 0)));
  const many = columns.map(({ dictionary }) => dictionary.map((state) => establishedState(state, FEW + 1)));
  return Float64Array.from({ length: flows.rows }, (_, row) => {
    const at = columns.findIndex(({ codes }) => codes[row] >= 0);
    if (at < 0) return 0;
    return (pkts[row] <= FEW ? few : many)[at][columns[at].codes[row]];
  });
}

/** Up to so many packets a reset or finished connection was never established. */
const FEW = 3;
const refused = new Set(["S0", "REJ", "RSTOS0", "RSTRH", "SH", "SHR"]);
const connected = new Set(["S1", "SF", "S2", "S3", "RSTO", "RSTP", "OTH"]);
const replies = ["ECO", "ECR", "URH", "URP"];

/**
 * Whether a connection counts as established: 1, else 0. Takes the states of Zeek, Argus and Suricata; the first rule that
 * fits decides. Zeek's RSTR is in none of the lists and falls to the packets.
 * @param pkts packets of both sides
 */
export function establishedState(state: string, pkts: number): 0 | 1 {
  const word = state.toLowerCase();
  if (word.includes("new") || word === "established") return 1;
  if (word.includes("closed") || word === "not established") return 0;
  if (refused.has(state)) return 0;
  if (connected.has(state)) return 1;
  const first = state.split("_")[0];
  if (first.includes("S") && first.includes("A")) return 1;
  if (first.includes("PA")) return 1;
  if (replies.some((reply) => first.includes(reply))) return 1;
  if (first.includes("EST")) return 1;
  if (first.includes("RST") || first.includes("FIN")) return pkts <= FEW ? 0 : 1;
  return 0;
}
