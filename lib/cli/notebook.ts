import { existsSync } from "node:fs";
import { dirname, relative } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "../base/errors.js";
import type { Command } from "./command.js";

const help = `Usage: nidslab notebook run NOTEBOOK [-p NAME=VALUE]... [-o FILE] [--timeout SECONDS]

Run a notebook from top to bottom in a fresh tslab kernel, without Jupyter, and write the executed copy.

  -p, --parameter NAME=VALUE  set a value that the cell tagged "parameters" declares with let
  -o, --out FILE              the executed copy (default: runs/notebooks/<name>.ipynb); figures that cells save
                              go to figures/<name>/ beside it
  --timeout SECONDS           longest time of one cell (default: 600)

A cell fails the run when it throws, does not compile, takes too long, leaves a rejected promise or ends the kernel.

Example:
  nidslab notebook run notebooks/03-baselines.ipynb -p split=random`;

export const command: Command = {
  summary: "run a notebook in its kernel",
  help,
  async run(args) {
    const [verb, ...rest] = args;
    if (verb !== "run") {
      throw new UsageError(
        `notebook: ${verb === undefined ? "say what to do" : `unknown "${verb}"`}: notebook run NOTEBOOK.`,
      );
    }
    const { path, out, parameters, timeoutMs } = parse(rest);
    const { executeNotebook, defaultOut } = await import("../notebook/execute.js");
    const { findRoot } = await import("../notebook/root.js");
    const target = out ?? defaultOut(findRoot(dirname(path)), path);
    const log = (line: string): void => void process.stderr.write(`${line}\n`);
    await executeNotebook(path, { out: target, parameters, timeoutMs, log });
    process.stdout.write(`${relative(process.cwd(), target)}\n`);
    return 0;
  },
};

interface RunArguments {
  readonly path: string;
  readonly out: string | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
}

function parse(args: readonly string[]): RunArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      parameter: { type: "string", short: "p", multiple: true },
      out: { type: "string", short: "o" },
      timeout: { type: "string" },
    },
  });
  if (positionals.length !== 1) {
    throw new UsageError(`notebook run: one notebook was expected, ${positionals.length} were named.`);
  }
  const path = positionals[0].replaceAll("\\", "/");
  if (!existsSync(path)) throw new UsageError(`notebook run: ${path} is not there. Name an .ipynb file.`);
  const seconds = Number(values.timeout ?? "600");
  if (!(seconds > 0 && seconds <= 2_000_000)) {
    throw new UsageError(
      `notebook run: --timeout: a number of seconds was expected, found "${values.timeout}".`,
    );
  }
  return {
    path,
    out: values.out,
    parameters: parametersOf(values.parameter ?? []),
    timeoutMs: seconds * 1000,
  };
}

function parametersOf(pairs: readonly string[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at < 1) throw new UsageError(`notebook run: -p: NAME=VALUE was expected, found "${pair}".`);
    found[pair.slice(0, at)] = parameterValue(pair.slice(at + 1));
  }
  return found;
}

/** JSON where it is JSON (12, true, ["a"]), else the text itself. */
function parameterValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
