import { dayText } from "../../flow/time.js";
import { type Column, type Table, type TextColumn, text } from "../../table/table.js";
import { csvDialect } from "../csvDialect.js";
import type { Dialect } from "../dialect.js";
import { type CicColumns, cicColumns, cicSkipped } from "./columns.js";
import { cicLabelPolicy, cicMeaning } from "./labels.js";
import { type CicName, cicName } from "./recognise.js";

const DAY_US = 86_400e6;

/** What the dialects of CICFlowMeter differ in. */
export interface CicDialect
  extends Pick<Dialect, "title" | "dataset" | "row" | "citation" | "needs" | "partOf"> {
  readonly name: CicName;
  readonly columns: CicColumns;
  /** Hours of the testbed's local time from UTC, where `day` is to be the local day. */
  readonly hoursFromUtc?: number;
  /** The day (yyyy-mm-dd) of a file without times, by its name. */
  readonly dayOf?: (file: string) => string | null;
}

/** A dialect of the family: one list of columns in all spellings, one way to find out whose a file is, one taxonomy. */
export function cicDialect({ name, columns, hoursFromUtc, dayOf, ...facts }: CicDialect): Dialect {
  return csvDialect({
    ...facts,
    name,
    labelPolicy: cicLabelPolicy,
    delimiters: [",", ";", "\t"],
    header: "names",
    fields: cicColumns(columns),
    skipped: cicSkipped,
    label: { columns: [["Label"]], text: ([label]) => label ?? "" },
    check: (records, header) => {
      const found = cicName(header, records);
      return found === name ? true : `CICFlowMeter's columns, but those of ${found}`;
    },
    extra: (path, table) => ({
      ...(hoursFromUtc === undefined ? {} : { day: localDays(table, hoursFromUtc, dayOf?.(path) ?? null) }),
      ...(table.has("orig_addr") ? { host: table.column("orig_addr") } : {}),
    }),
    meaning: cicMeaning,
  });
}

/** The local day of each row, yyyy-mm-dd; of rows without a time that of the file. */
function localDays(table: Table, hoursFromUtc: number, ofFile: string | null): Column {
  const starts = table.has("start_us") ? table.numbers("start_us") : [];
  if (!starts.some((us) => !Number.isNaN(us))) return text(new Array<string | null>(table.rows).fill(ofFile));
  const codeOf = new Map<number, number>();
  const codes = Int32Array.from(starts, (us) => {
    if (Number.isNaN(us)) return -1;
    const day = Math.floor((us + hoursFromUtc * 3600e6) / DAY_US);
    const code = codeOf.get(day) ?? codeOf.size;
    codeOf.set(day, code);
    return code;
  });
  const dictionary = [...codeOf.keys()].map((day) => dayText(day));
  return { kind: "text", codes, dictionary } satisfies TextColumn;
}
