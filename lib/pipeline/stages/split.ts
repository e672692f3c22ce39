import { DataError } from "../../base/errors.js";
import { didYouMean } from "../../base/nearest.js";
import { Rng } from "../../base/rng.js";
import { contentColumns } from "../../dataset/registry.js";
import { columnsFor } from "../../split/columns.js";
import { readContent } from "../../split/content.js";
import { missingColumn } from "../../split/groups.js";
import type { SplitRecipe } from "../../split/recipe.js";
import type { SplitFacts } from "../../split/report.js";
import { splitFlows } from "../../split/split.js";
import type { Table } from "../../table/table.js";
import type { Stage, StageIo } from "../stage.js";

const FLOWS = "artifacts/flows.parquet";

/** Which rows train, validate and test. Reads flows.parquet, writes artifacts/splits/<split>.parquet and .json. */
export const split: Stage = {
  name: "split",
  async run(params, io) {
    const recipe = params.splits[io.key];
    if (recipe === undefined) {
      const names = Object.keys(params.splits);
      throw new DataError(
        `split: no split "${io.key}" under splits in params.yaml (has: ${names.join(", ")}).${didYouMean(io.key, names)}`,
      );
    }
    const there = await io.columnsOf(FLOWS);
    const columns = contentColumns(there);
    const content = await readContent(io.readBatches(FLOWS, columns), columns);
    const flows = await readColumns(recipe, there, content.columns, io);
    const rng = Rng.root(params.seed).fork("split").fork(io.key);
    const { table, facts } = splitFlows(flows, recipe, rng, content);
    await io.writeTable(`artifacts/splits/${io.key}.parquet`, table);
    io.writeJson(`artifacts/splits/${io.key}.json`, facts);
    for (const line of summary(facts)) io.log(`${io.key}: ${line}`);
  },
};

/** The columns that the recipe needs. */
async function readColumns(
  recipe: SplitRecipe,
  there: readonly string[],
  content: readonly string[],
  io: StageIo,
): Promise<Table> {
  const { needed, optional } = columnsFor(recipe);
  const absent = needed.find((name) => !there.includes(name));
  if (absent !== undefined) throw missingColumn(absent, there);
  // A hash of rows without any identity is one of their content.
  const hashed = recipe.recipe === "hash" && ![...needed, ...optional].some((name) => there.includes(name));
  const wanted = [...needed, ...optional, ...(hashed ? content : [])];
  const base = ["row_id", "label", "family"];
  return io.readTable(
    FLOWS,
    base,
    [...new Set(wanted)].filter((name) => !base.includes(name)),
  );
}

/** What a person should know of a split at once. */
function summary({ rows, folds, novel, short_families = [] }: SplitFacts): string[] {
  if (folds === undefined) {
    const { train, validation, test, unused } = rows;
    return [`${train} train, ${validation} validation, ${test} test, ${unused} unused`];
  }
  const sizes = folds.map((fold) => fold.rows.test).join(", ");
  return [
    `${folds.length} folds of ${sizes} rows, ${rows.unused} unused`,
    ...short_families.map(
      ({ family, rows: n, groups }) =>
        `${family} (${n} rows, ${groups} different) is not in every fold: there are ${folds.length}`,
    ),
    ...(novel.length === 0 ? [] : [`never in training where tested: ${novel.join(", ")}`]),
  ];
}
