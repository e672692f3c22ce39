import { DataError } from "../../base/errors.js";
import { compareText } from "../../base/json.js";
import { didYouMean } from "../../base/nearest.js";
import type { Table } from "../../table/table.js";
import { drawContent } from "../content.js";
import type { Divisible, Division } from "../division.js";
import { codedColumn, shortList } from "../groups.js";
import { listOf, type RecipeOf } from "../recipe.js";
import { keep } from "../rows.js";

/**
 * One attack (or several) that training never sees: its rows are the test part, with a share of the benign rows. All
 * other attacks and the rest of the benign rows are the training part. Benign rows of equal content stay together.
 * @throws DataError when the attack does not occur
 */
export function leaveOut(
  { flows, rows, content, rng }: Divisible,
  recipe: RecipeOf<"leave-one-attack-out">,
): Division {
  const families = codedColumn(flows, "family");
  const labels = codedColumn(flows, "label");
  const wanted = new Set(listOf(recipe.attack));
  const isFamily = families.values.map((family) => wanted.has(family));
  const isLabel = labels.values.map((label) => wanted.has(label));
  const isLeftOut = (row: number): boolean => isFamily[families.codes[row]] || isLabel[labels.codes[row]];
  const attacks = keep(rows, isLeftOut);
  const names = attackNames(flows, rows);
  for (const name of wanted) if (!names.includes(name)) throw noSuchAttack(name, names);
  const benign = labels.values.indexOf("benign");
  const benignRows = keep(rows, (row) => labels.codes[row] === benign);
  const { drawn } = drawContent(benignRows, families, content.groups, recipe.benign, rng);
  for (const row of attacks) drawn[row] = 1;
  return {
    train: keep(rows, (row) => drawn[row] === 0),
    test: keep(rows, (row) => drawn[row] === 1),
    unused: {},
  };
}

/** Labels and families of the attack rows, sorted. */
function attackNames(flows: Table, rows: Int32Array): string[] {
  const names = new Set<string>();
  for (const column of ["family", "label"]) {
    const { codes, values } = codedColumn(flows, column);
    const seen = new Uint8Array(values.length);
    for (const row of rows) if (codes[row] >= 0) seen[codes[row]] = 1;
    values.forEach((value, code) => {
      if (seen[code] === 1 && value !== "benign") names.add(value);
    });
  }
  return [...names].sort(compareText);
}

function noSuchAttack(name: string, names: readonly string[]): DataError {
  return new DataError(
    `split: attack "${name}" does not occur in the data (attacks: ${shortList(names, 30)}).` +
      `${didYouMean(name, names)} Correct it in params.yaml.`,
  );
}
