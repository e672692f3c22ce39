import { parseArgs } from "node:util";
import { UsageError } from "../base/errors.js";
import type { EngineState } from "../engines/add.js";
import type { Command } from "./command.js";

const help = `Usage: nidslab engines [--json]
       nidslab engines add NAME... [--trust] [--json]
       nidslab engines remove NAME... [--json]

Engines are optional packages, kept under .engines/ (or NIDSLAB_ENGINES_DIR). Nothing of the default graph needs one.
They come from the registries of your own pip and npm configuration. A library is loaded only when its SHA-256 is one
that this kit knows, or that you have confirmed.

  add      bring an engine; an interrupted or failed attempt leaves nothing behind
  remove   delete it
  --trust  confirm libraries that the kit does not know (another platform or Python than those it was made on)
  --json   for programs

Example:
  nidslab engines add xgboost lightgbm`;

export const command: Command = {
  summary: "list, add and remove optional packages: XGBoost, LightGBM, CatBoost, TensorFlow.js, danfojs",
  help,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: "boolean" }, trust: { type: "boolean" } },
    });
    const [what = "list", ...names] = positionals;
    if (!["list", "add", "remove"].includes(what))
      throw new UsageError(`engines: "${what}" is none of list, add, remove. See nidslab engines --help.`);
    if (what === "list") {
      const { engineStates } = await import("../engines/add.js");
      print(engineStates(), values.json === true);
      return 0;
    }
    if (names.length === 0)
      throw new UsageError(`engines: the name of an engine is missing. nidslab engines lists them.`);
    await (what === "add" ? add(names, values.trust === true) : remove(names));
    if (values.json === true) print((await import("../engines/add.js")).engineStates(), true);
    return 0;
  },
};

async function add(names: readonly string[], trust: boolean): Promise<void> {
  const [{ addEngine }, { engineNamed }, { machineTools }] = await Promise.all([
    import("../engines/add.js"),
    import("../engines/catalog.js"),
    import("../engines/tools.js"),
  ]);
  const chosen = names.map(engineNamed);
  const stop = new AbortController();
  // Whatever ends this process ends what it started; addEngine removes what is unfinished.
  const end = (): void => stop.abort();
  process.once("exit", end);
  try {
    for (const engine of chosen) {
      const tools = machineTools((line) => process.stderr.write(`${engine.name}: ${line}\n`), stop.signal);
      const { source, bytes } = await addEngine(engine, tools, trust);
      process.stderr.write(`${engine.name} is added: ${source}, ${megabytes(bytes)}\n`);
    }
  } finally {
    process.removeListener("exit", end);
  }
}

async function remove(names: readonly string[]): Promise<void> {
  const [{ removeEngine }, { engineNamed }] = await Promise.all([
    import("../engines/add.js"),
    import("../engines/catalog.js"),
  ]);
  for (const engine of names.map(engineNamed)) {
    const was = removeEngine(engine);
    process.stderr.write(`${engine.name} ${was ? "is removed" : "was not added"}\n`);
  }
}

function print(states: readonly EngineState[], json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(states, null, 2)}\n`);
    return;
  }
  for (const { name, adds, needs, version, megabytes: about, added } of states) {
    const state =
      added === null ? `not added (about ${about} MB)` : `added: ${added.source}, ${megabytes(added.bytes)}`;
    process.stdout.write(`${name} ${version}  ${state}\n  adds:  ${adds}\n`);
    if (added === null) process.stdout.write(`  needs: ${needs}\n  nidslab engines add ${name}\n`);
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
