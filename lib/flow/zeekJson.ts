import type { ConnRows } from "./connRows.js";
import { flowFields } from "./fields.js";
import { type JsonRecord, readRecords } from "./jsonRecords.js";
import { parseValue } from "./zeekValue.js";

const known = new Set(flowFields.map((field) => field.zeek));
const labelNames = ["label", "detailed-label", "detailedlabel", "detailed_label"];
const timeText = /"ts"\s*:\s*([-+.\deE]+)/;

/**
 * Reads the lines of a Zeek log in JSON: one object a line. Missing values are left out (or -, (empty) or null), so that a column which no row
 * mentions cannot be told from one that is unset everywhere: every column counts as there. Several objects on one line
 * are several rows, counted (`two_records_on_a_line`); what is cut beside them is dropped (`torn_record`).
 */
export class ZeekJson {
  private readonly values: (number | string | null)[] = flowFields.map(() => null);

  constructor(private readonly rows: ConnRows) {
    for (const { name } of flowFields) rows.present.add(name);
  }

  line(text: string, number: number): void {
    if (text.trim() === "") {
      this.rows.repaired.add("blank_line", number);
      return;
    }
    const read = readRecords(text);
    if (read === undefined) {
      this.rows.drop("bad_json", number);
      return;
    }
    for (const record of read.records) this.record(record, number);
    if (read.records.length > 1) this.rows.repaired.add("two_records_on_a_line", number);
    for (let torn = 0; torn < read.torn; torn++) this.rows.drop("torn_record", number);
  }

  private record({ object, text }: JsonRecord, number: number): void {
    for (let i = 0; i < flowFields.length; i++) {
      const field = flowFields[i];
      const found = object[field.zeek];
      if (isMissing(found)) {
        if (field.name === "conn_state" || field.name === "start_us") {
          this.rows.drop(`no_${field.name}`, number);
          return;
        }
        this.values[i] = null;
        continue;
      }
      // The time is taken from the text, so that it never is a double in seconds.
      const value = parseValue(
        field.format,
        field.format === "time" && typeof found === "number"
          ? (timeText.exec(text)?.[1] ?? String(found))
          : String(found),
      );
      if (value === undefined) {
        this.rows.drop(`bad_value_${field.name}`, number);
        return;
      }
      this.values[i] = value;
    }
    for (const name of Object.keys(object)) {
      if (!known.has(name) && !labelNames.includes(name)) this.rows.ignored.add(name);
    }
    if (object.label !== undefined) this.rows.hasLabels = true;
    const detail = labelNames.slice(1).find((name) => object[name] !== undefined);
    this.rows.add(this.values, labelText(object.label), labelText(object[detail ?? ""]), number);
  }

  end(): void {}
}

function labelText(value: unknown): string | null {
  return isMissing(value) ? null : String(value).trim();
}

/** No such key, null, nothing, or what stands for it where TSV was made JSON by other hands. */
export function isMissing(value: unknown): boolean {
  return value === undefined || value === null || ["", "-", "(empty)"].includes(String(value).trim());
}
