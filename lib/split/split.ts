import { DataError } from "../base/errors.js";
import type { Rng } from "../base/rng.js";
import { contentGroups } from "../dataset/content.js";
import { contentColumns } from "../dataset/registry.js";
import { Table, type TextColumn } from "../table/table.js";
import { codedColumn, codesOf } from "./groups.js";
import { type Part, partNames, type SplitRecipe } from "./recipe.js";
import { divide } from "./recipes.js";
import { factsOf, type SplitFacts } from "./report.js";
import { drawValidation } from "./validation.js";

export interface Split {
  /** `row_id` and `part`, one row for each row of flows. */
  readonly table: Table;
  readonly facts: SplitFacts;
}

/**
 * Divide flows into training, validation, test and unused rows.
 * @param flows canonical rows: `row_id`, `label`, `family`, the recipe's columns and those of the flow schema
 * @param rng the stream of this split; the same stream and rows give the same parts
 * @throws DataError when a column or value is not there, a part would be empty, or training has one class only
 */
export function splitFlows(flows: Table, recipe: SplitRecipe, rng: Rng): Split {
  const { rows, unused } = within(flows, recipe.within);
  const division = divide(flows, rows, recipe, rng.fork("test"));
  const columns = contentColumns(flows.names);
  const content = contentGroups(flows, columns);
  const families = codedColumn(flows, "family");
  const validation = drawValidation(
    division.train,
    families,
    content,
    recipe.validation,
    rng.fork("validation"),
  );
  const parts = new Int32Array(flows.rows).fill(partNames.indexOf("unused"));
  for (const row of division.train)
    parts[row] = partNames.indexOf(validation.rows.has(row) ? "validation" : "train");
  for (const row of division.test) parts[row] = partNames.indexOf("test");
  const part: TextColumn = { kind: "text", codes: parts, dictionary: partNames };
  check(flows, part, recipe);
  return {
    table: Table.of({ row_id: flows.column("row_id"), part }),
    facts: factsOf({
      flows,
      parts,
      recipe,
      content,
      columns,
      leftOut: validation.leftOut,
      unused: { ...unused, ...division.unused },
    }),
  };
}

/** The rows that `within` keeps to, in row order. */
function within(
  flows: Table,
  conditions: Readonly<Record<string, string>> | undefined,
): { rows: number[]; unused: Record<string, number> } {
  let rows = Array.from({ length: flows.rows }, (_, row) => row);
  for (const [name, value] of Object.entries(conditions ?? {})) {
    const coded = codedColumn(flows, name);
    const wanted = codesOf(coded, [value], `within (column ${name})`);
    rows = rows.filter((row) => wanted.has(coded.codes[row]));
  }
  const left = flows.rows - rows.length;
  return { rows, unused: left > 0 ? { outside_within: left } : {} };
}

function check(flows: Table, part: TextColumn, recipe: SplitRecipe): void {
  const labels = flows.text("label");
  const benign = labels.dictionary.indexOf("benign");
  const rowsOf = (name: Part): number[] =>
    Array.from(part.codes.keys()).filter((row) => part.dictionary[part.codes[row]] === name);
  for (const name of ["train", "test", "validation"] as const) {
    if (rowsOf(name).length > 0) continue;
    throw new DataError(
      `split: the ${name} part of recipe "${recipe.recipe}" is empty (${flows.rows} rows in all). ` +
        `Change ${name === "validation" ? "validation" : "the recipe's shares or values"} in params.yaml, or use more data.`,
    );
  }
  const train = rowsOf("train");
  const attacks = train.filter((row) => labels.codes[row] !== benign).length;
  if (attacks === 0 || attacks === train.length) {
    throw new DataError(
      `split: the training part of recipe "${recipe.recipe}" has ${attacks === 0 ? "no attack" : "no benign row"} ` +
        `(${train.length} rows, all ${attacks === 0 ? "benign" : "attacks"}), so a classifier has nothing to tell apart. ` +
        "Choose other shares or values in params.yaml.",
    );
  }
}
