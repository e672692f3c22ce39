import type { Command } from "./command.js";
export const command: Command = {
  summary: "rerun the graph in a scratch folder and compare with the committed lock",
  help: "",
  run: async () => 0,
};
