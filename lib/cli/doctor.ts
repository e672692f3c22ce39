import type { Command } from "./command.js";
export const command: Command = {
  summary: "say what this machine has and lacks",
  help: "x",
  run: async () => 0,
};
// x
