import { DataError } from "../base/errors.js";
import { hashFile } from "../base/hash.js";
import { didYouMean } from "../base/nearest.js";
import { chosenContext } from "../features/context/params.js";
import { columnsOf, type FeatureSchema } from "../features/schema.js";
import { type FittedView, type FittedViews, fitView, viewOf } from "../features/view.js";
import { windowSources } from "../features/windows/build.js";
import { type ContinueFrom, type EarlierModel, earlierModel } from "../models/continueFrom.js";
import { requireEngines } from "../models/engines.js";
import { ofWindows } from "../models/entryView.js";
import { groupColumns } from "../models/rowGroups.js";
import { Checkpoints } from "../nn/training/checkpoint.js";
import type { ModelInfo } from "../onnx/savedModel.js";
import { splitKey } from "../split/key.js";
import { foldColumns } from "../split/parts.js";
import type { Table } from "../table/table.js";
import { entryOnSplit, searchColumns } from "./innerChoices.js";
import type { Params } from "./params.js";
import type { StageIo } from "./stage.js";
import { featuresFile, viewRows } from "./viewRows.js";

/** Everything that fitting needs, whichever rows it is given. */
export interface Job {
  readonly params: Params;
  readonly io: StageIo;
  readonly split: string;
  readonly model: string;
  readonly folder: string;
  readonly entry: Params["models"][string];
  readonly columns: ReturnType<typeof columnsOf>;
  readonly columnSet: FeatureSchema["column_set"];
  readonly context: ModelInfo["context"];
  readonly parts: Table;
  readonly flows: Table;
  /** Read when they are first asked for. */
  readonly features: () => Promise<Table>;
  readonly flowsSha256: string;
  /** Of models that train in epochs; no output: they are gone when the stage has finished. */
  readonly checkpoints: Checkpoints;
}

/** @throws DataError when params.yaml has no such model, or its engine is missing */
export async function readJob(params: Params, io: StageIo): Promise<Job> {
  const { split, model } = splitKey(io.key);
  const written = params.models[model];
  if (written === undefined) {
    const names = Object.keys(params.models);
    throw new DataError(
      `train: no model "${model}" under models in params.yaml (has: ${names.join(", ")}).${didYouMean(model, names)}`,
    );
  }
  // Before anything is read: whoever lacks it learns so at once.
  requireEngines(written);
  const schema = io.readJson<FeatureSchema>(`artifacts/features/${split}/schema.json`);
  const recipe = params.splits?.[split];
  const entry = entryOnSplit(written, recipe);
  const base = ["row_id", "dataset", "label", "family"];
  let features: Promise<Table> | undefined;
  const columns = columnsOf(schema, entry.profile, entry.context);
  return {
    params,
    io,
    split,
    model,
    folder: `artifacts/models/${split}/${model}`,
    entry,
    columns,
    columnSet: schema.column_set,
    context: schema.context === undefined ? null : chosenContext(schema.context.params, entry.context),
    parts: await io.readTable(`artifacts/splits/${split}.parquet`, ["row_id", "part"], foldColumns),
    flows: await io.readTable(
      "artifacts/flows.parquet",
      base,
      [
        ...new Set([
          ...groupColumns(entry),
          ...searchColumns(entry.search, recipe),
          ...(entry.window === undefined ? [] : windowSources),
        ]),
      ].filter((name) => !base.includes(name)),
    ),
    features() {
      features ??= io.readTable(
        featuresFile(split),
        columns.map(({ name }) => name),
      );
      return features;
    },
    flowsSha256: await hashFile(io.path("artifacts/flows.parquet")),
    checkpoints: new Checkpoints(io.path(`.nidslab/checkpoints/${split}-${model}`)),
  };
}

/**
 * The views as they were fitted on the training rows, by name. Of some groups of context they are fitted here: the
 * features stage knows of all columns, and of none of context.
 * @param parts of the split, or of the fold whose transform.json `file` is
 */
export function viewsFrom(job: Job, file: string, parts: Table): (name: string) => Promise<FittedView> {
  const { params, io, split, entry, columns } = job;
  if (typeof entry.context === "boolean") {
    const { profile, context } = entry;
    const views = io.readJson<FittedViews>(`artifacts/features/${split}/${file}`);
    return async (name) => ofWindows(entry, viewOf(views, name, profile, context));
  }
  const fit = async (name: string): Promise<FittedView> =>
    ofWindows(entry, await fitView(name, params.views[name], await viewRows(io, split, parts), columns));
  const fitted = new Map<string, Promise<FittedView>>();
  return (name) => {
    const view = fitted.get(name) ?? fit(name);
    fitted.set(name, view);
    return view;
  };
}

/** The model that the entry goes on from, if it does. */
export function earlierOf({ entry, columns, io, flowsSha256, split }: Job): EarlierModel | null {
  const from = entry.continue_from as ContinueFrom | undefined;
  if (from === undefined || from === null) return null;
  const { type, view, profile } = entry;
  const earlier = earlierModel(from, { type, view, profile, columns }, io.path);
  if (typeof from === "string") {
    io.log(
      `train: continue_from ${from}: state.json has the SHA-256 ${earlier.from.state_sha256}; {folder: ${from}, sha256: …} pins it`,
    );
  }
  if (earlier.from.flows_sha256 === flowsSha256 && earlier.from.split !== split) {
    io.log(
      `train: continue_from ${earlier.from.folder}: it learned from the same flows in another split (${earlier.from.split}): test rows ` +
        `of ${split} may be among its training rows`,
    );
  }
  return earlier;
}
