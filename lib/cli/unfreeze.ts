import { freezeCommand } from "./freezeVerb.js";

export const command = freezeCommand(
  "unfreeze",
  "let a stage or import follow what it depends on",
  "Unfreeze stages or .dvc files: they follow what they depend on again.",
);
