import { freezeCommand } from "./freezeVerb.js";

export const command = freezeCommand(
  "freeze",
  "keep a stage or import as it is, whatever it depends on",
  "Freeze stages or .dvc files: what they depend on is not looked at (frozen: true in dvc.yaml or the .dvc file).",
);
