import { readdirSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { experimentTable } from "#lib/cli/expTable.js";
import { Sandbox } from "../pipeline/sandbox.js";

const files = {
  "dvc.yaml": `stages:
  a:
    cmd: 'test "$(cat fail)" != 1 && echo "{\\"acc\\": 0.123456789}" > m.json && echo $DVC_EXP_NAME > who'
    deps: [fail]
    params: [lr, m]
    outs: [{who: {cache: false}}]
    metrics: [{m.json: {cache: false}}]
`,
  "params.yaml": "lr: 1\nm: {l: [1, 0.5]}\n",
  fail: "0\n",
  ".gitignore": "/runs/\n/.nidslab/\n",
};

let box: Sandbox;
afterEach(() => box?.remove());

function made(): Sandbox {
  box = new Sandbox(files);
  box.git("add", "-A");
  box.git("commit", "-q", "-m", "base");
  return box;
}

const refs = (): string => box.git("for-each-ref", "--format=%(refname)", "refs/exps");

describe("exp run", () => {
  it("keeps the result under refs/exps without touching HEAD, index and branch", () => {
    made();
    const head = box.git("rev-parse", "HEAD").trim();
    const { code, stdout } = box.nidslab("exp", "run", "-n", "one", "-S", "lr=2", "-m", "my words");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Reproducing experiment 'one'\nparams.yaml:1\n- lr: 1\n\+ lr: 2\nTo undo \(the experiment itself stays\): nidslab repro -S lr=1\n/,
    );
    expect(stdout).toMatch(
      /\nRan experiment\(s\): one\nExperiment results have been applied to your workspace.\n$/,
    );
    const ref = `refs/exps/${head.slice(0, 2)}/${head.slice(2)}/one`;
    expect(refs()).toBe(`${ref}\n`);
    expect(box.git("log", "-1", "--format=%P %s", ref)).toBe(`${head} my words\n`);
    expect(box.git("ls-tree", "--name-only", ref).split("\n")).toEqual([
      ".dvc",
      ".gitignore",
      "dvc.lock",
      "dvc.yaml",
      "fail",
      "m.json",
      "params.yaml",
      "who",
      "",
    ]);
    expect(box.git("rev-parse", "HEAD").trim()).toBe(head);
    expect(box.git("diff", "--cached", "--name-only")).toBe("");
    expect(box.read("who")).toBe("one\n");
    expect(box.read("runs/one/params.yaml")).toBe(box.read("params.yaml"));
    expect(readdirSync(box.path("runs")).sort()).toEqual(["last", "one"]);
  });

  it("keeps nothing after a failure or a dry run", () => {
    made();
    expect(box.nidslab("exp", "run", "--dry", "-S", "lr=2").stdout).toContain("params.yaml is as it was.\n");
    expect(box.read("params.yaml")).toBe(files["params.yaml"]);
    box.write({ fail: "1\n" });
    expect(box.nidslab("exp", "run", "-n", "bad").code).toBe(255);
    expect(refs()).toBe("");
  });

  it("names an experiment by its content", () => {
    made();
    const name = (): string | undefined =>
      /Reproducing experiment '([a-z]+-[a-z]+)'/.exec(
        box.nidslab("exp", "run", "--dry", "-S", "lr=2").stdout,
      )?.[1];
    expect(name()).toBe(name());
    expect(name()).toBeDefined();
  });

  it("ends with twelve changed metrics at most", () => {
    made();
    const values = (n: number): string =>
      JSON.stringify(Object.fromEntries(Array.from({ length: 14 }, (_, i) => [`v${i}`, n])));
    box.write({
      "dvc.yaml": 'metrics: [many.json]\nstages: {a: {cmd: "cp next many.json", deps: [next]}}\n',
    });
    box.write({ "many.json": values(1), next: values(2) });
    box.git("add", "-A");
    box.git("commit", "-q", "-m", "many");
    const { stdout } = box.nidslab("exp", "run");
    expect(stdout.match(/^many\.json {2}v\d+ /gm)).toHaveLength(12);
    expect(stdout).toContain("\n… 2 more: nidslab metrics diff\n\nRan experiment(s): ");
  });

  it("gives a name that is a revision", () => {
    made();
    box.nidslab("exp", "run", "-n", "deep", "-S", "lr=2");
    box.git("checkout", "-q", "params.yaml");
    expect(box.nidslab("params", "diff", "deep").stdout).toBe(
      "Path         Param    deep    workspace\nparams.yaml  lr       2       1\n",
    );
    expect(box.nidslab("metrics", "diff", "HEAD", "deep").stdout).toContain("HEAD    deep");
    expect(box.nidslab("exp", "show", "--rev", "deep", "--csv", "--hide-workspace").stdout).toMatch(
      /^,[0-9a-f]{7},baseline,.*,2,/m,
    );
    expect(box.nidslab("params", "diff", "deeper").stderr).toBe("ERROR: unknown Git revision 'deeper'\n");
    // The same name over two commits: the one over HEAD is meant.
    box.git("commit", "-q", "--allow-empty", "-m", "next");
    box.nidslab("exp", "run", "-n", "deep", "-S", "lr=3");
    expect(box.nidslab("params", "diff", "HEAD", "deep").stdout).toContain("lr       1       3\n");
    box.git("checkout", "-q", ".");
    box.git("commit", "-q", "--allow-empty", "-m", "after");
    expect(box.nidslab("params", "diff", "deep").stderr).toBe("ERROR: ambiguous Git revision 'deep'\n");
  });

  it("refuses by name what has no counterpart here", () => {
    made();
    expect(box.nidslab("exp", "run", "--queue", "-S", "lr=1,2")).toMatchObject({
      code: 254,
      stderr:
        "ERROR: --queue is not supported by nidslab: it has no queue. Run the experiments one after the other, or use `dvc exp run --queue`.\n",
    });
    expect(box.nidslab("exp", "run", "-S", "lr=1,2").stderr).toMatch(
      /^ERROR: Sweep overrides can't be used without `--queue`/,
    );
    expect(box.nidslab("exp", "run", "-n", "a/b").stderr).toMatch(/^ERROR: Invalid exp name a\/b/);
    expect(box.nidslab("exp", "apply", "one").stderr).toBe(
      'ERROR: exp: expected "run" or "show", found "apply". What else DVC has (list, apply, branch, remove, push, …) works on the same experiments: dvc exp apply.\n',
    );
  });
});

