import { basename } from "node:path";
import type { Column, Table } from "../table/table.js";
import { constantText } from "./canonical.js";
import { columnKey } from "./csv/spec.js";
import { csvDialect } from "./csvDialect.js";
import type { Dialect } from "./dialect.js";
import { difficulty, isKddRecord, kddFields, kddLabelNames, kddMeaning } from "./kddFields.js";

/** Rows that all of 21 learners classified rightly are left out of KDDTest-21. */
const EASIEST = 21;

/** Endings of the same rows, the best first: ARFF lacks the attacks' names. */
const kinds = [".txt", "", ".csv", ".arff"];

const order = [...kddFields, { names: ["label"] }, difficulty].map(({ names }) => names[0]);

function partOf(path: string): "train" | "test" | null {
  const name = basename(path);
  return /train/i.test(name) ? "train" : /test/i.test(name) ? "test" : null;
}

/** The rows of Test+ that make Test-21. */
function hardRows(table: Table): Column {
  const codes = Int32Array.from(table.numbers("difficulty"), (value) => (value < EASIEST ? 0 : -1));
  return { kind: "text", codes, dictionary: ["Test-21"] };
}

/** NSL-KDD, the cleaned KDD Cup 1999 data. */
export const nslKdd: Dialect = csvDialect({
  name: "nsl-kdd",
  title: "NSL-KDD (KDDTrain+ and KDDTest+ as .txt, .arff or with a header; .gz)",
  dataset: "nsl-kdd",
  row: "one connection of the DARPA 1998 simulation, duplicates removed, with counts over its neighbours in time",
  labelPolicy:
    "normal is benign; each of 39 attack names is a label of its own, in four families (dos, probe, r2l, u2r; httptunnel " +
    "counts as r2l, worm as dos); anomaly, all that the ARFF files say, is a label and a family; copies with merged classes name the family; a name that is none of " +
    "them follows labels.unknown of params.yaml.",
  citation:
    "Tavallaee, Bagheri, Lu and Ghorbani 2009, A detailed analysis of the KDD CUP 99 data set, IEEE CISDA",
  needs:
    "KDDTrain+.txt and KDDTest+.txt from the Canadian Institute for Cybersecurity (unb.ca/cic/datasets/nsl.html); free for " +
    "research, with the citation",
  named: /^KDD(Train|Test)/i,
  delimiters: [","],
  header: "either",
  orders: [order],
  fields: [...kddFields, difficulty],
  strict: true,
  label: { columns: [kddLabelNames], text: ([label]) => label ?? "" },
  check(records, names) {
    if (names === order)
      return isKddRecord(records[0]) && /^\d+$/.test(records[0][42]?.trim() ?? "")
        ? true
        : "43 fields, but not those of NSL-KDD (field 2 tcp, udp or icmp; field 43 the difficulty)";
    const keys = names.map(columnKey);
    return keys.includes("class") || difficulty.names.some((name) => keys.includes(name))
      ? true
      : 'neither a column "class" nor "difficulty", which tell it from KDD Cup 1999';
  },
  // The published folder has every file twice, and parts of the whole ones.
  partOf(file, others) {
    const match = /^((?:.*\/)?KDD(?:Train|Test))(\+|\+_20Percent|-21)(\.txt|\.csv|\.arff)?(\.gz)?$/.exec(
      file,
    );
    if (match === null) return undefined;
    const [, base, variant, kind = ""] = match;
    const names = (stem: string, some: readonly string[]): string[] =>
      some.flatMap((ending) => [`${stem}${ending}`, `${stem}${ending}.gz`]);
    const twins = names(`${base}${variant}`, kinds.slice(0, kinds.indexOf(kind)));
    const wholes = variant === "+" ? [] : names(`${base}+`, kinds);
    return [...wholes, ...twins].find((name) => others.includes(name));
  },
  officialPart: ({ path }) => Promise.resolve({ part: partOf(path) }),
  extra: (_path, table, part) => ({
    subset: part === "test" ? hardRows(table) : constantText(null, table.rows),
  }),
  meaning: kddMeaning,
});
