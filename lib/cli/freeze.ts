import type { Command } from "./command.js";
import { freezeVerb } from "./freezeVerb.js";

const help = `Freeze stages or .dvc files: what they depend on is not looked at (frozen: true in dvc.yaml or the .dvc file).

usage: nidslab freeze [options] targets...

targets: stages, .dvc files
  -q, --quiet     no messages
      --cd FOLDER as if called in FOLDER

example: nidslab freeze data.dvc`;

export const command: Command = {
  summary: "keep a stage or import as it is, whatever it depends on",
  help,
  run: (args) => freezeVerb(args, "freeze", help),
};
