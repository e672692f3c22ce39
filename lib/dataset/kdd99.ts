import { basename } from "node:path";
import { csvDialect } from "./csvDialect.js";
import type { Dialect } from "./dialect.js";
import { isKddRecord, kddFields, kddLabelNames, kddMeaning } from "./kddFields.js";

const features = kddFields.map(({ names }) => names[0]);
const unlabelled = [...["kddcup.testdata.unlabeled_10_percent", "kddcup.newtestdata_10_percent_unlabeled"]];

/** KDD Cup 1999: the data that NSL-KDD was made of, with its repetitions. */
export const kdd99: Dialect = csvDialect({
  name: "kdd99",
  title: "KDD Cup 1999 (kddcup.data, kddcup.data_10_percent, corrected; .gz)",
  dataset: "kdd99",
  row: "one connection of the DARPA 1998 simulation, repetitions included, with counts over its neighbours in time",
  labelPolicy:
    "normal. is benign; each of 39 attack names (their dot left out) is a label of its own, in four families (dos, probe, " +
    "r2l, u2r; httptunnel counts as r2l, worm as dos); a name that is none of them follows labels.unknown of params.yaml.",
  citation:
    "Hettich and Bay 1999, The UCI KDD archive: KDD Cup 1999 data; Stolfo, Fan, Lee, Prodromidis and Chan 2000",
  needs:
    "kddcup.data_10_percent.gz (or kddcup.data.gz) to train and corrected.gz to test from the UCI KDD archive " +
    "(kdd.ics.uci.edu/databases/kddcup99); free, with the citation",
  named: /^(kddcup|corrected(\.gz)?$)/i,
  delimiters: [","],
  header: "either",
  orders: [[...features, "label"], features],
  fields: kddFields,
  strict: true,
  label: { columns: [kddLabelNames], text: ([label]) => label ?? "" },
  check: ([record], names) =>
    record === undefined || names.length < 41 || names[40] !== features[40] || isKddRecord(record)
      ? true
      : `${names.length} fields, but not those of KDD Cup 1999 (field 2 tcp, udp or icmp)`,
  partOf(file, others) {
    const name = file.replace(/(\.gz)?$/, "");
    const folder = name.slice(0, name.lastIndexOf("/") + 1);
    const own = name.slice(folder.length);
    const whole = own.startsWith("kddcup.data_10_percent")
      ? "kddcup.data"
      : unlabelled.includes(own)
        ? "corrected"
        : undefined;
    return others.find(
      (other) => other !== file && other.replace(/(\.gz)?$/, "") === `${folder}${whole ?? "/"}`,
    );
  },
  officialPart({ path }) {
    const name = basename(path);
    return Promise.resolve({
      part: /test|^corrected/i.test(name) ? "test" : /data|train/i.test(name) ? "train" : null,
    });
  },
  meaning: kddMeaning,
});
