import { afterEach, describe, expect, it } from "vitest";
import { rounded } from "#lib/pipeline/reporting/values.js";
import { Sandbox } from "../pipeline/sandbox.js";

let box: Sandbox;
afterEach(() => box.remove());

function make(files: Readonly<Record<string, string>>): Sandbox {
  box = new Sandbox(files);
  return box;
}

function out(...args: string[]): string {
  const { code, stdout, stderr } = box.nidslab(...args);
  expect([args, code, stderr]).toEqual([args, 0, ""]);
  return stdout;
}

function commit(message: string): void {
  box.git("add", "-A");
  box.git("commit", "-qm", message);
}

describe("stage list", () => {
  it("says what each stage makes, or its description", () => {
    make({
      "dvc.yaml": `stages:
  nothing: {cmd: "true"}
  needs: {cmd: "true", deps: [in.txt], params: [p]}
  told: {cmd: "true", desc: "\\n  what it is \\nmore", outs: [o]}
  all: {cmd: "true", outs: [a, b], metrics: [m.json], plots: [p.csv]}
  long: {cmd: "true", outs: [${"x".repeat(90)}]}
`,
      "sub/dvc.yaml": "stages: {inner: {cmd: 'true', outs: [z]}}\n",
    });
    expect(out("stage", "list")).toBe(`nothing  No outputs or dependencies
needs    Depends on in.txt, params.yaml
told     what it is
all      Outputs a, b; Reports m.json, p.csv
long     Outputs ${"x".repeat(71)}…
`);
    expect(out("stage", "list", "--all", "--name-only").split("\n")).toContain("sub/dvc.yaml:inner");
    expect(out("stage", "list", "-R", "sub")).toBe("sub/dvc.yaml:inner  Outputs z\n");
    expect(JSON.parse(out("stage", "list", "all", "--json"))).toMatchObject([
      { name: "all", outs: ["a", "b"], metrics: ["m.json"], plots: ["p.csv"] },
    ]);
    expect(box.nidslab("stage", "list", "nope")).toMatchObject({ code: 255, stdout: "" });
    expect(box.nidslab("stage", "add")).toMatchObject({ code: 254, stdout: "" });
  });
});

describe("metrics and params between revisions", () => {
  const project = {
    "dvc.yaml": `stages:
  t:
    cmd: cp params.yaml kept.yaml; cp in.json m.json
    deps: [in.json]
    params: [lr]
    metrics: [{m.json: {cache: false}}, kept.yaml]
`,
    "params.yaml": "lr: 0.1\nlayers: [1, 2]\nold: null\n",
    "in.json": '{"acc": 0.5}',
    "m.json": '{"acc": 0.5, "n": 3, "ok": true, "skipped": [1]}',
  };

  it("shows what changed, with numbers subtracted", () => {
    make(project);
    commit("one");
    box.write({ "params.yaml": "lr: 0.25\nlayers: [1, 3]\n", "m.json": '{"acc": 0.75, "n": 5, "ok": true}' });
    expect(out("metrics", "diff", "--targets", "m.json")).toBe(`Path    Metric    HEAD    workspace    Change
m.json  acc       0.5     0.75         0.25
m.json  n         3       5            2
`);
    expect(out("params", "diff")).toBe(`Path         Param    HEAD    workspace
params.yaml  layers   [1, 2]  [1, 3]
params.yaml  lr       0.1     0.25
`);
    expect(out("params", "diff", "--deps", "--no-path", "--md")).toBe(`| Param   | HEAD   | workspace   |
|:--------|:-------|:------------|
| lr      | 0.1    | 0.25        |

`);
    expect(JSON.parse(out("params", "diff", "--json"))).toEqual({
      "params.yaml": {
        layers: { old: "[1, 2]", new: "[1, 3]" },
        lr: { old: 0.1, new: 0.25, diff: 0.15 },
      },
    });
    expect(box.nidslab("params", "diff", "nope")).toEqual({
      code: 255,
      stdout: "",
      stderr: "ERROR: unknown Git revision 'nope'\n",
    });
  });

  it("reads what is only in the cache, of the workspace and of a commit", () => {
    make(project);
    out("repro");
    commit("one");
    box.git("tag", "v1");
    box.write({ "params.yaml": "lr: 0.2\n" });
    out("repro");
    box.shell("rm kept.yaml");
    expect(out("metrics", "diff", "v1", "--targets", "kept.yaml")).toContain(
      "lr        0.1   0.2          0.1",
    );
    expect(box.shell("test -e kept.yaml").code).toBe(1);
  });

  it("shows tags and branches, and leaves the workspace out when it is the branch", () => {
    make(project);
    commit("one");
    box.git("tag", "v1");
    const shown = out("metrics", "show", "-T", "m.json", "--json");
    expect(Object.keys(JSON.parse(shown))).toEqual(["workspace", "v1"]);
    expect(out("metrics", "show", "-a", "m.json")).toMatch(
      /^Revision +Path +acc +n +ok\n\w+ +m\.json +0\.5 +3 +True\n$/,
    );
  });

  it("names a file that is not there and goes on", () => {
    make(project);
    commit("one");
    const { code, stdout, stderr } = box.nidslab("metrics", "show", "m.json", "gone.json", "--json");
    expect([code, stderr]).toEqual([0, "DVC failed to load some metrics for following revisions: ''.\n"]);
    expect(JSON.parse(stdout)[""].data["gone.json"]).toEqual({
      error: { type: "FileNotFoundError", msg: "[Errno 2] No such file or directory: 'gone.json'" },
    });
  });

  it("rounds as Python does: ties to even", () => {
    make({});
    expect([rounded(0.125, 2), rounded(0.375, 2), rounded(-2.5, 0), rounded(1.005, 2)]).toEqual([
      0.12, 0.38, -2, 1,
    ]);
  });
});

