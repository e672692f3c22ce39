import { constantText, hasValue } from "../canonical.js";
import { captured } from "../captured.js";
import { csvDialect } from "../csvDialect.js";
import type { Dialect } from "../dialect.js";
import { type CicColumns, cicColumns, cicSkipped, enoughCicColumns } from "./columns.js";
import { cicLabelPolicy, cicMeaning } from "./labels.js";
import { type CicName, cicName } from "./recognise.js";

/** What the dialects of CICFlowMeter differ in. */
export interface CicDialect
  extends Pick<Dialect, "title" | "dataset" | "row" | "citation" | "needs" | "named" | "partOf"> {
  readonly name: CicName;
  readonly columns: CicColumns;
  /** The day (yyyy-mm-dd) of a file without times, by its name. */
  readonly dayOf?: (file: string) => string | null;
}

/** A dialect of the family: one list of columns in all spellings, one way to find out whose a file is, one taxonomy. */
export function cicDialect({ name, columns, dayOf, ...facts }: CicDialect): Dialect {
  return csvDialect({
    mayBeNamed: /\.pcap_ISCX\b|TrafficForML_CICFlowMeter|_Flow\.csv/i,
    ...facts,
    name,
    labelPolicy: cicLabelPolicy,
    delimiters: [",", ";", "\t"],
    header: "names",
    fields: cicColumns(columns),
    enough: enoughCicColumns,
    skipped: cicSkipped,
    label: { columns: [["Label"]], text: ([label]) => label ?? "" },
    check: (records, header) => {
      const found = cicName(header, records);
      return found === name ? true : `CICFlowMeter's columns, but those of ${found}`;
    },
    extra: (path, table) => {
      const known = captured(table);
      const day = hasValue(known.day) ? null : (dayOf?.(path) ?? null);
      return day === null ? known : { ...known, day: constantText(day, table.rows) };
    },
    meaning: cicMeaning,
  });
}
