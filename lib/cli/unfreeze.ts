import type { Command } from "./command.js";
import { freezeVerb } from "./freezeVerb.js";

const help = `Unfreeze stages or .dvc files: they follow what they depend on again.

usage: nidslab unfreeze [options] targets...

targets: stages, .dvc files
  -q, --quiet     no messages
      --cd FOLDER as if called in FOLDER

example: nidslab unfreeze data.dvc`;

export const command: Command = {
  summary: "let a stage or import follow what it depends on",
  help,
  run: (args) => freezeVerb(args, "unfreeze", help),
};
