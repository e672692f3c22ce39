import { type Field, flowField } from "../flow/fields.js";
import { protocolName } from "../flow/protocols.js";
import type { CsvField } from "./csv/spec.js";
import { categoryField, never, numberField, oracle } from "./fieldKinds.js";
import { endUs } from "./sharedFields.js";
import { ttlWhy } from "./unswFields.js";

/** nDPI's numbers of application protocols that Zeek knows, by Zeek's name. Source: nDPI, ndpi_protocol_ids.h. */
const services: Readonly<Record<string, string>> = {
  ...{
    1: "ftp",
    2: "pop3",
    3: "smtp",
    4: "imap",
    5: "dns",
    7: "http",
    9: "ntp",
    14: "snmp",
    16: "smb",
    17: "syslog",
  },
  ...{
    18: "dhcp",
    19: "postgresql",
    20: "mysql",
    23: "pop3",
    29: "smtp",
    41: "smb",
    51: "imap",
    65: "irc",
    88: "rdp",
  },
  ...{
    91: "ssl",
    92: "ssh",
    100: "sip",
    111: "krb",
    112: "ldap",
    127: "dce_rpc",
    146: "radius",
    175: "ftp-data",
  },
  188: "quic",
};

/** nDPI writes the protocol and what it carries as 7.178; without the latter 7.0 or 7. */
function applicationOf(text: string): string {
  return text.replace(/\.0*$/, "");
}

const own = (field: Field): CsvField => ({ names: [field.name.toUpperCase()], field });
const number = (name: string, unit: string, meaning: string): CsvField =>
  own(numberField(name, unit, meaning));
const ttl = (name: string, meaning: string): CsvField =>
  own(oracle(numberField(name, "hops", meaning), ttlWhy));
const sizes = ["up_to_128", "128_to_256", "256_to_512", "512_to_1024", "1024_to_1514"];

/**
 * The NetFlow columns of the NF-UQ datasets that nProbe makes: those of version 1, of version 2 and of version 3. Bytes are
 * IP bytes, headers included; "in" is the originator. Source: Sarhan, Layeghy and Portmann 2022, Towards a standard feature
 * set for network intrusion detection system datasets, Mobile Networks and Applications 27, table 2; NetFlow_v3_Features.csv.
 */
export const nfUqFields: readonly CsvField[] = [
  { names: ["FLOW_START_MILLISECONDS"], field: flowField("start_us"), format: "epoch_ms" },
  { names: ["FLOW_END_MILLISECONDS"], field: endUs, format: "epoch_ms" },
  { names: ["IPV4_SRC_ADDR", "IPV6_SRC_ADDR"], field: flowField("orig_addr") },
  { names: ["L4_SRC_PORT"], field: flowField("orig_port") },
  { names: ["IPV4_DST_ADDR", "IPV6_DST_ADDR"], field: flowField("resp_addr") },
  { names: ["L4_DST_PORT"], field: flowField("resp_port") },
  { names: ["PROTOCOL"], field: flowField("proto"), required: true, word: protocolName },
  {
    names: ["L7_PROTO"],
    field: flowField("service"),
    word: (text) => services[text.replace(/\..*$/, "")] ?? null,
  },
  {
    ...own(categoryField("l7_proto", "application protocol by nDPI's numbers, with what it carries")),
    word: applicationOf,
  },
  { names: ["IN_BYTES"], field: flowField("orig_ip_bytes"), required: true },
  { names: ["OUT_BYTES"], field: flowField("resp_ip_bytes"), required: true },
  { names: ["IN_PKTS"], field: flowField("orig_pkts"), required: true },
  { names: ["OUT_PKTS"], field: flowField("resp_pkts"), required: true },
  number("tcp_flags", "bits", "all TCP flags of the flow, or-ed"),
  { names: ["FLOW_DURATION_MILLISECONDS"], field: flowField("duration_s"), required: true, scale: 1e-3 },
  number("client_tcp_flags", "bits", "all TCP flags of the originator, or-ed"),
  number("server_tcp_flags", "bits", "all TCP flags of the responder, or-ed"),
  number("duration_in", "ms", "first to last packet of the originator"),
  number("duration_out", "ms", "first to last packet of the responder"),
  ttl("min_ttl", "smallest TTL of the flow"),
  ttl("max_ttl", "largest TTL of the flow"),
  number("longest_flow_pkt", "bytes", "longest packet"),
  number("shortest_flow_pkt", "bytes", "shortest packet"),
  number("min_ip_pkt_len", "bytes", "smallest IP packet"),
  number("max_ip_pkt_len", "bytes", "largest IP packet"),
  number("src_to_dst_second_bytes", "bytes/s", "bytes per second of the originator"),
  number("dst_to_src_second_bytes", "bytes/s", "bytes per second of the responder"),
  number("retransmitted_in_bytes", "bytes", "TCP bytes that the originator sent again"),
  number("retransmitted_in_pkts", "packets", "TCP packets that the originator sent again"),
  number("retransmitted_out_bytes", "bytes", "TCP bytes that the responder sent again"),
  number("retransmitted_out_pkts", "packets", "TCP packets that the responder sent again"),
  number("src_to_dst_avg_throughput", "bit/s", "mean throughput of the originator"),
  number("dst_to_src_avg_throughput", "bit/s", "mean throughput of the responder"),
  ...sizes.map((size) =>
    number(`num_pkts_${size}_bytes`, "packets", `packets of ${size.replaceAll("_", " ")} bytes`),
  ),
  number("tcp_win_max_in", "bytes", "largest TCP window of the originator"),
  number("tcp_win_max_out", "bytes", "largest TCP window of the responder"),
  {
    names: ["ICMP_TYPE"],
    field: numberField("icmp_type_code", "code", "ICMP type * 256 + code"),
  },
  number("icmp_ipv4_type", "code", "ICMP type"),
  own(
    never(
      numberField("dns_query_id", "id", "transaction id of the DNS query"),
      "an identifier, drawn at random",
    ),
  ),
  number("dns_query_type", "code", "type of the DNS query (1 is A, 2 is NS, …)"),
  number("dns_ttl_answer", "s", "time to live of the first A record in the answer"),
  number("ftp_command_ret_code", "code", "return code of the FTP command"),
  ...["src_to_dst", "dst_to_src"].flatMap((side) =>
    ["min", "max", "avg", "stddev"].map((statistic) =>
      number(
        `${side}_iat_${statistic}`,
        "ms",
        `time between packets of the ${side === "src_to_dst" ? "originator" : "responder"}: ${statistic}`,
      ),
    ),
  ),
];
