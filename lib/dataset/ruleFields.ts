/** A field that a labelling rule may name, and the columns of conn.log that it reads. */
export interface RuleField {
  /** In lower case; the first is how messages and the help call it. */
  readonly names: readonly string[];
  readonly kind: "address" | "number" | "text" | "time";
  /** Zeek's names; several are summed up, where a missing value counts as 0. */
  readonly columns: readonly string[];
}

/**
 * The fields of netflowlabeler that a conn.log has, under its names and Zeek's own.
 * Source: stratosphereips/netflowlabeler, README.md.
 */
export const ruleFields: readonly RuleField[] = [
  { names: ["srcIP", "srcnet", "saddr", "id.orig_h"], kind: "address", columns: ["id.orig_h"] },
  { names: ["srcPort", "sport", "id.orig_p"], kind: "number", columns: ["id.orig_p"] },
  { names: ["dstIP", "dstnet", "daddr", "id.resp_h"], kind: "address", columns: ["id.resp_h"] },
  { names: ["dstPort", "dport", "id.resp_p"], kind: "number", columns: ["id.resp_p"] },
  { names: ["Proto"], kind: "text", columns: ["proto"] },
  { names: ["Date", "start", "starttime", "ts"], kind: "time", columns: ["ts"] },
  { names: ["Duration", "dur"], kind: "number", columns: ["duration"] },
  { names: ["State", "conn_state"], kind: "text", columns: ["conn_state"] },
  { names: ["Bytes"], kind: "number", columns: ["orig_bytes", "resp_bytes"] },
  { names: ["sBytes", "orig_bytes"], kind: "number", columns: ["orig_bytes"] },
  { names: ["dBytes", "resp_bytes"], kind: "number", columns: ["resp_bytes"] },
  { names: ["Packets", "pkts"], kind: "number", columns: ["orig_pkts", "resp_pkts"] },
  { names: ["sPkts", "orig_pkts"], kind: "number", columns: ["orig_pkts"] },
  { names: ["dPkts", "resp_pkts"], kind: "number", columns: ["resp_pkts"] },
  { names: ["IPBytes"], kind: "number", columns: ["orig_ip_bytes", "resp_ip_bytes"] },
  { names: ["orig_ip_bytes"], kind: "number", columns: ["orig_ip_bytes"] },
  { names: ["resp_ip_bytes"], kind: "number", columns: ["resp_ip_bytes"] },
  { names: ["missed_bytes"], kind: "number", columns: ["missed_bytes"] },
  { names: ["appproto", "service"], kind: "text", columns: ["service"] },
  { names: ["history"], kind: "text", columns: ["history"] },
  { names: ["uid"], kind: "text", columns: ["uid"] },
];

/** Fields of netflowlabeler that other sensors have and Zeek lacks. */
export const foreignFields: readonly string[] = ["tos", "flows", "flags"];

/** The field of that name, whatever its case. */
export function ruleField(name: string): RuleField | undefined {
  const key = name.toLowerCase();
  return ruleFields.find(({ names }) => names.some((known) => known.toLowerCase() === key));
}
