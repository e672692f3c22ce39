import { cicDialect } from "./dialect.js";

/** Flows of the Python port: the names of ml-ids, times in seconds (here microseconds, as everywhere in the family). */
export const cicflowmeterPython = cicDialect({
  name: "cicflowmeter-python",
  title: "cicflowmeter (Python port), CSV in seconds",
  needs:
    "a capture and the Python package cicflowmeter; older versions write microseconds and are read as cicflowmeter",
  dataset: null,
  row:
    "one flow of the Python port, whose cwe_flag_count, subflow_* and *_seg_size_avg are other things than the Java tool's; " +
    "times are taken for UTC, whatever clock the tool ran under",
  citation: "https://github.com/hieulw/cicflowmeter, after Habibi Lashkari et al. 2017, ICISSP",
  columns: { spelling: "2018", times: "s" },
});
