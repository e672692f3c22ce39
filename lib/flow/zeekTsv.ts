import { FormatError } from "../base/errors.js";
import type { ConnRows } from "./connRows.js";
import { flowFields } from "./fields.js";
import { parseValue } from "./zeekValue.js";

/** IoT-23 writes its last three columns into one, three blanks between them, in the header and in every row. */
export const GLUE = "   ";
const detailNames = ["detailed-label", "detailedlabel", "detailed_label"];

/** What a `#separator \\x09` line says; undefined: nothing. */
export function parseSeparator(line: string): string | undefined {
  const value = line.slice("#separator".length).trim();
  const separator = value.replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return separator.length > 0 ? separator : undefined;
}

/** Where the columns of the flow record are in a row, as the latest #fields line says. */
interface Layout {
  readonly width: number;
  /** Fields glued into the last cell; 1 in an ordinary log. */
  readonly glued: number;
  readonly index: Int32Array;
  readonly label: number;
  readonly detail: number;
}

/** Reads the lines of a tab-separated Zeek log; its header lines may come again anywhere. */
export class ZeekTsv {
  private separator = "\t";
  private unset = "-";
  private empty = "(empty)";
  private layout: Layout | undefined;
  private readonly values: (number | string | null)[] = flowFields.map(() => null);

  constructor(
    private readonly path: string,
    private readonly rows: ConnRows,
  ) {}

  line(text: string, number: number): void {
    if (text.startsWith("#")) this.header(text, number);
    else if (text.trim() === "") this.rows.repaired.add("blank_line", number);
    else if (/^\s+#/.test(text)) {
      this.rows.repaired.add("indented_header_line", number);
      this.header(text.trimStart(), number);
    } else this.row(text, number);
  }

  /** @throws FormatError when no #fields line was seen: the file is not a Zeek log */
  end(): void {
    if (this.layout === undefined) {
      throw new FormatError(
        `zeek: ${this.path} has no #fields line, so the meaning of its columns is unknown. ` +
          "Use the log as Zeek wrote it, header lines included, or JSON lines.",
      );
    }
  }

  private header(text: string, number: number): void {
    if (text.startsWith("#separator")) {
      this.separator = parseSeparator(text) ?? this.separator;
      return;
    }
    const [key, ...rest] = text.split(this.separator);
    if (key === "#unset_field") this.unset = rest[0] ?? this.unset;
    else if (key === "#empty_field") this.empty = rest[0] ?? this.empty;
    else if (key === "#fields") this.layout = this.plan(rest, number);
    else if (key === "#path" && rest[0] !== "conn") {
      throw new FormatError(
        `zeek: ${this.path}, line ${number}: this is a log of "${rest[0]}", expected "conn". ` +
          "Leave it out with dataset.files in params.yaml.",
      );
    }
  }

  private plan(cells: readonly string[], number: number): Layout {
    const glue = (cells.at(-1) ?? "").split(GLUE).map((name) => name.trim());
    const names = [...cells.slice(0, -1), ...glue];
    const index = Int32Array.from(flowFields, (field) => names.indexOf(field.zeek));
    const missing = flowFields.filter((field, i) => field.required && index[i] < 0).map(({ zeek }) => zeek);
    if (missing.length > 0) {
      throw new FormatError(
        `zeek: ${this.path}, line ${number}: #fields lacks ${missing.join(", ")} (has: ${names.join(", ")}). ` +
          "Use a conn.log with Zeek's own columns.",
      );
    }
    flowFields.forEach((field, i) => {
      if (index[i] >= 0) this.rows.present.add(field.name);
    });
    const label = names.indexOf("label");
    const detail = names.findIndex((name) => detailNames.includes(name));
    if (label >= 0) this.rows.hasLabels = true;
    names.forEach((name, i) => {
      if (i !== label && i !== detail && !index.includes(i)) this.rows.ignored.add(name);
    });
    return { width: names.length, glued: glue.length, index, label, detail };
  }

  private row(text: string, number: number): void {
    const layout = this.layout;
    if (layout === undefined) {
      throw new FormatError(
        `zeek: ${this.path}, line ${number}: a row before any #fields line. ` +
          "Use the log as Zeek wrote it, header lines included, or JSON lines.",
      );
    }
    let cells = text.split(this.separator);
    if (layout.glued > 1 && cells.length === layout.width - layout.glued + 1) {
      cells = [...cells.slice(0, -1), ...cells[cells.length - 1].split(GLUE)];
    }
    if (cells.length !== layout.width) {
      this.rows.drop(cells.length < layout.width ? "too_few_fields" : "too_many_fields", number);
      return;
    }
    const { values } = this;
    for (let i = 0; i < flowFields.length; i++) {
      const cell = layout.index[i] < 0 ? this.unset : cells[layout.index[i]];
      if (cell === this.unset || cell === this.empty) {
        values[i] = null;
        continue;
      }
      const value = parseValue(flowFields[i].format, cell);
      if (value === undefined) {
        this.rows.drop(`bad_value_${flowFields[i].name}`, number);
        return;
      }
      values[i] = value;
    }
    this.rows.add(values, this.textOf(cells, layout.label), this.textOf(cells, layout.detail), number);
  }

  private textOf(cells: readonly string[], index: number): string | null {
    const cell = index < 0 ? this.unset : cells[index].trim();
    return cell === this.unset || cell === this.empty ? null : cell;
  }
}
