import { DataError } from "../base/errors.js";
import { compareText } from "../base/json.js";
import type { Table } from "../table/table.js";

/** What is to be predicted: `task.target` of params.yaml. */
export type TargetName = "binary" | "family" | "label";

/** The truth of every row, coded; `classes[0]` is "benign". */
export interface Target {
  readonly classes: readonly string[];
  /** Class of each row; -1 where it has none of `classes`. */
  readonly codes: Int32Array;
}

/**
 * Truth of the rows of a canonical table (columns `label` and `family`).
 * binary: benign and attack; family: benign and the families; label: benign and the attacks' own names (both sorted).
 * @throws DataError when a row has no label: nothing silently counts as benign
 */
export function targetOf(flows: Table, target: TargetName): Target {
  const flags = attackFlags(flows);
  if (target === "binary") return { classes: ["benign", "attack"], codes: Int32Array.from(flags) };
  const column = flows.text(target);
  const present = new Set<string>();
  for (const code of column.codes) if (code >= 0) present.add(column.dictionary[code]);
  present.delete("benign");
  const classes = ["benign", ...[...present].sort(compareText)];
  const map = column.dictionary.map((name) => classes.indexOf(name));
  return { classes, codes: column.codes.map((code) => map[code] ?? -1) };
}

/** 1 for every row whose label is not "benign". @throws DataError when a row has no label */
export function attackFlags(flows: Table): Uint8Array {
  const { codes, dictionary } = flows.text("label");
  const unlabelled = codes.indexOf(-1);
  if (unlabelled >= 0) {
    throw new DataError(
      `target: row ${unlabelled} has no label, every row needs one here. Run ingest, which drops such rows and counts ` +
        "them, or say what they are under labels in params.yaml.",
    );
  }
  const benign = dictionary.indexOf("benign");
  return Uint8Array.from(codes, (code) => (code === benign ? 0 : 1));
}

/**
 * The same truth over the classes that training rows have: a model can only learn those. Rows of other classes get -1.
 */
export function restrictTarget(target: Target, rows: ArrayLike<number>): Target {
  const present = new Uint8Array(target.classes.length);
  for (let i = 0; i < rows.length; i++) present[target.codes[rows[i]]] = 1;
  const classes = target.classes.filter((_, i) => i === 0 || present[i] === 1);
  const map = target.classes.map((name) => classes.indexOf(name));
  return { classes, codes: target.codes.map((code) => map[code] ?? -1) };
}
