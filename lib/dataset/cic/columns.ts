import { type Field, flowField } from "../../flow/fields.js";
import { protocolName } from "../../flow/protocols.js";
import type { CsvField } from "../csv/spec.js";
import type { OfficeClock } from "./clock.js";
import { cicFeatures, type Spelling } from "./features.js";

const spelled: readonly Spelling[] = ["2017", "v4", "2018"];

/** Spellings of what the flow record has, by its names: of 2017, of version 4, of 2018, then of cleaned editions. */
const flowSpellings = {
  orig_addr: ["Source IP", "Src IP", "Src IP"],
  orig_port: ["Source Port", "Src Port", "Src Port"],
  resp_addr: ["Destination IP", "Dst IP", "Dst IP"],
  resp_port: ["Destination Port", "Dst Port", "Dst Port"],
  proto: ["Protocol", "Protocol", "Protocol"],
  start_us: ["Timestamp", "Timestamp", "Timestamp"],
  duration_s: ["Flow Duration", "Flow Duration", "Flow Duration"],
  orig_pkts: ["Total Fwd Packets", "Total Fwd Packet", "Tot Fwd Pkts"],
  resp_pkts: ["Total Backward Packets", "Total Bwd packets", "Tot Bwd Pkts"],
  orig_bytes: [
    ...["Total Length of Fwd Packets", "Total Length of Fwd Packet", "TotLen Fwd Pkts"],
    "Fwd Packets Length Total",
  ],
  resp_bytes: [
    ...["Total Length of Bwd Packets", "Total Length of Bwd Packet", "TotLen Bwd Pkts"],
    "Bwd Packets Length Total",
  ],
} as const;

/** The files of 2017 have `Fwd Header Length` twice; pandas calls the second one `.1`. */
const headerLengthCopies: readonly string[] = ["Fwd Header Length", "Fwd Header Length.1"];

/** Columns that every file of the family has. */
const required: readonly string[] = ["duration_s", "orig_pkts", "resp_pkts", "orig_bytes", "resp_bytes"];

/** Columns that only the corrected tool writes, and what its authors call them. */
const correctedColumns: readonly CsvField[] = [
  added("fwd_rst_flags", "packets", "forward packets with RST", "Fwd RST Flags"),
  added("bwd_rst_flags", "packets", "backward packets with RST", "Bwd RST Flags"),
  added("bwd_act_data_pkts", "packets", "backward packets with payload", "Bwd Act Data Pkts"),
  added("bwd_seg_size_min", "bytes", "smallest transport header of a backward packet", "Bwd Seg Size Min"),
  added("cic_icmp_code", null, "code of the first ICMP packet; -1: not ICMP", "ICMP Code"),
  added("cic_icmp_type", null, "type of the first ICMP packet; -1: not ICMP", "ICMP Type"),
  added("fwd_tcp_retrans_count", "packets", "forward retransmissions", "Fwd TCP Retrans. Count"),
  added("bwd_tcp_retrans_count", "packets", "backward retransmissions", "Bwd TCP Retrans. Count"),
  added("total_tcp_retrans_count", "packets", "retransmissions of both sides", "Total TCP Retrans. Count"),
  added(
    "total_tcp_flow_time",
    "us",
    "duration of the TCP connection, whose flows a timeout of 120 s cuts",
    "Total TCP Flow Time",
    "Total Connection Flow Time",
  ),
];

/** Why an attempted attack did not happen: the authors' category, made with the label. */
const attemptedCategory: CsvField = {
  names: namesOf(["Attempted Category"]),
  field: {
    name: "attempted_category",
    kind: "number",
    unit: null,
    meaning: "why an attempt had no effect (0 to 6, as its authors number the reasons); -1: no attempt",
    use: "never",
    why: "it was written with the label",
  },
};

export interface CicColumns {
  /** Whose spelling the dialect's own files have; every spelling is read. */
  readonly spelling: Spelling;
  /** Unit of times in the files. */
  readonly times: "us" | "s";
  /** How `Timestamp` becomes UTC. */
  readonly clock?: OfficeClock;
  /** With the columns of the corrected tool. */
  readonly corrected?: true;
}

/** Columns of a cut-down copy that make it one of the family although it lacks those that are required. */
export const enoughCicColumns = 10;

/** Names in snake_case that only one spelling has: what tells a file that lacks most columns. */
export const ownNames: Readonly<Record<Spelling, ReadonlySet<string>>> = (() => {
  const named = (at: number, spelling: Spelling): string[] => [
    ...Object.values(flowSpellings).map((spellings) => spellings[at]),
    ...cicFeatures.map(({ spellings }) => spellings[spelling]),
  ];
  const all = spelled.map((spelling, at) => new Set(named(at, spelling).map(snakeCase)));
  const only = (at: number): Set<string> =>
    new Set([...all[at]].filter((name) => all.every((names, i) => i === at || !names.has(name))));
  return { "2017": only(0), v4: only(1), "2018": only(2) };
})();

/** The columns of a dialect of CICFlowMeter. */
export function cicColumns({ spelling, times, clock, corrected }: CicColumns): CsvField[] {
  const at = spelled.indexOf(spelling);
  const flow = Object.entries(flowSpellings).map(([name, spellings]): CsvField => {
    const own = { names: namesOf([spellings[at], ...spellings]), field: flowField(name) };
    if (name === "start_us") return { ...own, format: ["dmy", "iso", "mdy"], ...clock };
    if (name === "proto") return { ...own, word: cicProtocol };
    if (name.endsWith("_addr")) return { ...own, like: /[.:]/ };
    if (name === "duration_s") return { ...own, required: true, scale: times === "us" ? 1e-6 : 1 };
    return required.includes(name) ? { ...own, required: true } : own;
  });
  const features = cicFeatures.map(({ field, spellings, others }): CsvField => {
    const names = namesOf([spellings[spelling], ...Object.values(spellings), ...others]);
    const copy = field.name === "fwd_header_len" ? headerLengthCopies : undefined;
    return { names, field, copy, scale: field.unit === "us" && times === "s" ? 1e6 : undefined };
  });
  return [...flow, ...features, ...(corrected ? [...correctedColumns, attemptedCategory] : [])];
}

/** Columns of the files that are left out: what repeats another column or numbers the rows. */
export const cicSkipped: readonly string[] = [
  "id",
  "Unnamed: 0",
  "Flow ID", // the addresses, ports and protocol
  "Flow_ID",
];

/** CICFlowMeter 4.0 writes 0 for everything that is neither TCP nor UDP. */
function cicProtocol(text: string): string {
  const name = protocolName(text);
  return name === "hopopt" ? "unknown_transport" : name;
}

/** Each spelling as it is and in snake_case, once. */
function namesOf(spellings: readonly string[]): string[] {
  return [...new Set(spellings.flatMap((name) => [name, snakeCase(name)]))];
}

/** `Flow Byts/s` as `flow_byts_s`, which is how ml-ids made its names. */
export function snakeCase(name: string): string {
  return name.trim().toLowerCase().replace(/\W/g, "_");
}

function added(name: string, unit: string | null, meaning: string, ...names: string[]): CsvField {
  const field: Field = { name, kind: "number", unit, meaning, use: "feature" };
  return { names: namesOf(names), field };
}