describe("dag", () => {
  const chain = `stages:
  a: {cmd: "true", outs: [a1, a2]}
  b: {matrix: {i: [x, y]}, cmd: "true", deps: [a1], outs: ["b-\${item.i}"]}
  c: {cmd: "true", deps: [b-x, b-y, a2], outs: [c]}
  alone: {cmd: "true"}
`;

  it("draws boxes in layers; an arrow that follows from others is left out", () => {
    make({ "dvc.yaml": chain });
    expect(out("dag")).toBe(`      ┌───┐       ┌───────┐
      │ a │       │ alone │
      └─┬─┘       └───────┘
   ┌────┴───┐
   ▼        ▼
┌─────┐  ┌─────┐
│ b@x │  │ b@y │
└──┬──┘  └──┬──┘
   └───┬────┘
       ▼
     ┌───┐
     │ c │
     └───┘
`);
  });

  it("puts stages of one matrix into one box where there is no room", () => {
    make({
      "dvc.yaml": chain
        .replace("[x, y]", `[${Array.from({ length: 12 }, (_, i) => `k${i}`)}]`)
        .replace("b-x, b-y", "b-k0"),
    });
    const lines = out("dag").split("\n");
    expect(lines).toContainEqual(expect.stringContaining("│ b@  (12)"));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("has outputs, collapsed groups, parts of the graph and JSON", () => {
    make({ "dvc.yaml": chain });
    expect(out("dag", "--dot", "--collapse-foreach-matrix", "c")).toBe(
      'strict digraph {\n"a";\n"c";\n"b";\n"a" -> "b";\n"a" -> "c";\n"b" -> "c";\n}\n\n',
    );
    expect(out("dag", "-o", "--mermaid", "b-x")).toBe(
      'flowchart TD\n\tnode1["a1"]\n\tnode2["b-x"]\n\tnode1-->node2\n',
    );
    expect(out("dag", "--full", "--list", "b@x")).toBe("a\nb@x  <-  a\nb@y  <-  a\nc  <-  a, b@x, b@y\n");
    expect(JSON.parse(out("dag", "--json", "b@x"))).toEqual({ nodes: ["a", "b@x"], edges: [["a", "b@x"]] });
    expect(box.nidslab("dag", "-o", "--collapse-foreach-matrix")).toMatchObject({
      code: 255,
      stderr: "ERROR: `--outs` and `--collapse-foreach-matrix` are mutually exclusive\n",
    });
  });
});
