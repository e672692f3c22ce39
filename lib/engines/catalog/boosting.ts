import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../base/errors.js";
import type { Engine, Probe } from "../engine.js";
import { npmFiles } from "../npm.js";
import { needPython, pythonWithPip, unpackWheels } from "../pip.js";
import { engineFolder, home, isAdded } from "../place.js";

/** Endings of shared libraries, by platform. */
const ending = process.platform === "darwin" ? ".dylib" : process.platform === "win32" ? ".dll" : ".so";

/** Load libraries in their order, as koffi does when a model is trained. */
function loadProbe(folder: string, ordered: readonly string[]): Probe {
  const script =
    'const koffi = require(require.resolve("koffi", { paths: [process.argv[1]] }));' +
    "for (const path of process.argv.slice(2)) koffi.load(path, { global: path.includes('libgomp') });";
  return {
    program: process.execPath,
    args: ["-e", script, home, ...ordered.map((path) => join(folder, path))],
  };
}

const found = (folder: string, candidates: readonly string[]): readonly string[] =>
  candidates.filter((path) => existsSync(join(folder, path)));

/** Files of `place` below `folder` whose names fit. */
function listed(folder: string, place: string, fits: (name: string) => boolean): readonly string[] {
  if (!existsSync(join(folder, place))) return [];
  return readdirSync(join(folder, place))
    .filter(fits)
    .map((name) => `${place}/${name}`);
}

const isGomp = (name: string): boolean => name.startsWith("libgomp");

/** XGBoost's library, in the order in which its parts are loaded (the last is XGBoost itself). */
export function xgboostLibraries(folder: string): readonly string[] {
  return found(folder, [
    `xgboost/lib/libxgboost${ending}`,
    "xgboost/lib/xgboost.dll",
    "lib/libxgboost.so",
    "binary/libxgboost.dylib",
  ]).slice(0, 1);
}

export const xgboost: Engine = {
  name: "xgboost",
  adds: "models of type xgboost",
  version: "3.2.0",
  needs:
    "python3 with pip; or npm alone (XGBoost 1.7.5: Linux x64 with glibc 2.34 and libgomp1, macOS arm64)",
  disables: "models of type xgboost cannot be trained",
  megabytes: 18,
  async install(folder, tools) {
    const python = await pythonWithPip(tools);
    if (python !== undefined) {
      await unpackWheels(tools, python, ["xgboost-cpu==3.2.0"], { folder });
      return "PyPI xgboost-cpu 3.2.0";
    }
    const paths: Readonly<Record<string, string>> = {
      "linux-x64": "lib/libxgboost.so",
      "darwin-arm64": "binary/libxgboost.dylib",
    };
    const path = paths[`${process.platform}-${process.arch}`];
    if (path === undefined) await needPython(tools, "xgboost");
    tools.say("no python3 with pip here: taking XGBoost 1.7.5 of npm's xgboost_node");
    await npmFiles(tools, "xgboost_node@0.4.2", folder, [path]);
    return "npm xgboost_node 0.4.2 (XGBoost 1.7.5)";
  },
  libraries: (folder) => [...xgboostLibraries(folder), ...listed(folder, "xgboost_cpu.libs", isGomp)],
  probe: (folder) => loadProbe(folder, xgboostLibraries(folder)),
};

/** A copy of OpenMP's runtime for machines without libgomp1: it has to be loaded before LightGBM, for all to see. */
const OWN_GOMP = "libgomp/libgomp.so.1";

/** LightGBM's libraries, in the order in which they are loaded. */
export function lightgbmLibraries(folder: string): readonly string[] {
  const own = found(folder, [
    ...(process.platform === "darwin" ? [`lightgbm/lib/lib_lightgbm.dylib`] : []),
    "lightgbm/lib/lib_lightgbm.so",
    "lightgbm/bin/lib_lightgbm.dll",
    "lightgbm/lib/lib_lightgbm.dll",
  ]).slice(0, 1);
  return [...found(folder, [OWN_GOMP]), ...own];
}

export const lightgbm: Engine = {
  name: "lightgbm",
  adds: "models of type lightgbm",
  version: "4.7.0",
  needs: "python3 with pip; libgomp1 (or the engine xgboost added before: its copy is used)",
  disables: "models of type lightgbm cannot be trained",
  megabytes: 9,
  async install(folder, tools) {
    const python = await needPython(tools, "lightgbm");
    await unpackWheels(tools, python, ["lightgbm==4.7.0"], { folder });
    if (process.platform === "linux") {
      const { program, args } = loadProbe(folder, lightgbmLibraries(folder));
      const ended = await tools.run(program, args);
      if (ended?.code !== 0 && /libgomp\.so\.1/.test(ended?.err ?? "")) borrowGomp(folder);
    }
    return "PyPI lightgbm 4.7.0";
  },
  libraries: lightgbmLibraries,
  probe: (folder) => loadProbe(folder, lightgbmLibraries(folder)),
};

/** Put the libgomp that XGBoost's wheel brings beside LightGBM, under the name that LightGBM asks for. */
function borrowGomp(folder: string): void {
  const from = engineFolder("xgboost");
  const [bundled] = isAdded("xgboost") ? listed(from, "xgboost_cpu.libs", isGomp) : [];
  if (bundled === undefined) {
    throw new EngineError(
      "engines: lightgbm needs libgomp.so.1, which this machine lacks. Install it (Debian: apt-get install libgomp1), or add " +
        "xgboost first, whose copy is used: nidslab engines add xgboost && nidslab engines add lightgbm",
    );
  }
  mkdirSync(join(folder, "libgomp"), { recursive: true });
  const name = bundled.slice(bundled.lastIndexOf("/") + 1);
  writeFileSync(
    join(folder, OWN_GOMP),
    renamedLibrary(readFileSync(join(from, bundled)), name, "libgomp.so.1"),
  );
}

/**
 * A shared library under another name of its own (SONAME), which the loader goes by: the text is replaced where it stands.
 * @throws EngineError when the name does not stand there, or the new one is longer
 */
export function renamedLibrary(bytes: Uint8Array, name: string, to: string): Uint8Array {
  const copy = Buffer.from(bytes);
  const at = copy.indexOf(Buffer.from(`\0${name}\0`));
  if (at < 0 || to.length > name.length)
    throw new EngineError(`engines: ${name} does not name itself so; it cannot be called ${to}.`);
  copy.fill(0, at + 1, at + 1 + name.length);
  copy.write(to, at + 1, "latin1");
  return copy;
}
