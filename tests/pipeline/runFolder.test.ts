import { existsSync, mkdirSync, readdirSync, readlinkSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { Sandbox } from "./sandbox.js";

const files = {
  "dvc.yaml": `stages:
  a:
    cmd: echo making a && cp in.txt a.txt
    deps: [in.txt]
    params: [p]
    outs: [a.txt]
  b:
    cmd: node b.mjs
    deps: [a.txt, b.mjs]
    outs: [b.txt]
    metrics: [{m.json: {cache: false}}]
  c:
    cmd: echo before && grep -q 2 b.txt
    deps: [b.txt]
    params: [{q.json: [q]}]
`,
  "b.mjs": `import { readFileSync, writeFileSync } from "node:fs";
writeFileSync("b.txt", readFileSync("a.txt"));
writeFileSync("m.json", '{"n": 1}');
`,
  "params.yaml": "p: 1\n",
  "q.json": '{"q": 1}',
  "in.txt": "1\n",
  ".gitignore": "/runs/\n/.nidslab/\n",
};

let box: Sandbox;
afterEach(() => box.remove());

function committed(extra: Readonly<Record<string, string>> = {}): Sandbox {
  box = new Sandbox({ ...files, ...extra });
  box.git("add", "-A");
  box.git("commit", "-q", "-m", "base");
  return box;
}

const json = (name: string): unknown => JSON.parse(box.read(name));

describe("the folder of a run", () => {
  it("holds params, Git state, lock, metrics and logs, and says where the log of a failure is", () => {
    committed();
    box.write({ "in.txt": "1\n1\n", "new.txt": "" });
    const { code, stderr } = box.nidslab("repro");
    expect(code).toBe(255);
    expect(stderr).toBe(
      "WARNING: after the failure the lines for a.txt, b.txt are taken out of .gitignore again, as DVC does; add them before you run git add.\n" +
        "ERROR: failed to reproduce 'c': failed to run: echo before && grep -q 2 b.txt, exited with 1\n" +
        "log: runs/repro-0001/logs/c.log\n",
    );
    expect(readlinkSync(box.path("runs/last"))).toBe("repro-0001");
    expect(readdirSync(box.path("runs/last")).sort()).toEqual([
      "diff.patch",
      "dvc.lock",
      "git.json",
      "logs",
      "metrics.json",
      "params",
      "params.yaml",
      "run.json",
    ]);
    expect(box.read("runs/last/logs/a.log")).toBe("making a\n");
    expect(box.read("runs/last/logs/c.log")).toBe("before\n");
    expect(box.read("runs/last/params.yaml")).toBe("p: 1\n");
    expect(box.read("runs/last/params/q.json")).toBe('{"q": 1}');
    expect(box.read("runs/last/dvc.lock")).toBe(box.read("dvc.lock"));
    expect(json("runs/last/metrics.json")).toEqual({ "": { data: { "m.json": { data: { n: 1 } } } } });
    expect(json("runs/last/git.json")).toEqual({
      commit: box.git("rev-parse", "HEAD").trim(),
      branch: box.git("branch", "--show-current").trim(),
      dirty: true,
      untracked: ["new.txt"],
    });
    expect(box.read("runs/last/diff.patch")).toContain(" 1\n+1\n");
    expect(json("runs/last/run.json")).toMatchObject({
      kind: "repro",
      command: ["repro"],
      outcome: "failed",
      stages: [
        { stage: "a", result: "ran", exit: 0, log: "logs/a.log" },
        { stage: "b", result: "ran", exit: 0 },
        { stage: "c", result: "failed", exit: 1, log: "logs/c.log" },
      ],
    });
  });

  it("is not made by a run that has nothing to do, nor by a dry one", () => {
    committed();
    box.nidslab("repro", "--dry");
    expect(existsSync(box.path("runs"))).toBe(false);
    box.nidslab("repro", "a", "b");
    expect(box.nidslab("repro", "a", "b").stdout).toContain("up to date");
    expect(readdirSync(box.path("runs")).sort()).toEqual(["last", "repro-0001"]);
  });

  it("tells what was restored and skipped", () => {
    committed();
    box.nidslab("repro", "a");
    box.nidslab("repro", "a", "-S", "p=2");
    box.shell("rm -f b.txt");
    box.nidslab("repro", "b", "-S", "p=1");
    expect(json("runs/repro-0003/run.json")).toMatchObject({
      command: ["repro", "b", "-S", "p=1"],
      stages: [
        { stage: "a", result: "restored" },
        { stage: "b", result: "ran" },
      ],
    });
    expect(box.read("runs/repro-0002/params.yaml")).toBe("p: 2\n");
  });

  it("keeps the newest fifty, and every named one", () => {
    committed();
    for (let i = 1; i <= 52; i++)
      mkdirSync(box.path(`runs/repro-${String(i).padStart(4, "0")}`), { recursive: true });
    mkdirSync(box.path("runs/mine"));
    box.nidslab("repro", "a");
    const names = readdirSync(box.path("runs")).sort();
    expect(names.length).toBe(52);
    expect(names.slice(0, 3)).toEqual(["last", "mine", "repro-0004"]);
    expect(names.at(-1)).toBe("repro-0053");
  });

  it("lies in a folder that ignores itself where Git does not ignore runs/", () => {
    committed({ ".gitignore": "" });
    expect(box.nidslab("repro", "c").stderr).toContain("log: .dvc/tmp/nidslab-runs/repro-0001/logs/c.log\n");
    expect(existsSync(box.path("runs"))).toBe(false);
    expect(box.read(".dvc/tmp/nidslab-runs/last/dvc.lock")).toBe(box.read("dvc.lock"));
    expect(box.git("status", "--porcelain", "--ignored=no")).not.toContain("nidslab");
  });

  it("stops nothing when it cannot be written", () => {
    committed();
    box.write({ runs: "in the way\n" });
    const { code, stderr } = box.nidslab("repro", "a");
    expect(code).toBe(0);
    expect(stderr.match(/WARNING: the folder of this run cannot be written/g)?.length).toBe(1);
  });

  it("has a CPU profile of every stage that runs node with --profile", () => {
    committed();
    expect(box.nidslab("repro", "b", "--profile").code).toBe(0);
    expect(readdirSync(box.path("runs/last/profiles"))).toEqual(["b.cpuprofile"]);
    const profile = json("runs/last/profiles/b.cpuprofile") as { nodes: unknown[] };
    expect(profile.nodes.length).toBeGreaterThan(5);
    expect(box.read("dvc.lock")).not.toContain("cpuprofile");
  });
});
