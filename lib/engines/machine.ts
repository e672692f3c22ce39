import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, statfsSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, freemem, totalmem } from "node:os";
import { join } from "node:path";
import { messageOf } from "../base/errors.js";
import { hashBytes } from "../base/hash.js";
import { type EngineState, engineStates } from "./add.js";
import { engineNamed } from "./catalog.js";
import { home } from "./place.js";
import { trustedFolder } from "./trust.js";

/** One thing that this machine has or lacks. `missing`: the main job needs it; `warning`: it can do without. */
export interface Finding {
  readonly name: string;
  readonly state: "ok" | "warning" | "missing";
  readonly found: string;
  /** What does not work without it. */
  readonly disables?: string;
  /** The command or step that adds it. */
  readonly remedy?: string;
}

/** Everything that `nidslab doctor` looks at, what the main job needs first. Nothing is changed. */
export async function findings(): Promise<Finding[]> {
  return [
    node(),
    machine(),
    ...(await packages()),
    writePermission(),
    disk(),
    store(),
    data(),
    ...(await Promise.all([npm(), ...programs.map(program)])),
    ...(await Promise.all(engineStates().map(engine))),
  ];
}

function node(): Finding {
  const version = process.versions.node;
  const [major, minor] = version.split(".").map(Number);
  const fits = major > 20 || (major === 20 && minor >= 19);
  // Notebooks load the library by require(), which these versions cannot do with ES modules.
  const requires = (major === 20 && minor >= 19) || major > 22 || (major === 22 && minor >= 12);
  if (!fits) {
    return {
      name: "Node",
      state: "missing",
      found: version,
      disables: "everything",
      remedy: "install Node 20.19 or newer",
    };
  }
  if (requires) return { name: "Node", state: "ok", found: version };
  return {
    name: "Node",
    state: "warning",
    found: version,
    disables: "notebooks",
    remedy: "install Node 20.19, 22.12 or newer",
  };
}

function machine(): Finding {
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  const glibc = report?.header?.glibcVersionRuntime;
  const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
  const system = `${process.platform} ${process.arch}${glibc === undefined ? "" : `, glibc ${glibc}`}`;
  const memory = `${gib(totalmem())} GiB of memory, ${gib(freemem())} free`;
  const low = totalmem() < 2 * 2 ** 30;
  const found = `${system}; ${availableParallelism()} cores, ${memory}`;
  return low
    ? {
        name: "machine",
        state: "warning",
        found,
        disables: "large data sets: 2 GiB are needed for the default one",
      }
    : { name: "machine", state: "ok", found };
}

/** What is loaded, and what fails without it. */
const needed: readonly { readonly name: string; readonly disables: string }[] = [
  { name: "@duckdb/node-api", disables: "every stage: tables are read and written with it" },
  { name: "onnxruntime-node", disables: "eval, predict: models are scored with it" },
  { name: "vega", disables: "figures" },
  { name: "vega-lite", disables: "figures" },
  { name: "plotly.js-cartesian-dist-min", disables: "reports/report.html, live figures" },
  { name: "dejavu-fonts-ttf", disables: "figures: their font" },
  { name: "zeromq", disables: "notebook stages and notebook run" },
  { name: "tslab", disables: "notebooks" },
  { name: "arquero", disables: "table views in notebooks" },
  { name: "hasha", disables: "the graph: files are hashed with it" },
  { name: "yaml", disables: "params.yaml and the graph" },
  { name: "zod", disables: "params.yaml" },
  { name: "ml-random-forest", disables: "the model type ml-random-forest" },
];

/** A program, a script for browsers and font files: that they are there has to do. */
const notLoaded = new Set(["tslab", "plotly.js-cartesian-dist-min", "dejavu-fonts-ttf"]);

/** Load every package: a file that is there and cannot be loaded (another platform, an old glibc) shows here. */
async function packages(): Promise<Finding[]> {
  const require = createRequire(import.meta.url);
  const found: Finding[] = [];
  for (const { name, disables } of needed) {
    const remedy = "npm ci (or npm run repro, which does it)";
    try {
      if (notLoaded.has(name)) require.resolve(`${name}/package.json`);
      else await import(name);
      found.push({ name, state: "ok", found: versionOf(name) });
    } catch (error) {
      const why = messageOf(error).split("\n")[0];
      found.push({ name, state: "missing", found: `does not load: ${why}`, disables, remedy });
    }
  }
  return found;
}

