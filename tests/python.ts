import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe } from "vitest";

/** A Python with what .ci/python.txt names (scikit-learn, XGBoost, shap); tests beside it are *.interop.test.ts. */
export const python = process.env.NIDSLAB_PYTHON;

/** Stands behind the name of what is skipped without it, so that a reader of the test's output sees why. */
const reason = "(skipped: set NIDSLAB_PYTHON to a Python that has the packages of .ci/python.txt)";

/** A `describe` of tests beside Python; skipped, with the reason in its name, where NIDSLAB_PYTHON is not set. */
export function describeBesidePython(name: string, tests: () => void): void {
  if (python === undefined) describe.skip(`${name} ${reason}`, tests);
  else describe(name, tests);
}

/**
 * Run a Python script that reads one JSON value from stdin and writes one to stdout.
 *
 * Doubles arrive as they were: both sides write the shortest text that reads back as the same double. JSON has no NaN
 * and no infinity: a script writes None for them. Large arrays go as files whose paths stand in `input`.
 * @param script path from the project's root
 * @throws Error with what the script wrote to stderr, when it fails
 */
export function runPython<T>(script: string, input: unknown): T {
  if (python === undefined) throw new Error(`${script}: NIDSLAB_PYTHON is not set`);
  const { status, stdout, stderr, error } = spawnSync(python, [resolve(script)], {
    input: JSON.stringify(input),
    encoding: "utf8",
    maxBuffer: 2 ** 30,
    env: { ...process.env, OMP_NUM_THREADS: "2", PYTHONDONTWRITEBYTECODE: "1" },
  });
  if (status !== 0) throw new Error(`${script} failed: ${error?.message ?? stderr}`);
  return JSON.parse(stdout) as T;
}
