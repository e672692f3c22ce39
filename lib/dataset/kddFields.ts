import { type Field, flowField } from "../flow/fields.js";
import type { CsvField } from "./csv/spec.js";
import type { LabelMeaning } from "./dialect.js";
import { never, numberField } from "./fieldKinds.js";
import { type Families, familyLookup } from "./taxonomy.js";

/**
 * Services that Zeek knows, by its names. `domain` is not dns: it is TCP to port 53, in training 529 of 569 times without a
 * byte of payload (floods and scans), and Zeek names a service for what the payload says.
 */
const services: Readonly<Record<string, string>> = {
  domain_u: "dns",
  ftp_data: "ftp-data",
  http_443: "ssl",
  ntp_u: "ntp",
  pop_3: "pop3",
};

const own = (field: Field): CsvField => ({ names: [field.name], field });
const count = (name: string, meaning: string, unit = "count"): CsvField =>
  own(numberField(name, unit, meaning));
const flag = (name: string, meaning: string): CsvField => count(name, meaning, "flag");
const rate = (name: string, meaning: string): CsvField => count(name, meaning, "ratio");

/**
 * The 41 features of KDD Cup 1999 and NSL-KDD in the order of the files. Six are fields of the flow record (Bro made them):
 * bytes are payload, `flag` is Zeek's conn_state, services that Zeek knows have its names.
 */
export const kddFields: readonly CsvField[] = [
  { names: ["duration"], field: flowField("duration_s"), required: true },
  { names: ["protocol_type"], field: flowField("proto"), required: true },
  { names: ["service"], field: flowField("service"), required: true, word: (text) => services[text] ?? text },
  { names: ["flag"], field: flowField("conn_state"), required: true },
  { names: ["src_bytes"], field: flowField("orig_bytes"), required: true },
  { names: ["dst_bytes"], field: flowField("resp_bytes"), required: true },
  flag("land", "source and destination are the same"),
  count("wrong_fragment", "wrong fragments"),
  count("urgent", "urgent packets", "packets"),
  count("hot", "accesses to system places, programs created or run"),
  count("num_failed_logins", "failed logins"),
  flag("logged_in", "a login succeeded"),
  count("num_compromised", "conditions that point to a compromise"),
  flag("root_shell", "a root shell was obtained"),
  count("su_attempted", "su root was tried (documented as 0/1; 2 occurs)"),
  count("num_root", "accesses as root"),
  count("num_file_creations", "files created"),
  count("num_shells", "shell prompts"),
  count("num_access_files", "operations on access control files"),
  count("num_outbound_cmds", "outbound commands in an FTP session (0 in every row)"),
  flag("is_host_login", "login is root or admin"),
  flag("is_guest_login", "login is guest"),
  count("count", "connections to the same host in the past two seconds"),
  count("srv_count", "connections to the same service in the past two seconds"),
  rate("serror_rate", "share of count with SYN errors"),
  rate("srv_serror_rate", "share of srv_count with SYN errors"),
  rate("rerror_rate", "share of count with REJ errors"),
  rate("srv_rerror_rate", "share of srv_count with REJ errors"),
  rate("same_srv_rate", "share of count to the same service"),
  rate("diff_srv_rate", "share of count to other services"),
  rate("srv_diff_host_rate", "share of srv_count to other hosts"),
  count("dst_host_count", "of the last 100 connections, those to the same host"),
  count("dst_host_srv_count", "of the last 100 connections, those to the same service of the host"),
  rate("dst_host_same_srv_rate", "share of dst_host_count to the same service"),
  rate("dst_host_diff_srv_rate", "share of dst_host_count to other services"),
  rate("dst_host_same_src_port_rate", "share of dst_host_srv_count from the same source port"),
  rate("dst_host_srv_diff_host_rate", "share of dst_host_srv_count from other hosts"),
  rate("dst_host_serror_rate", "share of dst_host_count with SYN errors"),
  rate("dst_host_srv_serror_rate", "share of dst_host_srv_count with SYN errors"),
  rate("dst_host_rerror_rate", "share of dst_host_count with REJ errors"),
  rate("dst_host_srv_rerror_rate", "share of dst_host_srv_count with REJ errors"),
];

/** What copies with a header call the label. */
export const kddLabelNames = [
  ...[
    "label",
    "class",
    "labels",
    "attack",
    "attack_type",
    "attack_name",
    "outcome",
    "target",
    "connection_type",
  ],
];

/** Field 43 of NSL-KDD. */
export const difficulty: CsvField = {
  names: ["difficulty", "difficulty_level", "difficulty level", "difficultylevel", "level", "score"],
  field: never(
    numberField("difficulty", "count", "how many of 21 learners classified the record rightly"),
    "it was computed from the label",
  ),
};

/**
 * Families of the 39 attacks. Papers differ on two: here httptunnel is r2l (others: u2r) and worm is dos (others: r2l);
 * httptunnel in u2r lowers macro-F1 over five classes by .02-.03.
 */
export const kddFamilies: Families = {
  dos: [
    ...["back", "land", "neptune", "pod", "smurf", "teardrop"],
    ...["apache2", "mailbomb", "processtable", "udpstorm", "worm"],
  ],
  probe: ["ipsweep", "nmap", "portsweep", "satan", "mscan", "saint"],
  r2l: [
    ...["ftp_write", "guess_passwd", "imap", "multihop", "phf", "spy", "warezclient", "warezmaster"],
    ...["httptunnel", "named", "sendmail", "snmpgetattack", "snmpguess", "xlock", "xsnoop"],
  ],
  u2r: ["buffer_overflow", "loadmodule", "perl", "rootkit", "ps", "sqlattack", "xterm"],
};

const familyOf = familyLookup(
  Object.fromEntries(Object.entries(kddFamilies).map(([family, names]) => [family, [...names, family]])),
);

/**
 * What a label means: an attack's name, in copies with merged classes its family, in ARFF files anomaly; in any case, with
 * the dot of KDD Cup 1999 at its end or without.
 */
export function kddMeaning(text: string): LabelMeaning {
  const label = text.replace(/\.$/, "").toLowerCase();
  if (label === "") return { kind: "empty", original: null };
  if (label === "normal") return { kind: "benign", original: text };
  const family = label === "anomaly" ? "anomaly" : familyOf(label);
  return family === undefined
    ? { kind: "unknown", original: text }
    : { kind: "attack", original: text, label, family };
}

/** Whether a record of 41 fields or more, without a header, is one of these. */
export function isKddRecord(record: readonly string[]): boolean {
  const [protocol, last] = [record[1] ?? "", record[40] ?? ""].map((cell) => cell.trim());
  return /^(tcp|udp|icmp)$/i.test(protocol) && /^\d+(\.\d+)?$/.test(last);
}
