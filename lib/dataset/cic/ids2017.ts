import { officeClock } from "./clock.js";
import { cicDialect } from "./dialect.js";

const citation =
  "Sharafaldin, Habibi Lashkari and Ghorbani 2018, Toward generating a new intrusion detection dataset and intrusion " +
  "traffic characterization, ICISSP";
const source =
  "from https://www.unb.ca/cic/datasets/ids-2017.html (University of New Brunswick: free to use and to pass on, with citation)";

/** July in New Brunswick: ADT. */
const hoursFromUtc = -3;
const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday"];

/** Monday is 2017-07-03. */
function dayOf(path: string): string | null {
  const weekday = weekdays.findIndex((name) => path.toLowerCase().includes(`${name}-workinghours`));
  return weekday < 0 ? null : `2017-07-0${3 + weekday}`;
}

/** CIC-IDS-2017 without addresses and times; `Fwd Header Length` stands in it twice. */
export const ids2017 = cicDialect({
  name: "cic-ids-2017",
  title: "CIC-IDS-2017, MachineLearningCVE (79 columns; copies of 77 and 78)",
  needs: `MachineLearningCSV.zip, eight *.pcap_ISCX.csv, ${source}`,
  named: /\.pcap_ISCX\b/i,
  dataset: "cic-ids-2017",
  row: "one flow of CICFlowMeter, of the 85-column files without addresses, protocol and time; the day is that of the file's name",
  citation,
  columns: { spelling: "2017", times: "us" },
  dayOf,
  // The same eight files lie in both archives under the same names.
  partOf(file, others) {
    const name = file.slice(file.lastIndexOf("/") + 1);
    return others.find(
      (other) =>
        other !== file && other.endsWith(`/${name}`) && /(traffic|flow)[-_ ]?s?label|labell?ed/i.test(other),
    );
  },
});

/** CIC-IDS-2017 with addresses and times: local time, hours from 1 to 12, most files to the minute. */
export const ids2017Flows = cicDialect({
  name: "cic-ids-2017-flows",
  title: "CIC-IDS-2017, TrafficLabelling or GeneratedLabelledFlows (85 columns; copies of 84)",
  needs: `GeneratedLabelledFlows.zip, eight *.pcap_ISCX.csv, ${source}`,
  named: /\.pcap_ISCX\b/i,
  dataset: "cic-ids-2017",
  row:
    "one flow of CICFlowMeter, cut at the first FIN and after 120 s; times are made UTC (UTC-3, hours 1 to 7 are " +
    "afternoon) and are to the minute in all but Monday's file, so that rows of a minute have no order",
  citation,
  columns: { spelling: "2017", times: "us", clock: officeClock(hoursFromUtc) },
  dayOf,
});
