import { parseArgs } from "node:util";
import type { Command } from "./command.js";

const help = `Usage: nidslab doctor [--json]

Say what this machine has and lacks: Node, packages (each is really loaded), the embedded data, room on the disk,
optional programs and engines; for what is missing, what that disables and the command that adds it.

Exit code 1 when something is missing that the main job needs.

Example:
  nidslab doctor --json`;

const marks = { ok: "ok  ", warning: "--  ", missing: "LACK" } as const;

export const command: Command = {
  summary: "say what this machine has and lacks",
  help,
  async run(args) {
    const { json } = parseArgs({ args: [...args], options: { json: { type: "boolean" } } }).values;
    const { findings } = await import("../engines/machine.js");
    const found = await findings();
    if (json === true) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    else {
      for (const { name, state, found: value, disables, remedy } of found) {
        process.stdout.write(`${marks[state]}  ${name}: ${value}\n`);
        if (state === "ok") continue;
        if (disables !== undefined) process.stdout.write(`        without it: ${disables}\n`);
        if (remedy !== undefined) process.stdout.write(`        to add it:  ${remedy}\n`);
      }
    }
    return found.some(({ state }) => state === "missing") ? 1 : 0;
  },
};
