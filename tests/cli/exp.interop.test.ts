import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setParams } from "#lib/pipeline/paramEdit.js";
import { readYaml } from "#lib/pipeline/yaml/read.js";
import { pythonJson } from "#lib/pipeline/yaml/value.js";
import { DvcServer, dvc } from "../pipeline/dvcServer.js";
import { Sandbox } from "../pipeline/sandbox.js";

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
        setParams(options, [folder], { words: ["nidslab", "repro"], targets: [] });
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

const graph = {
  "dvc.yaml": `stages:
  a:
    cmd: mkdir -p o && cat in.txt > o/x && echo $DVC_EXP_NAME $DVC_EXP_BASELINE_REV > who.txt
    deps: [in.txt]
    params: [lr]
    outs: [o, {who.txt: {cache: false}}]
  b:
    cmd: 'grep "^lr" params.yaml | sed "s/lr: \\\\(.*\\\\)/{\\"acc\\": \\\\1, \\"n\\": {\\"k\\": 3}}/" > m.json; echo hi > u.txt'
    deps: [o, script.sh]
    params: [lr, m]
    metrics: [{m.json: {cache: false}}]
    outs: [u.txt]
`,
  "params.yaml": "lr: 0.125\nm:\n  x: 1\n  l: [1, 2.5]\n",
  "in.txt": "1\n",
  "script.sh": "x\n",
  ".gitignore": "/runs/\n/.nidslab/\n",
};

describe.skipIf(skipped)(`experiments beside dvc's own${why}`, { timeout: 300_000 }, () => {
  const boxes: Sandbox[] = [];
  let server: DvcServer;
  beforeAll(() => {
    server = new DvcServer(dvc as string);
  });
  afterAll(() => {
    server.end();
    boxes.forEach((box) => void box.remove());
  });
  const make = (): Sandbox => {
    const box = new Sandbox(graph);
    boxes.push(box);
    box.shell("git config user.name a && git config user.email a@b && git config advice.detachedHead false");
    box.git("add", "-A");
    box.git("commit", "-q", "-m", "base");
    box.nidslab("repro");
    box.git("add", "-A");
    box.git("commit", "-q", "-m", "ran");
    return box;
  };
  const real = async (box: Sandbox, ...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await server.call(box.root, args);
    expect([args, code, stderr]).toEqual([args, 0, ""]);
    return stdout;
  };
  const ours = (box: Sandbox, ...args: string[]): string => {
    const { code, stdout, stderr } = box.nidslab(...args);
    expect([args, code, stderr]).toEqual([args, 0, ""]);
    return stdout;
  };

  it("dvc lists, shows, applies and branches what exp run stored; HEAD, index and branch stay", async () => {
    const box = make();
    const head = box.read(".git/HEAD") + box.git("rev-parse", "HEAD");
    box.write({ "in.txt": "2\n", "staged.txt": "s\n" });
    box.git("add", "staged.txt");
    const index = box.git("ls-files", "--stage");
    const out = ours(box, "exp", "run", "-n", "try1", "-S", "lr=0.25", "-S", "+m.y=a");
    expect(out).toContain("\nm.json  acc       0.125   0.25         0.125\n");
    expect(box.read(".git/HEAD") + box.git("rev-parse", "HEAD")).toBe(head);
    expect(box.git("ls-files", "--stage")).toBe(index);
    expect(box.read("who.txt")).toBe(`try1 ${box.git("rev-parse", "HEAD")}`);
    expect(await real(box, "exp", "list", "--name-only")).toBe("try1\n");
    expect(await real(box, "status")).toBe("Data and pipelines are up to date.\n");
    const lock = box.read("dvc.lock");
    expect(
      box.shell('git show "$(git for-each-ref --format="%(refname)" refs/exps)":staged.txt').stdout,
    ).toBe("s\n");
    box.git("reset", "-q", "--hard");
    await real(box, "exp", "apply", "try1");
    expect([box.read("dvc.lock"), box.read("in.txt"), box.read("o/x")]).toEqual([lock, "2\n", "2\n"]);
    await real(box, "exp", "branch", "try1", "kept");
    expect(box.git("show", "kept:params.yaml")).toBe("lr: 0.25\nm:\n  x: 1\n  l: [1, 2.5]\n  y: a\n");
  });

  it("stores the tree that dvc stores", async () => {
    const [one, other] = [make(), make()];
    ours(one, "exp", "run", "-n", "t", "-S", "lr=0.25");
    await real(other, "exp", "run", "-n", "t", "-S", "lr=0.25");
    const tree = (box: Sandbox): string =>
      box.shell('git ls-tree -r "$(git for-each-ref --format="%(refname)" "refs/exps/*/*/t")"').stdout;
    const names = (text: string): string[] =>
      text.split("\n").filter((line) => !/\t(who.txt|dvc.lock|params.yaml)$/.test(line));
    expect(names(tree(one))).toEqual(names(tree(other)));
    expect(names(tree(one)).length).toBeGreaterThan(6);
  });

  it("exp show --json has dvc's fields and values, for experiments of both", async () => {
    const box = make();
    ours(box, "exp", "run", "-n", "mine", "-S", "lr=0.25");
    await real(box, "exp", "run", "-n", "theirs", "-S", "lr=0.5", "-S", "m.x=true");
    box.git("tag", "v1");
    for (const options of [
      [],
      ["-A"],
      ["-n", "2", "--hide-workspace"],
      ["--param-deps"],
      ["--sha", "-a", "-T"],
    ]) {
      const [theirs, mine] = [
        await real(box, "exp", "show", "--json", ...options),
        ours(box, "exp", "show", "--json", ...options),
      ];
      expect(JSON.parse(mine)).toEqual(JSON.parse(theirs));
    }
    for (const options of [
      ["--csv"],
      ["--md"],
      ["--csv", "--precision", "2", "--only-changed"],
      ["--md", "--sort-by", "acc"],
      ["--md", "--sort-by", "m.json:acc", "--sort-order", "desc", "--drop", "m|in"],
      ["--csv", "--only-changed", "--keep", "acc|m.x"],
    ])
      expect(ours(box, "exp", "show", ...options)).toBe(await real(box, "exp", "show", ...options));
  });

  it("refuses a taken name, and replaces it with -f; the same content gets the same name", async () => {
    const box = make();
    ours(box, "exp", "run", "-n", "t", "-S", "lr=0.25");
    expect(box.nidslab("exp", "run", "-n", "t", "-S", "lr=0.5")).toMatchObject({
      code: 255,
      stderr:
        "ERROR: Experiment conflicts with existing experiment 't'. To overwrite the existing experiment run:\n\n\tnidslab exp run -f ...\n\n",
    });
    expect(box.read("params.yaml")).toContain("lr: 0.25");
    ours(box, "exp", "run", "-f", "-n", "t", "-S", "lr=0.5");
    expect(
      JSON.parse(await real(box, "exp", "show", "--json"))[1].experiments[0].revs[0].data.params[
        "params.yaml"
      ].data.lr,
    ).toBe(0.5);
    const nameOf = (other: Sandbox): string | undefined =>
      /Reproducing experiment '(\w+-\w+)'/.exec(ours(other, "exp", "run"))?.[1];
    const name = nameOf(box);
    expect(name).toMatch(/^[a-z]+-[a-z]+$/);
    expect(nameOf(box)).not.toBe(name);
    expect((await real(box, "exp", "list", "--name-only")).split("\n").length).toBe(4);
  });
});
