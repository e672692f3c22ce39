// npm run lab: JupyterLab in this project, with this project's kernel; more arguments go to JupyterLab.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { root, runScript, SetupError } from "./files.mjs";

const windows = process.platform === "win32";

/** Commands that may start JupyterLab: the project's own environment first, then what the PATH has. */
const own = join(root, ".venv", windows ? "Scripts\\jupyter-lab.exe" : "bin/jupyter-lab");
const commands = [...(existsSync(own) ? [[own]] : []), ["jupyter-lab"], ["python3", "-m", "jupyterlab"]];

runScript(async () => {
  const command = commands.find(([program, ...args]) => {
    return spawnSync(program, [...args, "--version"], { stdio: "ignore" }).status === 0;
  });
  if (command === undefined) {
    const pip = join(".venv", windows ? "Scripts" : "bin", "pip");
    throw new SetupError(
      "lab: JupyterLab is not installed. Install it into the project, then run npm run lab again:\n" +
        `  python3 -m venv .venv && ${pip} install jupyterlab\n` +
        "Without Python: npx nidslab notebook run notebooks/01-eda.ipynb --to html",
    );
  }
  const { installKernel } = await import("../dist/notebook/kernelSpec.js");
  // A place of this project alone, before all others: no kernel of the user is touched.
  const prefix = join(root, ".nidslab", "jupyter");
  mkdirSync(prefix, { recursive: true });
  installKernel(prefix);
  const places = [join(prefix, "share", "jupyter"), process.env.JUPYTER_PATH].filter(Boolean);
  const env = { ...process.env, JUPYTER_PATH: places.join(windows ? ";" : ":") };
  const [program, ...args] = command;
  // Ctrl-C is for JupyterLab, which asks before it stops.
  process.removeAllListeners("SIGINT");
  process.on("SIGINT", () => {});
  const lab = spawnSync(
    program,
    [
      ...args,
      `--ServerApp.root_dir=${root}`,
      "--LabApp.default_url=/lab/tree/notebooks",
      ...process.argv.slice(2),
    ],
    { stdio: "inherit", env, cwd: root },
  );
  return lab.status ?? 1;
});
