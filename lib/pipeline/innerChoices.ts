import type { Rng } from "../base/rng.js";
import { contentColumns } from "../dataset/registry.js";
import { fittedView } from "../features/fittedView.js";
import type { FeatureColumn } from "../features/schema.js";
import type { FittedView } from "../features/view.js";
import { definitionOf, type ModelParams, ownParams } from "../models/registry.js";
import { FOLDS, type SearchParams } from "../models/search/params.js";
import { type Searched, type SearchFold, searchParameters } from "../models/search/search.js";
import { type Selected, selectColumns } from "../models/select/select.js";
import type { LabelledRows } from "../models/train.js";
import { readContent } from "../split/content.js";
import { groupsOfRecipe, type InnerFolds, innerFolds } from "../split/innerFolds.js";
import type { SplitRecipe } from "../split/recipe.js";
import { rowsOfBatches } from "../table/rowsOfBatches.js";
import type { Table } from "../table/table.js";
import type { Params } from "./params.js";
import type { StageIo } from "./stage.js";

const FLOWS = "artifacts/flows.parquet";

/** Rows of the flows as a view's levels encode them. */
export type Labelled = (rows: Int32Array, view: Pick<FittedView, "levels">) => LabelledRows;

/** What the choices inside a training part are made from. */
export interface Choice {
  readonly params: Params;
  readonly io: StageIo;
  readonly split: string;
  readonly entry: ModelParams;
  readonly columns: readonly FeatureColumn[];
  readonly flows: Table;
  readonly features: Table;
  readonly classes: readonly string[];
  readonly trainRows: Int32Array;
  readonly validationRows: Int32Array;
  readonly labelled: Labelled;
  readonly isAttack: (row: number) => boolean;
  readonly log: (line: string) => void;
}

/** The columns of its view that a model gets, where its entry has them selected. */
export async function chosenColumns(
  { entry, params, classes, log }: Pick<Choice, "entry" | "params" | "classes" | "log">,
  view: FittedView,
  train: LabelledRows,
  rng: Rng,
): Promise<Selected | undefined> {
  const { select } = entry;
  if (select === undefined) return undefined;
  return selectColumns({ select, view, train, classes, rng, threads: params.threads, log });
}

/**
 * The best of the parameters that an entry has searched. On folds the view is fitted and the columns are selected anew
 * in each, on the rows that are not held out.
 */
export async function chosenParameters(
  choice: Choice,
  view: FittedView,
  train: LabelledRows,
  validation: LabelledRows,
  rng: Rng,
): Promise<Searched | undefined> {
  const { entry, params, classes, log } = choice;
  const { search } = entry;
  if (search === undefined) return undefined;
  const task = {
    ...{ definition: definitionOf(entry.type), own: ownParams(entry), search, classes },
    ...(entry.resample === undefined ? {} : { resample: entry.resample }),
    ...{ rng, threads: params.threads, log },
  };
  if (search.by === "validation") {
    const only = { name: "validation", view, train, validation, heldOut: validation };
    return searchParameters({ ...task, folds: [async () => only] });
  }
  const { fold, groups } = await searchFolds(search, choice, rng.fork("folds"));
  const count = fold.reduce((most, f) => Math.max(most, f), 0);
  const folds = Array.from({ length: count }, (_, i) => () => foldOf(choice, fold, i + 1, rng));
  return searchParameters({ ...task, folds, groups });
}

async function foldOf(choice: Choice, fold: Int32Array, f: number, rng: Rng): Promise<SearchFold> {
  const { params, entry, columns, features, trainRows, validationRows, labelled } = choice;
  const rows = trainRows.filter((_, i) => fold[i] !== f);
  const steps = params.views[entry.view];
  const fitted = await fittedView(features, columns, entry.view, steps, rows, choice.isAttack);
  const train = labelled(rows, fitted);
  // How stable the selection is is told once, for all training rows.
  const once = {
    ...choice,
    entry: entry.select === undefined ? entry : { ...entry, select: { ...entry.select, repeats: 0 } },
    log: () => undefined,
  };
  const selected = await chosenColumns(once, fitted, train, rng.fork("select").fork(f));
  return {
    name: `fold_${f}`,
    view: selected?.view ?? fitted,
    train,
    validation: labelled(validationRows, fitted),
    heldOut: labelled(
      trainRows.filter((_, i) => fold[i] === f),
      fitted,
    ),
  };
}

/** Deal the training rows to folds. Looks at their content and groups, and at no other row's. */
async function searchFolds(search: SearchParams, choice: Choice, rng: Rng): Promise<InnerFolds> {
  const { io, flows, params, split, trainRows } = choice;
  const columns = contentColumns(await io.columnsOf(FLOWS));
  const content = await readContent(rowsOfBatches(io.readBatches(FLOWS, columns), trainRows), columns);
  const required = search.groups !== undefined;
  const by = searchColumns(search, params.splits[split]).filter((name) => required || flows.has(name));
  return innerFolds(flows.take(trainRows), content, search.folds ?? FOLDS, by, required, rng);
}

/** Columns of flows.parquet that the folds of a search may go by. */
export function searchColumns(search: SearchParams | undefined, recipe: SplitRecipe | undefined): string[] {
  if (search?.by !== "folds" || recipe === undefined) return [];
  return search.groups === undefined ? [...groupsOfRecipe(recipe)] : [search.groups];
}
