import type { z } from "zod";
import type { Rng } from "../base/rng.js";
import { contentColumns } from "../dataset/registry.js";
import { fittedView } from "../features/fittedView.js";
import type { FeatureColumn } from "../features/schema.js";
import type { FittedView } from "../features/view.js";
import { ofWindows } from "../models/entryView.js";
import { definitionOf, type ModelParams, ownParams } from "../models/registry.js";
import { FOLDS, type SearchParams } from "../models/search/params.js";
import { type Around, type Searched, type SearchRows, searchParameters } from "../models/search/search.js";
import { type Selected, selectColumns } from "../models/select/select.js";
import type { LabelledRows } from "../models/train.js";
import { readContent } from "../split/content.js";
import {
  goesByTime,
  groupsOfRecipe,
  type InnerFolds,
  innerFolds,
  TIME,
  timeFolds,
  trainsFor,
} from "../split/innerFolds.js";
import type { SplitRecipe } from "../split/recipe.js";
import { rowsOfBatches } from "../table/rowsOfBatches.js";
import type { Table } from "../table/table.js";
import type { Params } from "./params.js";
import type { StageIo } from "./stage.js";

const FLOWS = "artifacts/flows.parquet";

/** Rows of the flows as a view's levels encode them. */
export type Labelled = (rows: Int32Array, view: Pick<FittedView, "levels">) => Promise<LabelledRows>;

/** What the choices inside a training part are made from. */
export interface Choice {
  readonly params: Params;
  readonly io: StageIo;
  readonly split: string;
  readonly entry: ModelParams;
  readonly columns: readonly FeatureColumn[];
  readonly flows: Table;
  readonly features: () => Promise<Table>;
  readonly classes: readonly string[];
  readonly trainRows: Int32Array;
  readonly validationRows: Int32Array;
  readonly labelled: Labelled;
  readonly isAttack: (row: number) => boolean;
  /** A view as it was fitted on the training rows. */
  readonly viewNamed: (name: string) => Promise<FittedView>;
  /** Where the selection on all training rows takes its random numbers from. */
  readonly selectRng: Rng;
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
export async function chosenParameters(choice: Choice, rng: Rng): Promise<Searched | undefined> {
  const { entry, params, classes, log } = choice;
  const { search } = entry;
  if (search === undefined) return undefined;
  const task = {
    ...{ definition: definitionOf(entry.type), own: ownParams(entry), search, classes },
    ...(entry.resample === undefined ? {} : { resample: entry.resample }),
    ...{ rng, threads: params.threads, log },
  };
  if (search.by === "validation") {
    const rows = (around: Around): Promise<SearchRows> => onValidation(withAround(choice, around));
    return searchParameters({ ...task, folds: [{ name: "validation", rows }] });
  }
  const inner = await searchFolds(search, choice, rng.fork("folds"));
  const folds = Array.from({ length: search.folds ?? FOLDS }, (_, i) => ({
    name: `fold_${i + 1}`,
    rows: (around: Around): Promise<SearchRows> => onFold(withAround(choice, around), inner, i + 1, rng),
  }));
  return searchParameters({ ...task, folds, groups: inner.groups });
}

/** An entry that deals rows to folds itself (stacking): they keep together what the split does, where it names nothing. */
export function entryOnSplit(entry: ModelParams, recipe: SplitRecipe | undefined): ModelParams {
  const { shape } = definitionOf(entry.type).params as unknown as z.ZodObject;
  const isOpen = "groups" in shape && entry.groups === undefined && recipe !== undefined;
  return isOpen ? { ...entry, groups: groupsOfRecipe(recipe) } : entry;
}

/** The entry as a search has chosen what lies around the model. */
export function entryAround(entry: ModelParams, { view, keep }: Around): ModelParams {
  return {
    ...entry,
    ...(view === undefined ? {} : { view }),
    ...(entry.select === undefined || keep === undefined ? {} : { select: { ...entry.select, keep } }),
  };
}

/** A candidate's choice. How stable its selection is is told once, for what is chosen, and there are no words of it. */
function withAround(choice: Choice, around: Around): Choice {
  const entry = entryAround(choice.entry, around);
  return {
    ...choice,
    entry: entry.select === undefined ? entry : { ...entry, select: { ...entry.select, repeats: 0 } },
    log: () => undefined,
  };
}

async function onValidation(choice: Choice): Promise<SearchRows> {
  const { entry, trainRows, validationRows, labelled, viewNamed, selectRng } = choice;
  const fitted = await viewNamed(entry.view);
  const train = await labelled(trainRows, fitted);
  const selected = await chosenColumns(choice, fitted, train, selectRng);
  const validation = await labelled(validationRows, fitted);
  return { view: selected?.view ?? fitted, train, validation, heldOut: validation };
}

async function onFold(choice: Choice, inner: InnerFolds, f: number, rng: Rng): Promise<SearchRows> {
  const { params, entry, columns, features, trainRows, validationRows, labelled } = choice;
  const rows = trainRows.filter((_, i) => trainsFor(inner, inner.fold[i], f));
  const steps = params.views[entry.view];
  const fitted = ofWindows(
    entry,
    await fittedView(await features(), columns, entry.view, steps, rows, choice.isAttack),
  );
  const train = await labelled(rows, fitted);
  const selected = await chosenColumns(choice, fitted, train, rng.fork("select").fork(f));
  return {
    view: selected?.view ?? fitted,
    train,
    validation: await labelled(validationRows, fitted),
    heldOut: await labelled(
      trainRows.filter((_, i) => inner.fold[i] === f),
      fitted,
    ),
  };
}

/** Deal the training rows to folds. Looks at their content and groups, and at no other row's. */
async function searchFolds(search: SearchParams, choice: Choice, rng: Rng): Promise<InnerFolds> {
  const { io, flows, params, split, trainRows } = choice;
  const count = search.folds ?? FOLDS;
  if (isByTime(search, params.splits[split])) return timeFolds(flows.take(trainRows), count);
  const columns = contentColumns(await io.columnsOf(FLOWS));
  const content = await readContent(rowsOfBatches(io.readBatches(FLOWS, columns), trainRows), columns);
  const required = search.groups !== undefined;
  const by = searchColumns(search, params.splits[split]).filter((name) => required || flows.has(name));
  return innerFolds(flows.take(trainRows), content, count, by, required, rng);
}

/** Columns of flows.parquet that the folds of a search may go by. */
export function searchColumns(search: SearchParams | undefined, recipe: SplitRecipe | undefined): string[] {
  if (search?.by !== "folds" || recipe === undefined) return [];
  if (isByTime(search, recipe)) return ["start_us"];
  return search.groups === undefined ? [...groupsOfRecipe(recipe)] : [search.groups];
}

function isByTime({ groups }: SearchParams, recipe: SplitRecipe): boolean {
  return groups === undefined ? goesByTime(recipe) : groups === TIME;
}
