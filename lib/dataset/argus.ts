import { argusDerived, argusFields } from "./argusFields.js";
import { captured } from "./captured.js";
import { csvDialect } from "./csvDialect.js";
import type { Dialect, LabelMeaning } from "./dialect.js";

const families = ["botnet", "malware", "malicious", "attack"];
const prefix = "^(?:(?:from|to)[-_])?";
const attack = new RegExp(`${prefix}(${families.join("|")})(?![a-z])`, "i");
const benign = new RegExp(`${prefix}(?:normal|benign|legitimate)(?![a-z])`, "i");
const background = new RegExp(`${prefix}background(?![a-z])`, "i");

/** `flow=From-Botnet-V42-UDP-DNS`: who, and what; the word after From- or To- decides. */
function meaning(text: string): LabelMeaning {
  if (text === "") return { kind: "empty", original: null };
  const label = text.replace(/^flow=/i, "");
  if (background.test(label)) return { kind: "background", original: text };
  if (benign.test(label)) return { kind: "benign", original: text };
  const family = attack.exec(label)?.[1].toLowerCase();
  return family === undefined
    ? { kind: "unknown", original: text }
    : { kind: "attack", original: text, label, family };
}

/** Argus bidirectional flows: the binetflow files of CTU-13 and Stratosphere, and what racluster prints. */
export const argus: Dialect = csvDialect({
  name: "argus",
  title:
    "Argus flows: binetflow files of CTU-13 and Stratosphere (commas or tabs), output of ra and racluster",
  dataset: null,
  row: "one flow as Argus sees it, both directions in one record, reported when it ends or every few minutes",
  labelPolicy:
    "the word after flow= and From- or To- decides: Normal (Benign, Legitimate) is benign; Botnet, Malware, Malicious and " +
    "Attack are attacks of the label's own name, in the family of that word; Background, other words (unknown) and empty " +
    "labels follow labels.* of params.yaml.",
  citation:
    "Garcia, Grill, Stiborek and Zunino 2014, An empirical comparison of botnet detection methods, Computers and Security 45",
  needs:
    "*.binetflow of CTU-13 or other Stratosphere captures (stratosphereips.org/datasets-ctu13; CC BY), or racluster -c , with " +
    "StartTime Proto SrcAddr DstAddr State and more; management records (man) are left out",
  delimiters: [",", "\t"],
  header: "names",
  fields: argusFields,
  derived: argusDerived,
  refuse: { reason: "management_record", field: "proto", values: ["man"] },
  missing: ["*"],
  label: { columns: [["Label"]], text: ([label]) => label ?? "" },
  extra: (_path, table) => captured(table),
  meaning,
});
