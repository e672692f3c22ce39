import { drawContent } from "../content.js";
import type { Divisible, Division } from "../division.js";
import { codedColumn } from "../groups.js";
import type { RecipeOf } from "../recipe.js";
import { groupRows, keep } from "../rows.js";

/**
 * A random share of each family. A family of one row stays in training. Flows of one campaign are alike, so this flatters
 * every model: use it to show by how much, not to judge.
 */
export function stratified({ flows, rows, rng }: Divisible, recipe: RecipeOf<"stratified">): Division {
  const families = codedColumn(flows, "family");
  const grouped = groupRows(families.codes, rows, families.values.length);
  const drawn = new Uint8Array(flows.rows);
  families.values.forEach((family, code) => {
    const members = grouped.of(code);
    if (members.length === 0) return;
    const wanted = Math.round(members.length * recipe.test);
    const count = Math.min(Math.max(wanted, 1), members.length - 1);
    for (const at of rng.fork(family).sample(members.length, count)) drawn[members[at]] = 1;
  });
  return divided(rows, drawn);
}

/** A random share of each family, rows of equal content always in one part: no test row repeats a training row. */
export function duplicates(
  { flows, rows, content, rng }: Divisible,
  recipe: RecipeOf<"duplicates">,
): Division {
  const families = codedColumn(flows, "family");
  return divided(rows, drawContent(rows, families, content.groups, recipe.test, rng).drawn);
}

/** Rows with a flag are the test part, the others the training part. */
function divided(rows: Int32Array, drawn: Uint8Array): Division {
  return {
    train: keep(rows, (row) => drawn[row] === 0),
    test: keep(rows, (row) => drawn[row] === 1),
    unused: {},
  };
}
