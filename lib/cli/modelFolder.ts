import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { DataError } from "../base/errors.js";
import { localPath, readJson } from "../base/files.js";
import { compareText } from "../base/json.js";
import { didYouMean } from "../base/nearest.js";
import type { Champion } from "../report/results.js";

/** The project around the current folder, else the one that this program lies in. */
export function projectFolder(): string {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "params.yaml"))) return folder;
    if (folder === dirname(folder)) return fileURLToPath(new URL("../../", import.meta.url));
  }
}

/**
 * The folder of the model that `--model` names, or of the champion when it is not given.
 * @param verb who asks, for messages
 * @throws DataError when there is no such model (with the nearest one), or no champion yet
 */
export function modelFolder(verb: string, given: string | undefined): string {
  const root = projectFolder();
  if (given === undefined) return championFolder(verb, root);
  const folder = localPath(given);
  if (existsSync(join(folder, "model.json"))) return folder;
  const known = trainedModels(root);
  const some = `${known.slice(0, SHOWN).join(", ")}${known.length > SHOWN ? ", …" : ""}`;
  throw new DataError(
    `${verb}: --model ${given} holds no model.json (${known.length === 0 ? "no model is trained here yet: run nidslab repro" : `trained here: ${some}`}).` +
      didYouMean(folder.replace(/[\\/]+$/, ""), known),
  );
}

/** Models that an error names. */
const SHOWN = 6;

/** Folders below artifacts/models that hold a model, as seen from the current folder. */
function trainedModels(root: string): string[] {
  const models = ["artifacts", "models"];
  const namesIn = (...path: string[]): string[] => {
    const folder = join(root, ...path);
    return existsSync(folder) ? readdirSync(folder).sort(compareText) : [];
  };
  return namesIn(...models).flatMap((split) =>
    namesIn(...models, split)
      .filter((name) => existsSync(join(root, ...models, split, name, "model.json")))
      .map((name) => relative(process.cwd(), join(root, ...models, split, name)).replaceAll("\\", "/")),
  );
}

function championFolder(verb: string, root: string): string {
  const path = join(root, "reports", "best.json");
  const hint =
    "Run nidslab repro, which chooses one, or name a folder: --model artifacts/models/<split>/<model>.";
  const champion = readJson<Champion>(path, hint);
  if (!existsSync(join(root, champion.path, "model.json"))) {
    throw new DataError(`${verb}: the champion ${join(root, champion.path)} is not there. ${hint}`);
  }
  return join(root, champion.path);
}
