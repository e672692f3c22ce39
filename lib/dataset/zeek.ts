import { flowFields } from "../flow/fields.js";
import type { RowReader } from "../flow/rowReader.js";
import { ConnLog, NO_LOG, sniffZeek } from "../flow/zeek.js";
import { type Dialect, FOREIGN, type LabelMeaning } from "./dialect.js";

const benign = new Set(["benign", "normal", "legitimate"]);
const malicious = new Set(["malicious", "malware", "attack", "botnet"]);

/**
 * The meaning of Zeek's two label columns. Only `label` decides whether a flow is an attack: a detailed label that
 * mentions malware does not turn a benign flow around. The detailed label names the attack and its family.
 */
function meaning(pair: string): LabelMeaning {
  const [label, detail] = pair.split("\t");
  const original = label === "" ? null : detail === "" ? label : `${label}/${detail}`;
  const word = label.toLowerCase();
  if (original === null) return { kind: "empty", original };
  if (benign.has(word) || /^(from_|to_)?(benign|normal)\b|^(from_|to_)(benign|normal)[-_]/.test(word))
    return { kind: "benign", original };
  if (/^(from_|to_)?background/.test(word)) return { kind: "background", original };
  if (malicious.has(word)) {
    const name = detail === "" ? "malicious" : detail;
    return { kind: "attack", original, label: name, family: name };
  }
  if (/^(from_|to_)?(malicious|botnet|attack)[-_]/.test(word))
    return { kind: "attack", original, label, family: detail === "" ? label : detail };
  return { kind: "unknown", original };
}

/** Zeek's conn.log, plain or with the label columns of netflowlabeler and IoT-23. */
export const zeek: Dialect = {
  name: "zeek",
  title: "Zeek conn.log and conn.log.labeled (TSV or JSON lines, .gz)",
  dataset: null,
  row: "one connection as Zeek sees it: a two-way conversation of a five-tuple until it ends or times out",
  labelPolicy:
    "label Benign or Normal is benign; Malicious is an attack named by detailed-label (malicious without one), which is " +
    "also its family; Background, Unknown (and any other word) and empty labels follow labels.* of params.yaml.",
  citation:
    "Paxson 1999, Bro: a system for detecting network intruders in real-time, Computer Networks 31; labels after Garcia, " +
    "Parmisano and Erquiaga 2020, IoT-23, doi:10.5281/zenodo.4743746",
  needs:
    "conn.log or conn.log.labeled of a sensor of your own, or of a published set (Stratosphere's, IoT-23: CC BY, with the " +
    "citation)",
  columns: flowFields,
  recognise(head) {
    const kind = sniffZeek(head);
    if (kind.kind === "conn") return true;
    return kind.why === NO_LOG ? `${FOREIGN}${NO_LOG}` : kind.why;
  },
  // A labelled copy stands beside its log (netflowlabeler, SLIPS): reading both would count every flow twice.
  partOf(file, others) {
    const match = /^(.*\/)?([^/]*)conn\.log(\.gz)?$/.exec(file);
    if (match === null || match[2].endsWith("labeled-")) return undefined;
    const stem = `${match[1] ?? ""}${match[2]}`;
    const twins = ["conn.log.labeled", "conn.log.labeled.gz", "labeled-conn.log", "labeled-conn.log.gz"];
    return twins.map((twin) => `${stem}${twin}`).find((twin) => others.includes(twin));
  },
  fileColumn: (column) => flowFields.find(({ name }) => name === column)?.zeek,
  open(path) {
    return withHosts(new ConnLog(path));
  },
  meaning,
};

/** The originator is the host whose behaviour a flow shows. */
function withHosts(log: RowReader): RowReader {
  return {
    get counts() {
      return log.counts;
    },
    async *batches() {
      for await (const batch of log.batches()) {
        const { table } = batch;
        yield { ...batch, table: table.with("host", table.column("orig_addr")) };
      }
    },
  };
}
