import { FormatError } from "../base/errors.js";

/** A column of history.csv. */
export interface HistoryColumn {
  readonly name: string;
  /** NaN where the file has nothing. */
  readonly values: readonly number[];
}

/**
 * The columns of a model's history.csv: a heading, then numbers; an empty field is NaN.
 * @throws FormatError when a line has another number of fields than the heading, or a field is no number
 */
export function parseHistory(text: string, path: string): HistoryColumn[] {
  const [head, ...lines] = text.trimEnd().split("\n");
  const names = head.split(",");
  const rows = lines.map((line, i) => {
    const values = line.split(",").map((field) => (field === "" ? Number.NaN : Number(field)));
    if (
      values.length !== names.length ||
      line.split(",").some((field) => field !== "" && Number.isNaN(Number(field)))
    )
      throw new FormatError(
        `${path}: line ${i + 2}: expected ${names.length} numbers (${head}), found "${line}". Run the train stage again.`,
      );
    return values;
  });
  return names.map((name, column) => ({ name, values: rows.map((row) => row[column]) }));
}
