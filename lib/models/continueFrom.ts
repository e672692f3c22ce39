import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { DataError, FormatError, ParamsError, SchemaError } from "../base/errors.js";
import { hashBytes } from "../base/hash.js";
import { canonicalJson, parseJson } from "../base/json.js";
import type { FittedView } from "../features/view.js";
import { projectFileFault } from "./projectFile.js";

const pinned = z.strictObject({
  folder: z.string().describe("a model folder in the project, outside of what the graph writes"),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "64 hex digits")
    .describe("SHA-256 of its state.json, as its model.json has it (state_sha256)"),
});

/** `continue_from` of the models that can learn on. */
export const continueFromParam = z
  .union([z.string(), pinned])
  .nullable()
  .default(null)
  .describe(
    "folder of an earlier model of this type to go on from, with its preprocessing: below the project's root, not in artifacts/, " +
      "which the graph writes; {folder, sha256} pins it",
  );
export type ContinueFrom = z.infer<typeof continueFromParam>;

/** Beside model.onnx: what its trainer needs to go on. */
export const STATE_FILE = "state.json";

/** state.json. */
export interface ModelState {
  readonly format: 1;
  readonly type: string;
  readonly classes: readonly string[];
  /** The preprocessing that the model was trained behind; what goes on has the same. */
  readonly view: FittedView;
  readonly profile: string;
  /** The model's own. */
  readonly trainer: unknown;
}

/** state.json of a trained model, and its SHA-256 for model.json. */
export function stateFile(state: ModelState): { readonly text: string; readonly sha256: string } {
  const text = `${canonicalJson(state)}\n`;
  return { text, sha256: hashBytes(text) };
}

/** An earlier model that training goes on from; `from` goes into model.json. */
export interface EarlierModel {
  readonly state: ModelState;
  readonly from: ContinuedFrom;
}

/** Of model.json: what a model went on from. */
export interface ContinuedFrom {
  readonly folder: string;
  readonly state_sha256: string;
  readonly split: string;
  readonly name: string;
  readonly flows_sha256: string;
}

/** What the entry that goes on is. */
export interface Continuing {
  readonly type: string;
  readonly view: string;
  readonly profile: string;
  readonly columns: FittedView["columns"];
}

/**
 * Read the model that `continue_from` names. The folder is no dep of the graph, as dvc.yaml cannot name a path that some
 * models have: its state's hash goes into model.json, and `sha256` makes another state an error instead of another model.
 * @param path absolute path of a file of the project
 * @throws ParamsError for a folder that it may not be or another state than the pinned one, DataError when there is no
 * state, FormatError when it is damaged, SchemaError when it takes other columns
 */
export function earlierModel(
  from: NonNullable<ContinueFrom>,
  now: Continuing,
  path: (relative: string) => string,
): EarlierModel {
  const { folder, sha256 } = typeof from === "string" ? { folder: from, sha256: undefined } : from;
  const fault = projectFileFault(folder);
  if (fault !== undefined) {
    throw new ParamsError(
      `continue_from: "${folder}" is ${fault}. ` +
        "Copy the model's folder to one of your own below the project's root (models/…), and name that.",
    );
  }
  const stateAt = path(join(folder, STATE_FILE));
  const infoAt = path(join(folder, "model.json"));
  if (!existsSync(stateAt) || !existsSync(infoAt)) {
    const what = existsSync(path(folder))
      ? existsSync(infoAt)
        ? `has no ${STATE_FILE}: its type cannot go on, or an earlier version trained it`
        : "holds no model.json"
      : "is not there";
    throw new DataError(
      `continue_from: ${folder} ${what}. Copy a model's folder (artifacts/models/<split>/<model>) there, or leave continue_from out.`,
    );
  }
  const info = parseJson<Record<string, unknown>>(readFileSync(infoAt, "utf8"), infoAt);
  const text = readFileSync(stateAt);
  const found = hashBytes(text);
  if (found !== info.state_sha256) {
    throw new FormatError(
      `continue_from: ${folder}/${STATE_FILE} has the SHA-256 ${found.slice(0, 12)}…, its model.json says ` +
        `${String(info.state_sha256).slice(0, 12)}…: it was changed or damaged. Copy the model's folder again.`,
    );
  }
  if (sha256 !== undefined && found !== sha256) {
    throw new ParamsError(
      `continue_from: ${folder}/${STATE_FILE} has the SHA-256 ${found}, pinned is ${sha256}. ` +
        "It is another model than the one that was meant: restore that one, or pin this one.",
    );
  }
  const state = parseJson<ModelState>(text.toString("utf8"), stateAt);
  if (state.format !== 1) {
    throw new FormatError(
      `continue_from: ${folder}/${STATE_FILE} has the format ${state.format}, known is 1.`,
    );
  }
  checkSame(state, now, folder);
  return {
    state,
    from: {
      folder,
      state_sha256: found,
      split: String(info.split),
      name: String(info.name),
      flows_sha256: String((info.data as { flows_sha256?: unknown } | undefined)?.flows_sha256),
    },
  };
}

function checkSame(state: ModelState, now: Continuing, folder: string): void {
  if (state.type !== now.type) {
    throw new ParamsError(
      `continue_from: the model in ${folder} is of the type ${state.type}, this one of ${now.type}. Name a model of the same type.`,
    );
  }
  const before = new Map(state.view.columns.map((column) => [column.name, column]));
  const after = new Map(now.columns.map((column) => [column.name, column]));
  const gone = [...before.keys()].filter((name) => !after.has(name));
  const added = [...after.keys()].filter((name) => !before.has(name));
  const other = [...before.values()].flatMap(({ name, type, unit }) => {
    const mine = after.get(name);
    return mine === undefined || (mine.type === type && mine.unit === unit)
      ? []
      : [`${name} (${type} ${unit ?? ""}, now ${mine.type} ${mine.unit ?? ""})`];
  });
  const said = [
    ...(gone.length > 0 ? [`missing now: ${gone.join(", ")}`] : []),
    ...(added.length > 0 ? [`unknown to it: ${added.join(", ")}`] : []),
    ...(other.length > 0 ? [`of another type: ${other.join(", ")}`] : []),
  ];
  const ordered = state.view.columns.every(({ name }, i) => now.columns[i]?.name === name);
  if (said.length > 0 || !ordered) {
    throw new SchemaError(
      `continue_from: the model in ${folder} takes other columns (${said.join("; ") || "the same ones in another order"}). ` +
        "Continue on the same features, profile and context, or train from the start.",
    );
  }
  if (state.view.name !== now.view) {
    throw new SchemaError(
      `continue_from: the model in ${folder} was trained behind the view "${state.view.name}", which goes with it; ` +
        `this one asks for "${now.view}". Set view: ${state.view.name}.`,
    );
  }
}

/** @throws DataError when the training rows have other classes than the model that they are to teach on */
export function checkContinuedClasses({ state, from }: EarlierModel, classes: readonly string[]): void {
  if (canonicalJson(state.classes) === canonicalJson(classes)) return;
  throw new DataError(
    `continue_from: the model in ${from.folder} tells ${state.classes.join(", ")} apart, the training rows hold ` +
      `${classes.join(", ")}. Train on rows of the same classes (task.target), or from the start.`,
  );
}