function versionOf(name: string): string {
  const path = join(home, "node_modules", name, "package.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version : "loads";
}

function writePermission(): Finding {
  try {
    accessSync(process.cwd(), constants.W_OK);
    return { name: "write permission", state: "ok", found: "this folder can be written" };
  } catch {
    const remedy = "work in a folder of your own, or change its owner";
    return {
      name: "write permission",
      state: "missing",
      found: "this folder cannot be written",
      disables: "every stage",
      remedy,
    };
  }
}

function disk(): Finding {
  const { bavail, bsize } = statfsSync(process.cwd());
  const gigabytes = (bavail * bsize) / 1e9;
  const found = `${gigabytes.toFixed(1)} GB free`;
  if (gigabytes >= 1) return { name: "disk", state: "ok", found };
  return {
    name: "disk",
    state: "warning",
    found,
    disables: "large data sets",
    remedy: "npm run clean, or free some space",
  };
}

/** The embedded data: every object in store/ has to have the hash that its name says. */
function store(): Finding {
  const folder = join(process.cwd(), "store", "files", "md5");
  const remedy = "git checkout store";
  if (!existsSync(join(process.cwd(), "data.dvc"))) {
    return {
      name: "store",
      state: "warning",
      found: "no data.dvc here",
      disables: "the embedded data set",
      remedy: "run this in the project's folder",
    };
  }
  const outs = /md5: ([0-9a-f]{32})(\.dir)?/.exec(readFileSync("data.dvc", "utf8"));
  const names = outs === null ? [] : [`${outs[1]}${outs[2] ?? ""}`];
  const damaged: string[] = [];
  let objects = 0;
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const path = join(folder, name.slice(0, 2), name.slice(2));
    const bytes = existsSync(path) ? readFileSync(path) : undefined;
    objects++;
    if (bytes === undefined || hashBytes(bytes, "md5") !== name.replace(/\.dir$/, "")) damaged.push(name);
    else if (name.endsWith(".dir")) {
      names.push(...(JSON.parse(bytes.toString("utf8")) as { md5: string }[]).map(({ md5 }) => md5));
    }
  }
  if (damaged.length === 0) return { name: "store", state: "ok", found: `${objects} objects, intact` };
  const found = `${damaged.length} of ${objects} objects are missing or damaged (${damaged[0]}, …)`;
  return { name: "store", state: "missing", found, disables: "the embedded data set", remedy };
}

function data(): Finding {
  const name = "data/testbed";
  if (existsSync(join(process.cwd(), name))) return { name, state: "ok", found: "is there" };
  return {
    name,
    state: "warning",
    found: "is not there",
    disables: "the default graph",
    remedy: "nidslab pull data.dvc",
  };
}

interface Program {
  readonly name: string;
  /** Where it is called otherwise. */
  readonly called?: string;
  readonly args: readonly string[];
  readonly disables: string;
  readonly remedy: string;
}

const programs: readonly Program[] = [
  {
    name: "git",
    args: ["--version"],
    disables: "comparing with earlier results (params diff against a commit)",
    remedy: "install git",
  },
  {
    name: "dvc",
    args: ["--version"],
    disables: "nothing here; DVC users may run the same graph",
    remedy: "pip install dvc",
  },
  {
    name: "jupyter",
    args: ["--version"],
    disables: "opening notebooks by hand (running them works)",
    remedy: "pip install jupyterlab; nidslab notebook install-kernel",
  },
  {
    name: "python3",
    args: ["--version"],
    disables: "comparisons with Python originals; engines that are fetched with pip",
    remedy: "install Python 3",
  },
  {
    name: "pip",
    called: "python3",
    args: ["-m", "pip", "--version"],
    disables: "adding the engines lightgbm, catboost, tfjs-node (xgboost: an older version by npm)",
    remedy: "install pip (Debian: apt-get install python3-pip python3-venv)",
  },
  {
    name: "g++",
    args: ["--version"],
    disables: "adding the engine tfjs-node",
    remedy: "install a C++ compiler (Debian: apt-get install g++)",
  },
];

async function program({ name, called = name, args, disables, remedy }: Program): Promise<Finding> {
  const said = await versionLine(called, args);
  return said === undefined
    ? { name: `${name} (optional)`, state: "warning", found: "not found", disables, remedy }
    : { name: `${name} (optional)`, state: "ok", found: said };
}

async function npm(): Promise<Finding> {
  const said = await versionLine(process.platform === "win32" ? "npm.cmd" : "npm", ["--version"]);
  if (said !== undefined) return { name: "npm", state: "ok", found: said };
  return {
    name: "npm",
    state: "warning",
    found: "not found",
    disables: "npm run repro, npm test",
    remedy: "install Node with npm",
  };
}

/** First line of what a program says of its version; undefined when it is not there or fails. */
function versionLine(name: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(name, [...args], { timeout: 10_000 }, (error, stdout) => {
      const line = stdout.split("\n").find((text) => text.trim() !== "");
      resolve(error === null ? line?.trim() : undefined);
    });
  });
}

/** An engine that is there is whole: its libraries are those that were known or confirmed when it was added. */
async function engine({ name, disables, version, added }: EngineState): Promise<Finding> {
  const label = `engine ${name} (optional)`;
  const remedy = `nidslab engines add ${name}`;
  if (added === null) return { name: label, state: "warning", found: "not added", disables, remedy };
  try {
    await trustedFolder(engineNamed(name));
  } catch (error) {
    return { name: label, state: "warning", found: messageOf(error), disables, remedy };
  }
  const older = added.version === version ? "" : ` (this kit is made for ${version}: ${remedy})`;
  return { name: label, state: "ok", found: `${added.source}${older}` };
}
