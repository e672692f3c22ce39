import { FormatError } from "../base/errors.js";

/** A column of history.csv. */
export interface HistoryColumn {
  readonly name: string;
  /** NaN where the file has nothing. */
  readonly values: readonly number[];
}

/** What history.csv says of a training. */
export interface History {
  readonly columns: readonly HistoryColumn[];
  /** Why a training in epochs ended: none was better for as long as `patience` says, or all epochs are done. */
  readonly stopped: "patience" | "epochs" | null;
}

/** The last column of networks: the reason, in the last line. */
const STOPPED = "stopped";

/**
 * A model's history.csv: a heading, then numbers; an empty field is NaN. Of networks the last column says in the last line
 * why the training ended.
 * @throws FormatError when a line has another number of fields than the heading, or a field is not what belongs there
 */
export function parseHistory(text: string, path: string): History {
  const [head, ...lines] = text.trimEnd().split("\n");
  const names = head.split(",");
  const numbers = names.filter((name) => name !== STOPPED);
  let stopped: History["stopped"] = null;
  const rows = lines.map((line, i) => {
    const fields = line.split(",");
    const values = numbers.map((_, j) => (fields[j] === "" ? Number.NaN : Number(fields[j])));
    const reason = fields[numbers.length] ?? "";
    if (
      fields.length !== names.length ||
      values.some((value, j) => Number.isNaN(value) && fields[j] !== "") ||
      !["", "patience", "epochs"].includes(reason)
    )
      throw new FormatError(
        `${path}: line ${i + 2}: expected ${numbers.length} numbers (${head}), found "${line}". Run the train stage again.`,
      );
    if (reason !== "") stopped = reason as History["stopped"];
    return values;
  });
  return {
    columns: numbers.map((name, column) => ({ name, values: rows.map((row) => row[column]) })),
    stopped,
  };
}

/** Steps that have a value, and the values. */
export function knownPoints(
  steps: HistoryColumn,
  { values }: HistoryColumn,
): { readonly x: readonly number[]; readonly y: readonly number[] } {
  const known = values.map((_, i) => i).filter((i) => Number.isFinite(values[i]));
  return { x: known.map((i) => steps.values[i]), y: known.map((i) => values[i]) };
}
