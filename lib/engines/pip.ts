import { EngineError } from "../base/errors.js";
import { succeeded, type Tools } from "./tools.js";

/** A Python 3 that has pip, or undefined. */
export async function pythonWithPip(tools: Tools): Promise<string | undefined> {
  for (const python of ["python3", "python"]) {
    const ended = await tools.run(python, ["-c", "import sys, pip; sys.exit(sys.version_info < (3, 9))"]);
    if (ended?.code === 0) return python;
  }
  return undefined;
}

/** @throws EngineError when there is none */
export async function needPython(tools: Tools, engine: string): Promise<string> {
  const python = await pythonWithPip(tools);
  if (python !== undefined) return python;
  throw new EngineError(
    `engines: ${engine} needs python3 (3.9 or newer) with pip, which this machine lacks. ` +
      `Install it (Debian: apt-get install python3-pip python3-venv), then: nidslab engines add ${engine}`,
  );
}

/**
 * Unpack wheels into a folder, from wherever the user's own pip configuration gets them. No package beyond those named,
 * nothing compiled: pip only fetches.
 * @param packages with their exact versions: `lightgbm==4.7.0`
 */
export async function unpackWheels(
  tools: Tools,
  python: string,
  packages: readonly string[],
  target: { readonly folder: string } | "its environment",
): Promise<void> {
  tools.say(`pip: ${packages.join(", ")}`);
  const ended = await tools.run(
    python,
    [
      ...["-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--only-binary=:all:"],
      ...["--disable-pip-version-check", "--no-input"],
      ...(target === "its environment" ? [] : ["--target", target.folder]),
      ...packages,
    ],
    { env: { PIP_ROOT_USER_ACTION: "ignore", PIP_USER: "0" } },
  );
  succeeded(ended, `pip could not fetch ${packages.join(", ")}`);
}
