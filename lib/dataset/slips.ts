import { flowField } from "../flow/fields.js";
import { protocolName } from "../flow/protocols.js";
import { captured } from "./captured.js";
import type { CsvField } from "./csv/spec.js";
import { csvDialect } from "./csvDialect.js";
import type { Dialect, LabelMeaning } from "./dialect.js";
import { unswFields } from "./unswFields.js";
import { zeek } from "./zeek.js";

/** Zeek's own states; what else stands under `state` is another sensor's. */
const zeekStates = new Set("S0 S1 SF REJ S2 S3 RSTO RSTR RSTOS0 RSTRH SH SHR OTH".split(" "));
const state = unswFields.find(({ field }) => field.name === "state") as CsvField;

/** A number that SLIPS takes for 0 where it is missing. */
const zero = (names: readonly string[], field: string): CsvField => ({
  names,
  field: flowField(field),
  fill: 0,
});

/** The fields of SLIPS' flow records, under its names and those of Zeek's conn.log, which it takes as well. */
const fields: readonly CsvField[] = [
  { names: ["starttime", "ts"], field: flowField("start_us"), required: true, format: ["epoch_s", "iso"] },
  { names: ["uid"], field: flowField("uid") },
  { names: ["saddr", "id.orig_h"], field: flowField("orig_addr"), required: true },
  zero(["sport", "id.orig_p"], "orig_port"),
  { names: ["daddr", "id.resp_h"], field: flowField("resp_addr"), required: true },
  zero(["dport", "id.resp_p"], "resp_port"),
  { names: ["proto"], field: flowField("proto"), required: true, word: protocolName },
  { names: ["appproto", "service"], field: flowField("service") },
  { ...zero(["dur", "duration"], "duration_s"), required: true },
  { ...zero(["sbytes", "orig_bytes"], "orig_bytes"), required: true },
  { ...zero(["dbytes", "resp_bytes"], "resp_bytes"), required: true },
  {
    names: ["state", "conn_state"],
    field: flowField("conn_state"),
    word: (text) => (zeekStates.has(text) ? text : null),
  },
  { names: ["state"], field: state.field, word: (text) => (zeekStates.has(text) ? null : text) },
  { names: ["history"], field: flowField("history") },
  zero(["spkts", "orig_pkts"], "orig_pkts"),
  zero(["dpkts", "resp_pkts"], "resp_pkts"),
];

/**
 * The ground truth decides, never what SLIPS' own modules said (label, module_labels). Beyond Zeek's words, "1" and what
 * contains MAL are malicious and "0" is benign; SLIPS' pipeline also takes NORMAL for malicious, as it contains MAL, and any
 * other word for benign.
 */
function meaning(pair: string): LabelMeaning {
  const known = zeek.meaning(pair);
  if (known.kind !== "unknown") return known;
  const [label, detail] = pair.split("\t");
  const original = detail === "" ? label : `${label}/${detail}`;
  const word = label.toUpperCase();
  if (word.includes("BACKGROUND")) return { kind: "background", original };
  if (word === "0") return { kind: "benign", original };
  if (word !== "1" && !(word.includes("MAL") && !word.includes("NORMAL")))
    return { kind: "unknown", original };
  const name = detail === "" ? "malicious" : detail;
  return { kind: "attack", original, label: name, family: name };
}

/** Flow records of Stratosphere SLIPS. */
export const slips: Dialect = csvDialect({
  name: "slips",
  title:
    "SLIPS flow records (JSON lines, CSV or TSV with starttime, saddr, daddr, proto, dur, sbytes, … ground_truth_label)",
  dataset: null,
  row: "one flow as SLIPS keeps it, whatever sensor it came from",
  labelPolicy:
    "ground_truth_label decides: Benign, Normal and 0 are benign; Malicious, 1 and words with MAL in them are attacks named " +
    "by detailed_ground_truth_label (malicious without one), which is also the family; Background, Unknown (and any other " +
    "word) and empty labels follow labels.* of params.yaml.",
  citation:
    "Garcia, Gomaa and Babayeva 2015-2024, Slips, behavioral machine learning-based Python IPS, Stratosphere Laboratory",
  needs:
    "flow records exported from SLIPS or its training pipeline (stratosphereips.org; the program is GPL-2.0)",
  delimiters: [",", "\t"],
  header: "names",
  json: true,
  fields,
  skipped: ["type_", "dir_", "module_labels", "smac", "dmac", "label", "detailedlabel"],
  label: {
    // Under Zeek's names `label` is the truth; in SLIPS' own records it is what SLIPS thinks.
    columns: (keys) =>
      keys.has("id.orig_h") && !keys.has("ground_truth_label")
        ? [["label"], ["detailedlabel", "detailed-label"]]
        : [["ground_truth_label"], ["detailed_ground_truth_label"]],
    text: ([label, detail]) => `${label ?? ""}\t${detail ?? ""}`,
  },
  missing: ["-", "(empty)"],
  extra: (_path, table) => captured(table),
  meaning,
});
