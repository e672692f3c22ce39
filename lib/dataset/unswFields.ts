import { type Field, flowField } from "../flow/fields.js";
import type { CsvField } from "./csv/spec.js";
import { categoryField, numberField, oracle } from "./fieldKinds.js";
import { endUs } from "./sharedFields.js";

export const ttlWhy =
  "the testbed's attack generator and its hosts send other TTLs (254, 62, 31): a shortcut that says who sends, not what";

const own = (field: Field, ...aliases: readonly string[]): CsvField => ({
  names: [field.name, ...aliases],
  field,
});
const number = (name: string, unit: string, meaning: string, ...aliases: readonly string[]): CsvField =>
  own(numberField(name, unit, meaning), ...aliases);
const ttl = (name: string, unit: string, meaning: string): CsvField =>
  own(oracle(numberField(name, unit, meaning), ttlWhy));
const recent = (name: string, meaning: string): CsvField =>
  number(name, "count", `of the last 100 flows by time, those ${meaning}`);

/** Columns of the raw files that the partitions rename. */
const rawNames: Readonly<Record<string, string>> = {
  sinpkt: "Sintpkt",
  dinpkt: "Dintpkt",
  smean: "smeansz",
  dmean: "dmeansz",
  response_body_len: "res_bdy_len",
};

/**
 * The columns of UNSW-NB15, those of the raw files first, in their order, and `rate`, which the partitions have. Bytes are
 * Argus's, headers included. Source: NUSW-NB15_features.csv; Moustafa and Slay 2015.
 */
export const unswFields: readonly CsvField[] = [
  { names: ["srcip"], field: flowField("orig_addr") },
  { names: ["sport"], field: flowField("orig_port") },
  { names: ["dstip"], field: flowField("resp_addr") },
  { names: ["dsport"], field: flowField("resp_port") },
  { names: ["proto"], field: flowField("proto"), required: true },
  own(categoryField("state", "state of the transaction as Argus writes it (CON, FIN, INT, REQ, RST, …)")),
  { names: ["dur"], field: flowField("duration_s"), required: true },
  { names: ["sbytes"], field: flowField("orig_ip_bytes"), required: true },
  { names: ["dbytes"], field: flowField("resp_ip_bytes"), required: true },
  ttl("sttl", "hops", "TTL of the originator's packets"),
  ttl("dttl", "hops", "TTL of the responder's packets"),
  number("sloss", "packets", "packets of the originator that were retransmitted or dropped"),
  number("dloss", "packets", "packets of the responder that were retransmitted or dropped"),
  { names: ["service"], field: flowField("service") },
  number("sload", "bit/s", "bits per second of the originator"),
  number("dload", "bit/s", "bits per second of the responder"),
  { names: ["spkts"], field: flowField("orig_pkts") },
  { names: ["dpkts"], field: flowField("resp_pkts") },
  number("swin", "window", "TCP window that the originator advertises (scaled to 255)"),
  number("dwin", "window", "TCP window that the responder advertises (scaled to 255)"),
  number("stcpb", "sequence", "TCP base sequence number of the originator (random, 0 without TCP)"),
  number("dtcpb", "sequence", "TCP base sequence number of the responder (random, 0 without TCP)"),
  number("smean", "bytes", "mean size of the originator's packets", rawNames.smean),
  number("dmean", "bytes", "mean size of the responder's packets", rawNames.dmean),
  number("trans_depth", "count", "depth into the connection of the HTTP request"),
  number(
    "response_body_len",
    "bytes",
    "size of the body that the HTTP server sent",
    rawNames.response_body_len,
  ),
  number("sjit", "ms", "jitter of the originator"),
  number("djit", "ms", "jitter of the responder"),
  { names: ["stime"], field: flowField("start_us"), format: "epoch_s" },
  { names: ["ltime"], field: endUs, format: "epoch_s" },
  number("sinpkt", "ms", "mean time between packets of the originator", rawNames.sinpkt),
  number("dinpkt", "ms", "mean time between packets of the responder", rawNames.dinpkt),
  number("tcprtt", "s", "time of the TCP handshake: synack + ackdat"),
  number("synack", "s", "SYN to SYN-ACK"),
  number("ackdat", "s", "SYN-ACK to ACK"),
  number("is_sm_ips_ports", "flag", "source and destination have the same address and port"),
  ttl("ct_state_ttl", "code", "a code of state and ranges of the TTLs"),
  number("ct_flw_http_mthd", "count", "HTTP requests by GET or POST in the flow"),
  number("is_ftp_login", "count", "FTP logins with user and password (documented as 0/1; 2 and 4 occur)"),
  number("ct_ftp_cmd", "count", "FTP commands in the flow"),
  recent("ct_srv_src", "of the same service and originator"),
  recent("ct_srv_dst", "of the same service and responder"),
  recent("ct_dst_ltm", "of the same responder"),
  recent("ct_src_ltm", "of the same originator"),
  recent("ct_src_dport_ltm", "of the same originator and responder's port"),
  recent("ct_dst_sport_ltm", "of the same responder and originator's port"),
  recent("ct_dst_src_ltm", "of the same originator and responder"),
  number("rate", "packets/s", "packets after the first, per second"),
];

const partitionOnly = new Set(["rate"]);

/** The 49 columns of the headerless raw files. */
export const rawOrder: readonly string[] = [
  ...unswFields
    .filter(({ names }) => !partitionOnly.has(names[0]))
    .map(({ names: [name] }) => rawNames[name] ?? name),
  ...["attack_cat", "label"],
];
