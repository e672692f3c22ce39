import { type CicDialect, cicDialect } from "./dialect.js";

const common = {
  row:
    "one TCP connection or, after 120 s, a part of it, by the corrected CICFlowMeter, labelled anew; times are UTC where " +
    "they have microseconds, else as the file has them",
  citation:
    "Liu, Engelen, Lynar, Essam and Joosen 2022, Error prevalence in NIDS datasets, IEEE CNS; Engelen, Rimmer and Joosen " +
    "2021, Troubleshooting an intrusion detection dataset, WTMC",
  columns: { spelling: "v4", times: "us", corrected: true },
} satisfies Partial<CicDialect>;

const source =
  "from https://intrusion-detection.distrinet-research.be (DistriNet, KU Leuven; terms of the original, with citation)";

/** The captures of CIC-IDS-2017 through the corrected tool: 91 columns (CNS 2022), 84 or 85 (WTMC 2021). */
export const ids2017Corrected = cicDialect({
  ...common,
  name: "cic-ids-2017-corrected",
  title: "CIC-IDS-2017 corrected (91 columns of CNS 2022; 84 or 85 of WTMC 2021)",
  needs: `five day files, monday.csv to friday.csv, ${source}`,
  dataset: "cic-ids-2017-corrected",
});

/** The captures of CSE-CIC-IDS2018 through the same tool. */
export const ids2018Corrected = cicDialect({
  ...common,
  name: "cse-cic-ids2018-corrected",
  title: "CSE-CIC-IDS2018 corrected (91 columns of CNS 2022)",
  needs: `ten day files, ${source}`,
  dataset: "cse-cic-ids2018-corrected",
});
