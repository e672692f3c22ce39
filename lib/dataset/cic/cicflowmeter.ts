import { cicDialect } from "./dialect.js";

/** Flows of one's own: CICFlowMeter 4 in Java, the corrected tool, and any other file with such columns. */
export const cicflowmeter = cicDialect({
  name: "cicflowmeter",
  title: "CICFlowMeter 4 (Java) and its corrected edition, *_Flow.csv",
  needs:
    "a capture and https://github.com/ahlashkari/CICFlowMeter or https://github.com/GintsEngelen/CICFlowMeter",
  named: /_Flow\.csv/,
  dataset: null,
  row:
    "one flow of CICFlowMeter; version 4.0 leaves out flows of one packet and has neither TCP nor UDP as protocol 0 " +
    "(unknown_transport); times are taken for UTC, whatever clock the tool ran under",
  citation:
    "Habibi Lashkari, Draper-Gil, Mamun and Ghorbani 2017, Characterization of Tor traffic using time based features, ICISSP",
  columns: { spelling: "v4", times: "us", corrected: true },
});
