import { DataError } from "../../base/errors.js";
import type { Rng } from "../../base/rng.js";
import type { Table } from "../../table/table.js";
import type { Divisible, Division } from "../division.js";
import { drawShare } from "../draw.js";
import { type Coded, codedColumn, codesOf, jointColumn, shortList } from "../groups.js";
import { type GroupRecipe, groupWords, listOf, type SplitRecipe } from "../recipe.js";
import { counted, countWhere, groupRows, keep, rowsWhere } from "../rows.js";

/** The group recipe that a word such as `day` stands for; undefined for recipes that are none. */
export function asGroup(recipe: SplitRecipe): GroupRecipe | undefined {
  if (recipe.recipe === "group") return recipe;
  const by = groupWords[recipe.recipe as keyof typeof groupWords];
  return by === undefined ? undefined : ({ ...recipe, recipe: "group", by } as GroupRecipe);
}

/** Whole groups are in one part: named values, or a share of the rows made of groups drawn at random. */
export function byGroup({ flows, rows, rng }: Divisible, recipe: GroupRecipe): Division {
  const by = listOf(recipe.by);
  const name = by.join("/");
  const groups = jointColumn(flows, by);
  const { sizes } = groupRows(groups.codes, rows, groups.values.length);
  const test =
    typeof recipe.test === "number"
      ? drawGroups(flows, groups, sizes, recipe.test, rng, name)
      : codesOf(groups, recipe.test, `test (column ${name})`, sizes);
  const train =
    recipe.train === undefined ? undefined : codesOf(groups, recipe.train, `train (column ${name})`, sizes);
  for (const code of test) {
    if (!train?.has(code)) continue;
    throw new DataError(
      `split: ${name} "${groups.values[code]}" is in both train and test. Name it once in params.yaml.`,
    );
  }
  const isTrain = groups.values.map((_, code) => (train === undefined ? !test.has(code) : train.has(code)));
  const isTest = groups.values.map((_, code) => test.has(code));
  const trainRows = keep(rows, (row) => groups.codes[row] >= 0 && isTrain[groups.codes[row]]);
  const testRows = keep(rows, (row) => groups.codes[row] >= 0 && isTest[groups.codes[row]]);
  const missing = countWhere(rows, (row) => groups.codes[row] < 0);
  return {
    train: trainRows,
    test: testRows,
    unused: {
      ...counted(`no_${by.join("_")}`, missing),
      ...counted("not_named_in_train", rows.length - missing - trainRows.length - testRows.length),
    },
  };
}

/** Groups in random order go to the test part while that brings its rows nearer to the wanted share. */
function drawGroups(
  flows: Table,
  groups: Coded,
  sizes: Int32Array,
  share: number,
  rng: Rng,
  by: string,
): Set<number> {
  const codes = present(sizes);
  if (codes.length < 2) throw tooFewGroups(flows, by, groups, codes);
  const chosen = drawShare(
    codes.map((code) => sizes[code]),
    share,
    rng,
  );
  return new Set(codes.filter((_, i) => chosen[i] === 1));
}

/** Codes that have rows. */
export function present(sizes: Int32Array): Int32Array {
  return rowsWhere(sizes.length, (code) => sizes[code] > 0);
}

function tooFewGroups(flows: Table, by: string, { values }: Coded, codes: Int32Array): DataError {
  const names = codes.length === 0 ? "" : ` (${values[codes[0]]})`;
  return new DataError(
    `split: column "${by}" has ${codes.length} value${codes.length === 1 ? "" : "s"}${names}; ` +
      `two groups are needed for a training and a test part. ${otherGroups(flows, by)}`,
  );
}

/** What a user may group by instead: columns of the table with several values. */
export function otherGroups(flows: Table, by: string): string {
  const names = ["site", "day", "host", "source", "campaign"].filter(
    (name) => flows.has(name) && !by.split("/").includes(name),
  );
  const possible = names.flatMap((name) => {
    const { length } = codedColumn(flows, name).values;
    return length >= 2 ? [`${name} (${length} values)`] : [];
  });
  const instead = [...possible, ...(flows.has("start_us") ? ["recipe time"] : [])];
  return instead.length === 0
    ? "Choose another column in params.yaml."
    : `Choose another column in params.yaml; possible here: ${shortList(instead, 6)}.`;
}
