import { chmodSync, existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Sandbox, until } from "./sandbox.js";

const dvcYaml = `stages:
  clean:
    cmd: sort raw.txt > clean.txt
    deps: [raw.txt]
    outs: [clean.txt]
  train:
    matrix:
      model: \${run.models}
    cmd: mkdir -p models/\${item.model} && cat clean.txt code.txt > models/\${item.model}/m
    deps: [clean.txt, code.txt]
    params: ["models.\${item.model}"]
    outs: ["models/\${item.model}"]
  report:
    cmd: cat models/*/m > report.md && echo '{"n":1,"f1":0.123456}' > metrics.json
    deps: [models]
    params: [run]
    outs: [{report.md: {cache: false}}]
    metrics: [{metrics.json: {cache: false}}]
`;
const paramsYaml = `run:
  models: [a, b]   # the comparison
models:
  a: {depth: 3, rate: 0.1}
  b: {depth: 4, rate: 1.0}
`;

describe("repro on a small project", () => {
  let box: Sandbox;
  let lock = "";
  beforeAll(() => {
    box = new Sandbox({
      "dvc.yaml": dvcYaml,
      "params.yaml": paramsYaml,
      "raw.txt": "b\na\n",
      "code.txt": "v1\n",
      ".gitignore": "/models/\n/runs/\n",
    });
    box.git("add", "-A");
    box.git("commit", "-qm", "start");
  });
  afterAll(() => box.remove());

  it("runs everything, in the order of the graph, and writes the lock", () => {
    const { code, stdout, stderr } = box.nidslab("repro");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.match(/Running stage '.*'/g)).toEqual([
      "Running stage 'clean'",
      "Running stage 'train@a'",
      "Running stage 'train@b'",
      "Running stage 'report'",
    ]);
    expect(box.read("report.md")).toBe("a\nb\nv1\na\nb\nv1\n");
    expect(box.read(".gitignore")).toBe("/models/\n/runs/\n/clean.txt\n");
    lock = box.read("dvc.lock");
    expect(lock.match(/^ {2}\S+:$/gm)).toEqual(["  clean:", "  train@a:", "  train@b:", "  report:"]);
    expect(lock).toContain("        models.b:\n          depth: 4\n          rate: 1.0\n");
    const objects = readdirSync(box.path(".dvc/cache/files/md5")).flatMap((prefix) =>
      readdirSync(box.path(`.dvc/cache/files/md5/${prefix}`)).map((name) => `${prefix}/${name}`),
    );
    for (const name of objects) {
      expect(statSync(box.path(`.dvc/cache/files/md5/${name}`)).mode & 0o777).toBe(0o444);
    }
    expect(existsSync(box.path("runs/last/logs/report.log"))).toBe(true);
  });

  it("does nothing the second time", () => {
    const { stdout } = box.nidslab("repro");
    expect(stdout).toBe(
      "Stage 'clean' didn't change, skipping\nStage 'train@a' didn't change, skipping\n" +
        "Stage 'train@b' didn't change, skipping\nStage 'report' didn't change, skipping\n" +
        "Data and pipelines are up to date.\n",
    );
    expect(box.read("dvc.lock")).toBe(lock);
    expect(box.nidslab("status").stdout).toBe("Data and pipelines are up to date.\n");
  });

  it("names an undo that can be pasted: npx where the project has the program, and what was asked for", () => {
    box.write({ "node_modules/.bin/nidslab": "" });
    const dry = (...args: string[]): string | undefined =>
      /^To undo: .*/m.exec(box.nidslab("repro", "--dry", "-S", "models.a.depth=5", ...args).stdout)?.[0];
    expect(dry("--downstream", "train@a", "train@b")).toBe(
      "To undo: npx nidslab repro --downstream -S models.a.depth=3 train@a train@b",
    );
    expect(dry("--cd", ".")).toBe("To undo: npx nidslab repro --cd . -S models.a.depth=3");
    rmSync(box.path("node_modules"), { recursive: true });
  });

  it("gives the same lock with one job", () => {
    rmSync(box.path("dvc.lock"));
    rmSync(box.path(".dvc/cache"), { recursive: true, force: true });
    box.nidslab("repro", "-j", "1");
    expect(box.read("dvc.lock")).toBe(lock);
  });

  it("-S changes one value's bytes, says how to undo it, and one model reruns", () => {
    const { stdout } = box.nidslab("repro", "-S", "models.a.depth=5");
    expect(stdout).toContain(
      "-   a: {depth: 3, rate: 0.1}\n+   a: {depth: 5, rate: 0.1}\nTo undo: nidslab repro -S models.a.depth=3\n",
    );
    expect(box.read("params.yaml")).toBe(paramsYaml.replace("depth: 3", "depth: 5"));
    expect(stdout).toContain("Running stage 'train@a'");
    expect(stdout).toContain("Stage 'train@b' didn't change, skipping");
    // The model came out the same, so the report is left alone.
    expect(stdout).toContain("Stage 'report' didn't change, skipping");
    expect(box.nidslab("params", "diff").stdout).toBe(
      "Path         Param           HEAD    workspace\nparams.yaml  models.a.depth  3       5\n",
    );
  });

  it("--dry -S shows what the change would run, and changes nothing", () => {
    const before = box.read("params.yaml");
    const { stdout } = box.nidslab("repro", "--dry", "-S", "models.b.depth=9");
    expect(stdout).toContain("Running stage 'train@b'");
    expect(stdout).toContain("Stage 'report' may run: it depends on what would run before it");
    expect(stdout).toContain("params.yaml is as it was.");
    expect(box.read("params.yaml")).toBe(before);
  });

  it("restores an earlier run from the run cache", () => {
    const { stdout } = box.nidslab("repro", "-S", "models.a.depth=3");
    expect(stdout).toContain("Stage 'train@a' is cached - skipping run, checking out outputs");
    expect(stdout).not.toContain("Running stage");
    expect(box.read("dvc.lock")).toBe(lock);
  });

  it("restores a deleted output and says why it would", () => {
    rmSync(box.path("clean.txt"));
    expect(box.nidslab("status", "--explain").stdout).toContain("clean: output clean.txt deleted\n");
    expect(box.nidslab("repro").stdout).toContain(
      "Stage 'clean' is cached - skipping run, checking out outputs",
    );
    expect(box.read("clean.txt")).toBe("a\nb\n");
  });

  it("reruns what depends on changed code, and nothing else", () => {
    box.write({ "code.txt": "v2\n" });
    expect(JSON.parse(box.nidslab("status", "--json").stdout)["train@a"]).toEqual([
      { "changed deps": { "code.txt": "modified" } },
    ]);
    const { stdout } = box.nidslab("repro");
    expect(stdout).toContain("Stage 'clean' didn't change, skipping");
    expect(stdout.match(/Running stage '.*'/g)).toEqual([
      "Running stage 'train@a'",
      "Running stage 'train@b'",
      "Running stage 'report'",
    ]);
  });

  it("shows metrics", () => {
    expect(box.nidslab("metrics", "show").stdout).toBe(
      "Path          f1       n\nmetrics.json  0.12346  1\n",
    );
    expect(box.nidslab("metrics", "show", "nosuch")).toMatchObject({
      code: 0,
      stderr: "DVC failed to load some metrics for following revisions: ''.\n",
    });
  });

  it.each([
    ["that can be written", 0o644],
    ["that DVC would trust", 0o444],
  ])("a damaged object %s is not put into the workspace", (_, mode) => {
    rmSync(box.path("clean.txt"));
    const md5 = /clean:[\s\S]*?outs:[\s\S]*?md5: (\w+)/.exec(box.read("dvc.lock"))?.[1] as string;
    const object = box.path(`.dvc/cache/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`);
    chmodSync(object, 0o644);
    box.write({ [object.slice(box.root.length + 1)]: "damaged" });
    chmodSync(object, mode);
    expect(box.nidslab("repro").stdout).toContain("Running stage 'clean'");
    expect(box.read("clean.txt")).toBe("a\nb\n");
  });
});

