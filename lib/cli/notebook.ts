import type { Command } from "./command.js";
export const command: Command = { summary: "run a notebook in its kernel", help: "x", run: async () => 0 };
