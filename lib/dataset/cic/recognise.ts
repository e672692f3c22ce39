import { ownNames, snakeCase } from "./columns.js";
import type { Spelling } from "./features.js";

/** The dialects of the family, by the names that `dataset.dialect` has. */
export type CicName =
  | "cic-ids-2017"
  | "cic-ids-2017-flows"
  | "cic-ids-2017-corrected"
  | "cse-cic-ids2018"
  | "cse-cic-ids2018-corrected"
  | "cicflowmeter"
  | "cicflowmeter-python";

type Records = readonly (readonly string[])[];

/** Days of the captures. */
const days: Readonly<Record<"2017" | "2018", readonly [string, string]>> = {
  "2017": ["2017-07-03", "2017-07-07"],
  "2018": ["2018-02-14", "2018-03-03"],
};

/**
 * Which dialect of CICFlowMeter a file is of, by its column names, the days of its first rows and, where these leave it
 * open, their labels. What is of no published dataset is `cicflowmeter`: somebody's own flows.
 */
export function cicName(header: readonly string[], records: Records): CicName {
  const keys = header.map(snakeCase);
  const has = (...names: string[]): boolean => names.some((name) => keys.includes(name));
  const cells = (name: string): string[] => {
    const at = keys.indexOf(name);
    return at < 0 ? [] : records.map((record) => record[at]?.trim() ?? "");
  };
  const dates = cells("timestamp").flatMap((cell) => dateOf(cell) ?? []);
  const during = (year: keyof typeof days): boolean =>
    dates.some((date) => date >= days[year][0] && date <= days[year][1]);
  const undated = dates.every((date) => date < "1971"); // a fault of the release of 2018, or no dates at all
  const labels = cells("label").filter((label) => label !== "");
  const byHand = labels.some((label) => !/^(needmanuallabel|no label)$/i.test(label));
  const flowColumns = has("source_ip", "src_ip");

  if (has("fwd_packets_length_total")) return labels.some(is2017) ? "cic-ids-2017" : "cse-cic-ids2018";
  const spelling = spellingOf(keys) ?? (flowColumns || dates.length > 0 ? "v4" : "2017");
  if (spelling === "2017") {
    if (!undated && !during("2017")) return "cicflowmeter";
    return flowColumns ? "cic-ids-2017-flows" : "cic-ids-2017";
  }
  if (spelling === "2018") {
    if (flowColumns && !has("flow_id") && inSeconds(cells)) return "cicflowmeter-python";
    const published = during("2018") || (undated && !flowColumns);
    return published && (byHand || !flowColumns) ? "cse-cic-ids2018" : "cicflowmeter";
  }
  const corrected = has("attempted_category") || byHand;
  if (corrected && during("2017")) return "cic-ids-2017-corrected";
  if (corrected && during("2018")) return "cse-cic-ids2018-corrected";
  return "cicflowmeter";
}

/** The spelling of which most names are that no other has; undefined: 2017 and version 4 share all that are there. */
function spellingOf(keys: readonly string[]): Spelling | undefined {
  const count = (spelling: Spelling): number => keys.filter((key) => ownNames[spelling].has(key)).length;
  const [y2017, v4, y2018] = [count("2017"), count("v4"), count("2018")];
  if (y2018 > Math.max(y2017, v4)) return "2018";
  return y2017 === v4 ? undefined : y2017 > v4 ? "2017" : "v4";
}

/** The day of a time in one of the ways that the family writes them; undefined when it is something else. */
function dateOf(cell: string): string | undefined {
  const iso = /^(\d{4})-(\d\d)-(\d\d)/.exec(cell);
  if (iso !== null) return iso[0];
  const dmy = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})/.exec(cell);
  return dmy === null ? undefined : `${dmy[3]}-${dmy[2].padStart(2, "0")}-${dmy[1].padStart(2, "0")}`;
}

/** A name that only CIC-IDS-2017 has. */
function is2017(label: string): boolean {
  return /^(web attack|dos (hulk|goldeneye|slow)|ddos$|portscan|heartbleed|infiltration|(ftp|ssh)-patator)/i.test(
    label,
  );
}

/**
 * Whether durations are seconds, as the present Python port writes them, and not microseconds, as its older versions do:
 * packets over the rate is the duration in seconds.
 */
function inSeconds(cells: (name: string) => string[]): boolean {
  const [durations, rates, forward, backward] = [
    "flow_duration",
    "flow_pkts_s",
    "tot_fwd_pkts",
    "tot_bwd_pkts",
  ].map((name) => cells(name).map(Number));
  const row = rates.findIndex((rate, i) => rate > 0 && durations[i] > 0);
  if (row < 0) return true;
  const seconds = (forward[row] + backward[row]) / rates[row];
  return durations[row] < seconds * 1000;
}
