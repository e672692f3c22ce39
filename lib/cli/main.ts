import { readFileSync } from "node:fs";
import { codeOf, messageOf, NidslabError, UsageError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import type { Command } from "./command.js";

interface Verb {
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

/**
 * Every verb. Adding one: its file, which exports `command`, and a line here. The summary is repeated here (a test
 * compares it), so that --help loads no verb.
 */
export const groups: Readonly<Record<string, Readonly<Record<string, Verb>>>> = {
  "Graph (as in DVC)": {
    repro: {
      summary: "run what has changed: ingest, split, features, train, eval, report, notebooks",
      load: () => import("./repro.js"),
    },
    status: { summary: "say what is not up to date, and why", load: () => import("./status.js") },
    stage: { summary: "list the stages (stage list)", load: () => import("./stage.js") },
    dag: { summary: "show the graph of stages (text, --dot, --mermaid)", load: () => import("./dag.js") },
    add: { summary: "track a file or folder as data (writes NAME.dvc)", load: () => import("./add.js") },
    checkout: {
      summary: "make outputs what is recorded, from the cache",
      load: () => import("./checkout.js"),
    },
    pull: { summary: "bring recorded data from a remote", load: () => import("./pull.js") },
    fetch: { summary: "bring recorded data from a remote into the cache", load: () => import("./fetch.js") },
    push: { summary: "send recorded data to a remote", load: () => import("./push.js") },
    commit: {
      summary: "take outputs and data as they are now into the cache and the lock",
      load: () => import("./commit.js"),
    },
    gc: { summary: "delete objects of the cache that nothing uses", load: () => import("./gc.js") },
    freeze: {
      summary: "keep a stage or import as it is, whatever it depends on",
      load: () => import("./freeze.js"),
    },
    unfreeze: {
      summary: "let a stage or import follow what it depends on",
      load: () => import("./unfreeze.js"),
    },
    "import-url": {
      summary: "copy a file or folder into the project and remember where it came from",
      load: () => import("./importUrl.js"),
    },
    "check-ignore": {
      summary: "say which paths .dvcignore leaves out",
      load: () => import("./checkIgnore.js"),
    },
    params: { summary: "show which parameters differ (params diff)", load: () => import("./params.js") },
    metrics: {
      summary: "show the metrics of the last run, or how they changed (metrics show, metrics diff)",
      load: () => import("./metrics.js"),
    },
    plots: {
      summary: "draw plots, also of several revisions (plots show, plots diff)",
      load: () => import("./plots.js"),
    },
    exp: {
      summary: "run an experiment and keep it in Git, show the table of experiments (exp run, exp show)",
      load: () => import("./exp.js"),
    },
    verify: {
      summary: "rerun the graph in a scratch folder and compare with the committed lock",
      load: () => import("./verify.js"),
    },
    "run-stage": {
      summary: "run one stage (what the commands in dvc.yaml call)",
      load: () => import("./runStage.js"),
    },
  },
  Data: {
    audit: {
      summary: "look at raw files: bad rows, repetitions, contradictions, columns that give the label away",
      load: () => import("./audit.js"),
    },
    datasets: { summary: "list the dialects that can be read", load: () => import("./datasets.js") },
    label: { summary: "label a Zeek conn.log by rules", load: () => import("./label.js") },
  },
  Models: {
    models: {
      summary: "what can be trained, with every parameter, its default and range",
      load: () => import("./models.js"),
    },
    predict: { summary: "score flows with a trained model", load: () => import("./predict.js") },
    explain: {
      summary: "say why a model decides as it does about one flow",
      load: () => import("./explain.js"),
    },
    compare: {
      summary:
        "compare two runs, revisions or models: parameters, data, paired differences, rows that flipped",
      load: () => import("./compare.js"),
    },
    cost: {
      summary: "what the models cost here: fit seconds, microseconds a flow, memory, and what that buys",
      load: () => import("./cost.js"),
    },
    evaluate: {
      summary: "measure a trained model on other labelled data, at its frozen threshold",
      load: () => import("./evaluate.js"),
    },
  },
  Report: {
    figures: {
      summary:
        "draw figures of the report and the notebooks for a paper: SVG, PNG or PDF, one or two columns wide",
      load: () => import("./figures.js"),
    },
  },
  Notebooks: {
    notebook: {
      summary: "run a notebook in its kernel, write a new one, tell Jupyter of the kernel",
      load: () => import("./notebook.js"),
    },
  },
  "This machine": {
    doctor: { summary: "say what this machine has and lacks", load: () => import("./doctor.js") },
    engines: {
      summary: "list, add and remove optional packages: XGBoost, LightGBM, CatBoost, TensorFlow.js, danfojs",
      load: () => import("./engines.js"),
    },
  },
};

/**
 * Run `nidslab VERB …`: find the verb, load it, run it.
 * @returns the exit code: what the verb says; 2 for wrong usage; an error is one message on stderr, and 1 or the
 *   code that its class carries
 */
export async function main(args: readonly string[]): Promise<number> {
  // A reader that has seen enough (`nidslab … | head`) closes the pipe: not an error.
  process.stdout.on("error", (error) => process.exit(codeOf(error) === "EPIPE" ? 0 : 1));
  try {
    return await dispatch(args);
  } catch (error) {
    process.stderr.write(`nidslab: ${explain(error)}\n`);
    if (process.env.NIDSLAB_DEBUG === "1") process.stderr.write(`${traceOf(error)}\n`);
    return error instanceof NidslabError ? error.exitCode : 1;
  }
}

/** `--cd FOLDER VERB …`, as DVC takes it too: the same as `VERB … --cd FOLDER`. */
function cdLast(args: readonly string[]): readonly string[] {
  if (args[0] === "--cd" && args.length > 2) return [...args.slice(2, 3), "--cd", args[1], ...args.slice(3)];
  if (args[0]?.startsWith("--cd=")) return [...args.slice(1, 2), args[0], ...args.slice(2)];
  return args;
}

async function dispatch(args: readonly string[]): Promise<number> {
  const verbs = Object.assign({}, ...Object.values(groups)) as Record<string, Verb>;
  const [first, ...rest] = cdLast(args);
  if (first === "--version") {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  if (first === "--help" || first === "-h" || (first === "help" && rest.length === 0)) {
    process.stdout.write(overview());
    return 0;
  }
  if (first === undefined) {
    process.stderr.write(overview());
    return 2;
  }
  const [name, ...own] = first === "help" ? [rest[0], "--help"] : [first, ...rest];
  if (!Object.hasOwn(verbs, name)) {
    const kind = name.startsWith("-") ? "option" : "verb";
    const hint = kind === "verb" ? didYouMean(name, Object.keys(verbs)) : "";
    throw new UsageError(`unknown ${kind} "${name}".${hint} nidslab --help lists them.`);
  }
  const { command } = await verbs[name].load();
  const options = own.includes("--") ? own.slice(0, own.indexOf("--")) : own;
  if (options.includes("--help") || options.includes("-h")) {
    process.stdout.write(`${command.help.trimEnd()}\n`);
    return 0;
  }
  try {
    return await command.run(own);
  } catch (error) {
    // parseArgs of node:util: an unknown option, a missing value, an argument too many.
    if (!codeOf(error)?.startsWith("ERR_PARSE_ARGS")) throw error;
    const message = messageOf(error)
      .split(/\. (?:To specify|This command)/)[0]
      .replace(
        /^Option '(--[\w-]+)' argument is ambiguous\.[\s\S]*/,
        "a value that begins with - is given as $1=-…",
      );
    throw new UsageError(`${name}: ${message}. See nidslab ${name} --help.`, { cause: error });
  }
}

function overview(): string {
  const names = Object.values(groups).flatMap((verbs) => Object.keys(verbs));
  const width = Math.max(...names.map((name) => name.length)) + 2;
  const lines = Object.entries(groups).flatMap(([group, verbs]) => [
    `\n${group}:`,
    ...Object.entries(verbs).map(([name, verb]) => `  ${name.padEnd(width)}${verb.summary}`),
  ]);
  return `nidslab ${version()}: reproducible machine-learning network intrusion detection

Usage: nidslab VERB [options]
${lines.join("\n")}

nidslab VERB --help says more, with an example. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted;
the verbs of the graph have those of DVC: 255 failed, 254 wrong usage, 253 not in a project, 252 interrupted.
`;
}

function version(): string {
  const path = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
}

/** The message for a person; what is missing or full gets a sentence of its own. */
function explain(error: unknown): string {
  const message = messageOf(error);
  if (error instanceof NidslabError) return message;
  const missing = /Cannot find (?:package|module) '([^'/.][^']*)'/.exec(message);
  if (missing !== null)
    return `the package "${missing[1]}" is not installed. Run npm ci (or npm run repro, which does it).`;
  if (codeOf(error) === "ENOSPC")
    return `${message}. The disk is full: free some space and run the same command again.`;
  return `${message} (NIDSLAB_DEBUG=1 shows where this comes from)`;
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return messageOf(error);
  const trace = error.stack ?? error.message;
  return error.cause === undefined ? trace : `${trace}\ncaused by: ${traceOf(error.cause)}`;
}