describe("exp show", () => {
  it("shows workspace, HEAD and experiments with metrics and params", () => {
    made();
    box.nidslab("exp", "run", "-n", "two", "-S", "lr=2");
    box.nidslab("exp", "run", "-n", "three", "-S", "lr=3");
    const rows = (...options: string[]): string[] =>
      box.nidslab("exp", "show", "--drop", "Created|fail", ...options).stdout.split("\n");
    expect(rows("--sort-by", "lr").map((row) => row.replace(/ [0-9a-f]{7} /, " COMMIT "))).toEqual([
      " ─────────────────────────────────────────────────── ",
      "  Experiment                acc   lr   m.l",
      " ─────────────────────────────────────────────────── ",
      "  workspace             0.12346   3    [1, '0.5']",
      "  master                      !   1    [1, '0.5']", // no metrics there yet
      "  ├── COMMIT [two]     0.12346   2    [1, '0.5']",
      "  └── COMMIT [three]   0.12346   3    [1, '0.5']",
      " ─────────────────────────────────────────────────── ",
      "",
    ]);
    expect(rows("--md", "--only-changed", "--hide-workspace", "--drop", "acc")[0]).toMatch(
      /^\| Experiment +\| lr +\|$/,
    );
    expect(box.nidslab("exp", "show", "--sort-by", "nope").stderr).toBe(
      "ERROR: Unknown sort column 'nope'\n",
    );
  });

  it("counts the columns that a terminal without a pager has no place for", () => {
    const data = new Map([
      [
        "m.json",
        new Map([
          [
            "data",
            new Map([
              ["acc", 0.5],
              ["loss", 1.25],
            ]),
          ],
        ]),
      ],
    ]);
    const state = {
      rev: "workspace",
      name: null,
      data: new Map([["metrics", data]]),
      error: null,
      experiments: null,
    };
    const look = {
      precision: 5,
      sortBy: undefined,
      isDescending: false,
      onlyChanged: false,
      keep: [],
      drop: [],
    };
    const table = (width: number): string =>
      experimentTable([state], { ...look, form: "text", today: 0, width });
    expect(table(41)).toContain("  Experiment   Created   acc   loss\n");
    expect(table(32)).toBe(
      [
        " ────────────────────────────── ",
        "  Experiment   Created   acc",
        " ────────────────────────────── ",
        "  workspace    -         0.5",
        " ────────────────────────────── ",
        "1 more columns do not fit: --only-changed or --drop REGEX leaves some out, --csv has all.",
        "",
      ].join("\n"),
    );
  });
});
