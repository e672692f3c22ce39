import { basename } from "node:path";
import { captured } from "./captured.js";
import type { CsvFileFacts, OfficialPart } from "./csv/spec.js";
import { csvDialect } from "./csvDialect.js";
import type { Dialect } from "./dialect.js";
import { type Families, familyLookup, flaggedMeaning, flaggedText } from "./taxonomy.js";
import { rawOrder, unswFields } from "./unswFields.js";

/** The nine categories of attacks; each is a family. Some files say Backdoors. */
export const unswFamilies: Families = {
  analysis: ["Analysis"],
  backdoor: ["Backdoor", "Backdoors"],
  dos: ["DoS"],
  exploits: ["Exploits"],
  fuzzers: ["Fuzzers"],
  generic: ["Generic"],
  reconnaissance: ["Reconnaissance"],
  shellcode: ["Shellcode"],
  worms: ["Worms"],
};

const familyOf = familyLookup(unswFamilies);
const benign = new Set(["normal", "benign"]);

/** Rows of the two published partitions. */
const TRAIN_ROWS = 175_341;
const TEST_ROWS = 82_332;

/** The partitions' names are swapped in public copies, their sizes are not (Moustafa and Slay 2016 name both). */
async function officialPart({ path, has, rows }: CsvFileFacts): Promise<OfficialPart> {
  if (has("orig_addr")) return { part: null };
  const name = basename(path);
  const named = /train/i.test(name) ? "train" : /test/i.test(name) ? "test" : null;
  const count = await rows();
  const part = count === TRAIN_ROWS ? "train" : count === TEST_ROWS ? "test" : named;
  if (part === null) return { part };
  if (count !== TRAIN_ROWS && count !== TEST_ROWS)
    return {
      part,
      note:
        `taken for rows of the ${part} part for its name: its ${count} rows are neither the ${TRAIN_ROWS} of the ` +
        `training part nor the ${TEST_ROWS} of the test part, and public copies swap the names`,
    };
  return named === part || named === null
    ? { part }
    : { part, note: `is the ${part} part by its ${count} rows, whatever its name says` };
}

/** What lies beside the files of flows, by its header. */
function beside(keys: readonly string[]): string | undefined {
  if (keys.includes("description") && keys.includes("name"))
    return "the list of UNSW-NB15's features, not flows";
  if (keys.includes("attack subcategory"))
    return keys.includes("number of events")
      ? "the counts of UNSW-NB15's attack categories, not flows"
      : "the ground truth of UNSW-NB15's attack generator, which the label columns of the flows hold already";
  return undefined;
}

/** UNSW-NB15: the raw files and the two partitions. */
export const unswNb15: Dialect = csvDialect({
  name: "unsw-nb15",
  title: "UNSW-NB15 (raw UNSW-NB15_1.csv to _4.csv without header; training-set and testing-set)",
  dataset: "unsw-nb15",
  row: "one flow as Argus sees it, with what Bro knows of its application and counts over the last 100 flows",
  labelPolicy:
    "attack_cat Normal or nothing with label 0 is benign; each of nine categories with label 1 is an attack and a family " +
    "of its own (Backdoors is Backdoor); a file with label alone has attacks called attack; other categories, and pairs " +
    "that disagree, follow labels.unknown of params.yaml.",
  citation:
    "Moustafa and Slay 2015, UNSW-NB15: a comprehensive data set for network intrusion detection systems, MilCIS",
  needs:
    "UNSW_NB15_training-set.csv and UNSW_NB15_testing-set.csv, or the raw UNSW-NB15_1.csv to _4.csv, from UNSW Canberra " +
    "(research.unsw.edu.au/projects/unsw-nb15-dataset); free for academic research, with the citation. Which partition is " +
    "which is decided by rows (175,341 train, 82,332 test): the names are swapped in public copies",
  named: /^(NUSW|UNSW)[-_]NB15/i,
  delimiters: [","],
  header: "either",
  orders: [rawOrder],
  fields: unswFields,
  skipped: ["id"],
  label: { columns: [["attack_cat"], ["label"]], text: flaggedText },
  missing: ["-"],
  check(records, names) {
    if (names !== rawOrder)
      return names.some((name) => /^\s*ct_(srv|dst|src|state)_/i.test(name))
        ? true
        : "no column of its counts (ct_srv_src and others)";
    const cell = (cells: readonly string[], at: number): string => cells[at]?.trim() ?? "";
    const are = records.filter(
      (cells) => /^[01]$/.test(cell(cells, 48)) && /^\d{9,10}$/.test(cell(cells, 28)),
    );
    return are.length * 2 > records.length
      ? true
      : "49 fields, but not those of UNSW-NB15 (field 29 a time, field 49 the label 0 or 1)";
  },
  beside,
  officialPart,
  extra: (_path, table) => captured(table),
  meaning: (pair) =>
    flaggedMeaning(pair, benign, familyOf, (category) =>
      category.toLowerCase() === "backdoors" ? "Backdoor" : category,
    ),
});
