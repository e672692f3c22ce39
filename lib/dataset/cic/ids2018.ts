import { officeClock } from "./clock.js";
import { cicDialect } from "./dialect.js";

/** February in New Brunswick: AST. */
const hoursFromUtc = -4;

/** `Wednesday-14-02-2018_…` as the release calls its files, `02-14-2018.csv` as copies do. */
function dayOf(path: string): string | null {
  const release = /(\d\d)-(\d\d)-(2018)_/.exec(path);
  if (release !== null) return `${release[3]}-${release[2]}-${release[1]}`;
  const copy = /(?:^|[\\/])(\d\d)-(\d\d)-(2018)\b/.exec(path);
  return copy === null ? null : `${copy[3]}-${copy[1]}-${copy[2]}`;
}

/**
 * CSE-CIC-IDS2018 in the spellings of the release, of ml-ids (snake_case) and of the cleaned edition; the file of 20
 * February has four more columns. Header rows inside the files are dropped and counted by the reader.
 */
export const ids2018 = cicDialect({
  name: "cse-cic-ids2018",
  title: "CSE-CIC-IDS2018 (80 columns, one file of 84; snake_case; the cleaned edition of 78)",
  needs:
    "ten *_TrafficForML_CICFlowMeter.csv, from the bucket s3://cse-cic-ids2018 that " +
    "https://www.unb.ca/cic/datasets/ids-2018.html names (free to use and to pass on, with citation)",
  named: /TrafficForML_CICFlowMeter/i,
  dataset: "cse-cic-ids2018",
  row:
    "one flow of CICFlowMeter, cut at the first FIN and after 120 s; times are made UTC (UTC-4, hours 1 to 7 are " +
    "afternoon); some lie in 1970, as the files have them",
  citation:
    "Sharafaldin, Habibi Lashkari and Ghorbani 2018, Toward generating a new intrusion detection dataset and intrusion " +
    "traffic characterization, ICISSP",
  columns: { spelling: "2018", times: "us", clock: officeClock(hoursFromUtc) },
  dayOf,
});
