import { basename } from "node:path";
import type { Table, TextColumn } from "../table/table.js";
import { captured } from "./captured.js";
import { csvDialect } from "./csvDialect.js";
import type { Dialect } from "./dialect.js";
import { nfUqFields } from "./nfUqFields.js";
import { type Families, familyLookup, flaggedMeaning, flaggedText } from "./taxonomy.js";

/**
 * Families of the attacks of all NF-UQ datasets: those of UNSW-NB15 under its own categories; ToN-IoT, BoT-IoT,
 * CSE-CIC-IDS2018, and NF-UQ-NIDS, which joins them and merges the attacks of the last one into Brute Force and others.
 */
export const nfUqFamilies: Families = {
  analysis: ["Analysis"],
  backdoor: ["Backdoor", "Backdoors"],
  botnet: ["Bot"],
  bruteforce: ["Brute Force", "BruteForce", "FTP-BruteForce", "SSH-Bruteforce", "password"],
  ddos: ["DDoS", "DDOS attack-HOIC", "DDOS attack-LOIC-UDP", "DDoS attacks-LOIC-HTTP"],
  dos: [
    ...["DoS", "DoS attacks-GoldenEye", "DoS attacks-Hulk"],
    ...["DoS attacks-SlowHTTPTest", "DoS attacks-Slowloris"],
  ],
  exploits: ["Exploits"],
  fuzzers: ["Fuzzers"],
  generic: ["Generic"],
  infiltration: ["Infilteration", "Infiltration"],
  mitm: ["mitm"],
  ransomware: ["ransomware"],
  reconnaissance: ["Reconnaissance", "scanning"],
  shellcode: ["Shellcode"],
  theft: ["Theft"],
  webattack: [
    ...["Brute Force -Web", "Brute Force -XSS", "SQL Injection", "Web Attacks", "injection", "xss"],
  ],
  worms: ["Worms"],
};

const familyOf = familyLookup(nfUqFamilies);
const benign = new Set(["benign", "normal"]);

/** The dataset that a file's name, or a cell of its column Dataset, tells: nf-unsw-nb15-v2. */
function datasetNamed(text: string): string | undefined {
  const found =
    /\bNF[-_](UNSW[-_]NB15|ToN[-_]IoT|BoT[-_]IoT|(?:CSE[-_])?CIC[-_]?IDS[-_]?2018|UQ[-_]NIDS)(?:[-_](v\d))?/i.exec(
      text,
    );
  if (found === null) return undefined;
  const name = found[1].toLowerCase().replaceAll("_", "-");
  return `nf-${/2018$/.test(name) ? "cse-cic-ids2018" : name}${found[2] === undefined ? "" : `-${found[2].toLowerCase()}`}`;
}

function datasets(table: Table): Record<string, TextColumn> {
  if (!table.has("dataset")) return {};
  const column = table.text("dataset");
  const names = column.dictionary.map((text) => datasetNamed(text) ?? text);
  const dictionary = [...new Set(names)];
  const map = names.map((name) => dictionary.indexOf(name));
  return { dataset: { kind: "text", codes: column.codes.map((code) => map[code] ?? -1), dictionary } };
}

/** The NetFlow datasets of the University of Queensland, versions 1 to 3. */
export const nfUq: Dialect = csvDialect({
  name: "nf-uq",
  title:
    "NF-UQ NetFlow sets (NF-UNSW-NB15, NF-ToN-IoT, NF-BoT-IoT, NF-CSE-CIC-IDS2018, NF-UQ-NIDS; v1, v2, v3)",
  dataset: null,
  row: "one flow as nProbe sees it, both directions in one record, cut by its timeouts",
  labelPolicy:
    "Benign with Label 0 is benign; each name under Attack with Label 1 is an attack of that name, in a family (dos, ddos, " +
    "bruteforce, webattack, reconnaissance, …); a file with Label alone has attacks called attack; other names, and pairs " +
    "that disagree, follow labels.unknown of params.yaml.",
  citation:
    "Sarhan, Layeghy and Portmann 2022, Towards a standard feature set for network intrusion detection system datasets " +
    "(v1, v2); Luay et al. 2025, Temporal analysis of NetFlow datasets, arXiv:2503.04404 (v3)",
  needs:
    "NF-*.csv of the University of Queensland (staff.itee.uq.edu.au/marius/NIDS_datasets); free for academic research, with " +
    "the citation; the dataset is told by the column Dataset or the file's name",
  named: /^NF[-_]/i,
  datasetOf: (file) => datasetNamed(basename(file)),
  delimiters: [","],
  header: "names",
  fields: nfUqFields,
  texts: { dataset: ["Dataset"] },
  label: { columns: [["Attack"], ["Label"]], text: flaggedText },
  beside: (keys) =>
    keys.length < 4 && keys.includes("feature") ? "the list of the NetFlow features, not flows" : undefined,
  extra: (_path, table) => ({ ...captured(table), ...datasets(table) }),
  meaning: (pair) => flaggedMeaning(pair, benign, familyOf),
});