describe("failure and interruption", () => {
  const boxes: Sandbox[] = [];
  const make = (files: Record<string, string>): Sandbox => {
    const box = new Sandbox(files);
    boxes.push(box);
    return box;
  };
  afterAll(() => boxes.forEach((box) => void box.remove()));

  const two = (cmd: string): string =>
    `stages:\n  a: {cmd: "${cmd}", deps: [in], outs: [a.txt]}\n  b: {cmd: cp a.txt b.txt, deps: [a.txt], outs: [b.txt]}\n` +
    "  c: {cmd: cp in c.txt, deps: [in], outs: [c.txt]}\n";

  it("keeps the old outputs of a stage that fails, and its entry", () => {
    const box = make({ in: "1\n", "dvc.yaml": two("cp in a.txt") });
    box.nidslab("repro");
    const lock = box.read("dvc.lock");
    box.write({ in: "2\n", "dvc.yaml": two("echo half > a.txt; exit 3") });
    const { code, stderr } = box.nidslab("repro");
    expect([code, stderr]).toEqual([
      255,
      "ERROR: failed to reproduce 'a': failed to run: echo half > a.txt; exit 3, exited with 3\nlog: .dvc/tmp/nidslab-runs/repro-0002/logs/a.log\n",
    ]);
    expect(box.read("a.txt")).toBe("1\n");
    expect(box.read("dvc.lock")).toBe(lock);
    expect(existsSync(box.path(".nidslab/aside"))).toBe(false);
  });

  it("--dry shows the whole plan where nothing has been made yet, and makes nothing", () => {
    const box = make({ in: "1\n", "dvc.yaml": two("cp in a.txt") });
    const { code, stdout } = box.nidslab("repro", "--dry");
    expect([code, stdout.match(/^> .*/gm)]).toEqual([
      0,
      ["> cp in a.txt", "> cp a.txt b.txt", "> cp in c.txt"],
    ]);
    expect(existsSync(box.path("dvc.lock"))).toBe(false);
  });

  it("--dry names the dependents of a stage that would run", () => {
    const box = make({ in: "1\n", "dvc.yaml": two("cp in a.txt") });
    box.nidslab("repro");
    box.write({ in: "2\n" });
    expect(box.nidslab("repro", "--dry").stdout).toContain(
      "Stage 'b' may run: it depends on what would run before it\n",
    );
  });

  it("-k goes on with what does not depend on the failure", () => {
    const box = make({ in: "1\n", "dvc.yaml": two("exit 4") });
    const { code, stdout, stderr } = box.nidslab("repro", "-k");
    expect(code).toBe(255);
    expect(stderr).toBe(
      "WARNING: failed to run: exit 4, exited with 4\nWARNING: Stage 'b' will be skipped due to this failure\n" +
        "WARNING: after the failure the lines for c.txt are taken out of .gitignore again, as DVC does; add them before you run git add.\n" +
        "ERROR: failed to reproduce 'a'\nlog: .dvc/tmp/nidslab-runs/repro-0001/logs/a.log\n",
    );
    expect(stdout).toContain("Running stage 'c'");
    expect(box.read("c.txt")).toBe("1\n");
  });

  it.each(["SIGINT", "SIGHUP"] as const)(
    "%s ends the command with what it started, restores its outputs and exits with 252",
    async (signal) => {
      const box = make({ in: "1\n", "dvc.yaml": two("cp in a.txt") });
      box.nidslab("repro");
      const lock = box.read("dvc.lock");
      box.write({
        in: "2\n",
        "dvc.yaml": two("echo half > a.txt; touch started; sleep 60; echo $$ > survived"),
      });
      const child = box.start("repro", "-j", "2");
      await until(() => existsSync(box.path("started")));
      child.kill(signal);
      const code = await new Promise((done) => child.on("exit", done));
      expect(code).toBe(252);
      expect(box.read("a.txt")).toBe("1\n");
      expect(box.read("dvc.lock")).toBe(lock);
      expect(existsSync(box.path("survived"))).toBe(false);
      expect(existsSync(box.path(".nidslab/lock"))).toBe(false);
    },
  );

  it.each(["SIGINT", "SIGKILL"] as const)(
    "%s leaves nothing of outputs that were never made",
    async (signal) => {
      const box = make({ in: "1\n", "dvc.yaml": two("echo half > a.txt; touch started; sleep 60") });
      const child = box.start("repro", "-j", "1");
      await until(() => existsSync(box.path("started")));
      child.kill(signal);
      await new Promise((done) => child.on("exit", done));
      if (signal === "SIGKILL") {
        // The next run finds out; that its own stage fails too changes nothing.
        box.write({ "dvc.yaml": two("exit 1") });
        box.nidslab("repro");
      }
      expect(existsSync(box.path("a.txt"))).toBe(false);
    },
  );

  it("undoes what a killed run has left", async () => {
    const box = make({ in: "1\n", "dvc.yaml": two("cp in a.txt") });
    box.nidslab("repro");
    box.write({ in: "2\n", "dvc.yaml": two("touch started; sleep 3; cp in a.txt") });
    const child = box.start("repro");
    await until(() => existsSync(box.path("started")));
    child.kill("SIGKILL");
    await new Promise((done) => child.on("exit", done));
    expect(existsSync(box.path("a.txt"))).toBe(false);
    box.write({ "dvc.yaml": two("exit 1") });
    box.nidslab("repro");
    expect(box.read("a.txt")).toBe("1\n");
  });

  it("never lets two processes have the lock", () => {
    const box = make({ in: "1\n" });
    const script = `
      import { existsSync, rmSync, writeFileSync } from "node:fs";
      import { Project } from "${pathToFileURL(resolve("dist/pipeline/project.js")).href}";
      import { takeLock } from "${pathToFileURL(resolve("dist/pipeline/guard.js")).href}";
      const project = Project.open(process.cwd(), () => undefined);
      for (let taken = 0; taken < 200; ) {
        let release;
        try { release = takeLock(project); } catch { continue; }
        writeFileSync("inside", "", { flag: "wx" });
        rmSync("inside");
        release();
        taken++;
      }`;
    box.write({ "lock.mjs": script });
    const three =
      'for i in 1 2 3; do node lock.mjs & pids="$pids $!"; done; for p in $pids; do wait $p || exit 1; done';
    expect(box.shell(three)).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("refuses a second run while one is at work", async () => {
    const box = make({
      in: "1\n",
      "dvc.yaml": two("touch started; while [ ! -f go ]; do sleep 0.02; done; cp in a.txt"),
    });
    const child = box.start("repro");
    await until(() => existsSync(box.path("started")));
    const second = box.nidslab("repro");
    expect(second.code).toBe(255);
    expect(second.stderr).toMatch(/^ERROR: Unable to acquire lock\..*PID \d+/);
    box.write({ go: "" });
    expect(await new Promise((done) => child.on("exit", done))).toBe(0);
  });

  it.each([
    [
      "an unknown key",
      "stages:\n  a: {cmd: x, depz: [y]}\n",
      'extra keys not allowed, in stages -> a -> depz, line 2, column 21. Did you mean "deps"?',
    ],
    [
      "a cycle",
      "stages:\n  a: {cmd: x, deps: [y], outs: [z]}\n  b: {cmd: x, deps: [z], outs: [y]}\n",
      "both a dependency and an output in stages: a, b.",
    ],
    [
      "one output twice",
      "stages:\n  a: {cmd: x, outs: [y]}\n  b: {cmd: x, outs: [y]}\n",
      "output 'y' is specified in:\n\t- a\n\t- b\n",
    ],
    [
      "a name that is not there",
      "stages:\n  a: {cmd: 'echo $" + "{nope}'}\n",
      "failed to parse 'stages.a.cmd' in 'dvc.yaml': Could not find 'nope'",
    ],
    [
      "a missing dependency",
      "stages:\n  a: {cmd: x, deps: [nofile]}\n",
      "failed to reproduce 'a': dependency 'nofile' does not exist",
    ],
    [
      "a parameter that is not there",
      "stages:\n  a: {cmd: x, params: [p], outs: [y]}\n",
      "Parameters 'p' are missing from 'params.yaml'.",
    ],
  ])("names %s", (_, text, message) => {
    const box = make({ "dvc.yaml": text });
    const { code, stderr } = box.nidslab("repro");
    expect(code).toBe(255);
    expect(stderr).toContain(message);
  });

  it("writes the same lock when stages that share a parameter come from the run cache", () => {
    const stages =
      "stages:\n  a: {matrix: {x: [p, q]}, cmd: 'echo > $" +
      "{item.x}', params: [list], outs: ['$" +
      "{item.x}']}\n";
    const box = make({ "dvc.yaml": stages, "params.yaml": "list: [1, 2]\n" });
    box.nidslab("repro");
    const lock = box.read("dvc.lock");
    rmSync(box.path("dvc.lock"));
    expect(box.nidslab("repro").stdout.match(/is cached - skipping run/g)).toHaveLength(2);
    expect(box.read("dvc.lock")).toBe(lock);
  });

  it("status --explain names what differs inside a parameter, and nothing else", () => {
    const box = make({
      "dvc.yaml": "stages:\n  a: {cmd: echo > o, params: [models], outs: [o]}\n",
      "params.yaml": "models: {a: {depth: 3, rate: 0.1}, b: {depth: 4}}\n",
    });
    box.nidslab("repro");
    box.write({ "params.yaml": "models: {a: {depth: 5, rate: 0.1}, c: 1}\n" });
    expect(box.nidslab("status", "--explain").stdout).toBe(
      "a: params.yaml models modified: a.depth 3 -> 5, b {'depth': 4} -> nothing, c nothing -> 1\n",
    );
  });

  it("a -S that is refused changes nothing and shows no change", () => {
    const stages = "stages:\n  a: {cmd: ./bin/nidslab run-stage a, params: [seed]}\n";
    const box = make({ "dvc.yaml": stages, "params.yaml": "seed: 1\n" });
    const { code, stdout, stderr } = box.nidslab("repro", "-S", "seed=2");
    expect([code, stdout]).toEqual([255, ""]);
    expect(stderr).toContain("ERROR: params:");
    expect(box.read("params.yaml")).toBe("seed: 1\n");
  });

  it("a stage that is not there is refused with the nearest one", () => {
    const box = make({ "dvc.yaml": "stages:\n  train: {cmd: x}\n" });
    expect(box.nidslab("repro", "trian").stderr).toBe(
      "ERROR: Stage 'trian' not found inside 'dvc.yaml' file. Did you mean \"train\"?\n",
    );
  });

  it("wrong usage is 254, no project is 253", () => {
    const box = make({ "dvc.yaml": "" });
    expect(box.nidslab("repro", "--nosuch").code).toBe(254);
    rmSync(box.path(".dvc"), { recursive: true });
    expect(box.nidslab("status").code).toBe(253);
  });
});
