import { existsSync } from "node:fs";
import { dirname, relative } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import type { Command } from "./command.js";
import { outPlace } from "./outPlace.js";

const help = `Usage: nidslab notebook run NOTEBOOK [-p NAME=VALUE]... [-o FILE] [--timeout SECONDS]
                                    [--to ipynb|html] [--code folded|shown]
       nidslab notebook new NAME
       nidslab notebook install-kernel [--prefix FOLDER]

run: run a notebook from top to bottom in a fresh tslab kernel, without Jupyter, and write the executed copy.

  -p, --parameter NAME=VALUE  set a value that the cell tagged "parameters" declares with let
  -o, --out FILE              the executed copy (default: runs/notebooks/<name>.ipynb); figures that cells save
                              go to figures/<name>/ beside it
  --to ipynb|html             html: also write the executed copy as one self-contained page, <name>.html beside it; -o may
                              name the page
  --code folded|shown         the code in that page: folded (the default), or shown
  --timeout SECONDS           longest time of one cell (default: 600)

A cell fails the run when it throws, does not compile, takes too long, leaves a rejected promise or ends the kernel.

new: write the next numbered notebook into notebooks/ with its first cells, and add it to run.notebooks of params.yaml,
so that repro runs it.

install-kernel: tell Jupyter of this project's own kernel (TypeScript, by absolute path), for this user or, with --prefix,
in a Python environment alone. Notebooks in any folder then start it.

Examples:
  nidslab notebook run notebooks/03-baselines.ipynb -p split=random
  nidslab notebook run notebooks/01-eda.ipynb --to html -o eda.html
  nidslab notebook new beacon-times
  nidslab notebook install-kernel`;

export const command: Command = {
  summary: "run a notebook in its kernel, write a new one, tell Jupyter of the kernel",
  help,
  async run(args) {
    const [name, ...rest] = args;
    if (name === undefined || !Object.hasOwn(verbs, name)) {
      const names = Object.keys(verbs);
      const found = name === undefined ? "say what to do" : `unknown "${name}"`;
      throw new UsageError(
        `notebook: ${found}: ${names.map((each) => `notebook ${each}`).join(", ")}.${didYouMean(name ?? "", names)}`,
      );
    }
    await verbs[name](rest);
    return 0;
  },
};

const verbs: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  run: runOne,
  new: create,
  "install-kernel": install,
};

async function runOne(args: readonly string[]): Promise<void> {
  const { path, out, page, parameters, timeoutMs } = parse(args);
  const { executeNotebook, defaultOut, pagePath } = await import("../notebook/execute.js");
  const { findRoot } = await import("../notebook/root.js");
  const target = out ?? defaultOut(findRoot(dirname(path)), path);
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  await executeNotebook(path, {
    out: target,
    parameters,
    timeoutMs,
    log,
    ...(page === undefined ? {} : { page }),
  });
  const written = page === undefined ? [target] : [target, pagePath(target)];
  for (const file of written) process.stdout.write(`${relative(process.cwd(), file)}\n`);
}

async function create(args: readonly string[]): Promise<void> {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} });
  if (positionals.length !== 1)
    throw new UsageError(`notebook new: one name was expected, ${positionals.length} were given.`);
  const { createNotebook } = await import("../notebook/create.js");
  const { findRoot } = await import("../notebook/root.js");
  const { name, path } = createNotebook(findRoot(process.cwd()), positionals[0]);
  process.stdout.write(
    `${relative(process.cwd(), path)}\nAdded to run.notebooks in params.yaml: nidslab repro notebook@${name} runs it.\n`,
  );
}

async function install(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { prefix: { type: "string" } } });
  const { installKernel } = await import("../notebook/kernelSpec.js");
  const { path, replaced } = installKernel(values.prefix);
  if (replaced !== undefined)
    process.stderr.write(
      `notebook: replaced another kernel of that name, started by: ${replaced.join(" ")}\n`,
    );
  process.stdout.write(`${path}\n`);
}

interface RunArguments {
  readonly path: string;
  readonly out: string | undefined;
  readonly page: "folded" | "shown" | undefined;
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
      to: { type: "string" },
      code: { type: "string" },
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
  const { out, to = out?.endsWith(".html") ? "html" : "ipynb", code } = values;
  oneOf("--to", to, ["ipynb", "html"]);
  oneOf("--code", code ?? "folded", ["folded", "shown"]);
  if (to === "ipynb" && (code !== undefined || out?.endsWith(".html")))
    throw new UsageError("notebook run: --code and a file that ends in .html are for --to html.");
  if (out !== undefined) refusePlace(out);
  return {
    path,
    out: out?.replace(/\.html$/, ".ipynb"),
    page: to === "html" ? ((code ?? "folded") as "folded" | "shown") : undefined,
    parameters: parametersOf(values.parameter ?? []),
    timeoutMs: seconds * 1000,
  };
}

/** What cannot become the executed copy is said before the cells have run. */
function refusePlace(out: string): void {
  const there = outPlace(out);
  if (there === undefined || there.isFile()) return;
  const what = there.isDirectory() ? "a folder" : "a device or a pipe";
  throw new UsageError(`notebook run: -o: ${out} is ${what}; the name of a file was expected.`);
}

function oneOf(option: string, value: string, known: readonly string[]): void {
  if (!known.includes(value))
    throw new UsageError(
      `notebook run: ${option}: ${known.join(" or ")} was expected, found "${value}".${didYouMean(value, known)}`,
    );
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
