import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../base/errors.js";
import type { Engine } from "../engine.js";
import { needPython, unpackWheels } from "../pip.js";
import { succeeded } from "../tools.js";

const windows = process.platform === "win32";

/** The Python of CatBoost's environment, from the engine's folder. */
export const catboostPython: string = windows ? "Scripts/python.exe" : "bin/python";

/** CatBoost and what training imports; plotting (matplotlib, plotly, graphviz) stays away. */
const packages = [
  "catboost==1.2.10",
  "numpy==1.26.4",
  "scipy==1.17.1",
  "pandas==3.0.6",
  "python-dateutil==2.9.0.post0",
  "six==1.17.0",
];

/** What packages there are for an older Python. */
const olderPackages = packages.map((each) =>
  each.startsWith("scipy") ? "scipy==1.13.1" : each.startsWith("pandas") ? "pandas==2.2.3" : each,
);

/** The site-packages of a virtual environment, from its folder. */
function sitePackages(folder: string): string {
  if (windows) return "Lib/site-packages";
  const version = readdirSync(join(folder, "lib")).find((name) => name.startsWith("python3")) ?? "python3";
  return `lib/${version}/site-packages`;
}

export const catboost: Engine = {
  name: "catboost",
  adds: "models of type catboost",
  version: "1.2.10",
  needs: "python3 with pip and venv",
  disables: "models of type catboost cannot be trained",
  megabytes: 520,
  async install(folder, tools) {
    const python = await needPython(tools, "catboost");
    const made = await tools.run(python, ["-m", "venv", folder]);
    if (made?.code !== 0 && /ensurepip|venv/.test(`${made?.err}${made?.out}`)) {
      throw new EngineError(
        "engines: catboost needs python3's venv, which this machine lacks. Install it (Debian: apt-get install python3-venv), " +
          "then: nidslab engines add catboost",
      );
    }
    succeeded(made, "python3 -m venv failed");
    const own = join(folder, catboostPython);
    const recent = await tools.run(own, ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]);
    await unpackWheels(tools, own, recent?.code === 0 ? packages : olderPackages, "its environment");
    return "PyPI catboost 1.2.10";
  },
  libraries(folder) {
    const place = `${sitePackages(folder)}/catboost`;
    if (!existsSync(join(folder, place))) return [];
    return readdirSync(join(folder, place))
      .filter((name) => /^_catboost\.(so|pyd)$/.test(name))
      .map((name) => `${place}/${name}`);
  },
  probe: (folder) => ({ program: join(folder, catboostPython), args: ["-c", "import catboost"] }),
};
