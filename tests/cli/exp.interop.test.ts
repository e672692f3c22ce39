import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { setParams } from "#lib/pipeline/paramEdit.js";
import { readYaml } from "#lib/pipeline/yaml/read.js";
import { pythonJson } from "#lib/pipeline/yaml/value.js";

const dvc = process.env.NIDSLAB_DVC;
const skipped = dvc === undefined;
const why = " (skipped: set NIDSLAB_DVC to dvc's executable to run these)";

const params = `# top
lr: 0.1   # rate
n: 3
name: abc
flag: true
nothing: null
empty:
lst: [1, 2, 3]
blk:
  - a   # first
  - b: 1
    c: 2
m:
  x: 1
  y: {z: 2, w: hello}
'q': "str"
`;

/** What `dvc exp run -S` does to params.yaml, without the run: its own function. */
const script = `
import json, sys, tempfile
from dvc.utils.hydra import apply_overrides, to_hydra_overrides
from dvc.utils.cli_parse import to_path_overrides
from ruamel.yaml import YAML
base, results = json.load(sys.stdin), []
for options in base["cases"]:
    path = tempfile.mktemp(suffix=".yaml")
    open(path, "w").write(base["params"])
    try:
        overrides = to_path_overrides(options)["params.yaml"]
        if any(each.is_sweep_override() for each in to_hydra_overrides(overrides)):
            raise ValueError("sweep")
        apply_overrides(path, overrides)
        results.append(json.dumps(YAML(typ="safe").load(open(path)), sort_keys=True, default=str))
    except Exception:
        results.append(None)
print(json.dumps(results))
`;

/** Lists of -S options, each tried on `params`. */
const cases = JSON.parse(readFileSync(join(import.meta.dirname, "overrides.json"), "utf8")) as string[][];

describe.skipIf(skipped)(`-S beside dvc's own${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "nidslab-hydra-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("leaves the same data in params.yaml, and refuses what dvc refuses", () => {
    const python = join(dirname(dvc as string), "python");
    const theirs = JSON.parse(
      execFileSync(python, ["-c", script], { input: JSON.stringify({ params, cases }), encoding: "utf8" }),
    ) as (string | null)[];
    const path = join(folder, "params.yaml");
    const differences: unknown[] = [];
    cases.forEach((options, i) => {
      writeFileSync(path, params);
      let ours: string | null;
      try {
        setParams(options, [folder], "nidslab repro");
        ours = pythonJson(readYaml(readFileSync(path, "utf8"), "params.yaml"), true);
      } catch {
        ours = null;
      }
      if (ours !== theirs[i]) differences.push({ options, ours, theirs: theirs[i] });
    });
    expect(cases.length).toBeGreaterThan(200);
    expect(theirs.filter((result) => result !== null).length).toBeGreaterThan(120);
    expect(differences).toEqual([]);
  });
});
