import { existsSync, readdirSync, rmSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { Sandbox, until } from "./sandbox.js";

let box: Sandbox;
afterEach(() => box.remove());

describe("stages that run at the same time", () => {
  it("whose names are alike in ASCII each get their own outputs back", () => {
    const stages = (cmd: string): string =>
      ["é", "ü"]
        .map((name, i) => `  ${name}: {cmd: '${cmd}${i + 1}', deps: [in], outs: [o${i + 1}]}\n`)
        .join("");
    box = new Sandbox({ in: "1\n", "dvc.yaml": `stages:\n${stages("echo $DVC_STAGE > o")}` });
    expect(box.nidslab("repro", "-j", "2").code).toBe(0);
    box.write({
      in: "2\n",
      "dvc.yaml": `stages:\n${stages("sleep 0.2; echo half > o")}`
        .replaceAll("o1'", "o1; exit 1'")
        .replaceAll("o2'", "o2; exit 1'"),
    });
    expect(box.nidslab("repro", "-j", "2", "-k").code).toBe(255);
    expect([box.read("o1"), box.read("o2")]).toEqual(["é\n", "ü\n"]);
    expect(existsSync(box.path(".nidslab/aside"))).toBe(false);
  });

  it("a lock that breaks fails the stage that it belongs to, and the others end before the run does", () => {
    box = new Sandbox({
      in: "1\n",
      "dvc.yaml":
        "stages:\n  a: {cmd: 'echo a > a', deps: [in], outs: [a]}\n" +
        "  c: {cmd: 'sleep 1; echo c > c', deps: [in], outs: [c]}\n",
      "sub/dvc.yaml": "stages:\n  b: {cmd: 'echo broken > dvc.lock; cp ../in b', deps: [../in], outs: [b]}\n",
    });
    const { code, stderr } = box.nidslab("repro", "-P", "-j", "3", "-k");
    expect(code).toBe(255);
    expect(stderr).toContain("ERROR: failed to reproduce 'sub/dvc.yaml:b'\n");
    expect(box.read("c")).toBe("c\n");
    expect(box.nidslab("status", "a", "c").stdout).toBe("Data and pipelines are up to date.\n");
    expect(readdirSync(box.path(".nidslab"))).not.toContain("aside");
  });

  it("leave a frozen stage until what it names as dependencies is there", () => {
    const stages = (frozen: string): string =>
      "stages:\n  a: {cmd: 'sleep 0.5; cp in a', deps: [in], outs: [a]}\n" +
      `  b: {cmd: cp a b, deps: [a], outs: [b]${frozen}}\n`;
    box = new Sandbox({ in: "1\n", "dvc.yaml": stages("") });
    expect(box.nidslab("repro").code).toBe(0);
    box.write({ "dvc.yaml": stages(", frozen: true") });
    expect(box.nidslab("repro", "-f", "-j", "2")).toMatchObject({ code: 0 });
  });

  it("print in the order of the plan, however much it is", () => {
    box = new Sandbox({
      in: "1\n",
      "dvc.yaml":
        "stages:\n  slow: {cmd: 'sleep 1; echo slow > s', deps: [in], outs: [s]}\n" +
        "  loud: {cmd: 'seq 400000; echo done > l', deps: [in], outs: [l]}\n",
    });
    const { code, stdout } = box.nidslab("repro", "-j", "2");
    expect(code).toBe(0);
    const lines = stdout.split("\n");
    const first = lines.indexOf("1");
    expect(lines.indexOf("Running stage 'slow':")).toBeLessThan(first);
    expect(lines.slice(first, first + 400_000)).toEqual(
      Array.from({ length: 400_000 }, (_, i) => String(i + 1)),
    );
    expect(readdirSync(box.path(".nidslab")).filter((name) => name.includes("held"))).toEqual([]);
  });
});

describe("what a command changes besides its outputs", () => {
  it("is what is recorded: parameters, and files of a dependency", () => {
    box = new Sandbox({
      "params.yaml": "a: 1\n",
      "src/log": "one\n",
      "dvc.yaml":
        "stages:\n  a: {cmd: \"sed -i 's/1/5/' params.yaml; echo more >> src/log; echo > o\", deps: [src], params: [a], outs: [o]}\n",
    });
    expect(box.nidslab("repro").code).toBe(0);
    expect(box.read("dvc.lock")).toContain("a: 5");
    expect(box.nidslab("status").stdout).toBe("Data and pipelines are up to date.\n");
  });
});

describe("after a run that was killed", () => {
  const slow = "stages:\n  a: {cmd: 'touch started; sleep 60', deps: [in], outs: [out]}\n";
  const kill = async (): Promise<void> => {
    rmSync(box.path("started"), { force: true });
    const child = box.start("repro");
    await until(() => existsSync(box.path("started")));
    child.kill("SIGKILL");
    await new Promise((done) => child.on("exit", done));
  };

  it("what somebody has made by hand is not lost: commit takes it, repro keeps it", async () => {
    box = new Sandbox({ in: "1\n", "dvc.yaml": slow });
    await kill();
    box.write({ out: "by hand\n" });
    expect(box.nidslab("commit", "-f").code).toBe(0);
    expect(box.read("out")).toBe("by hand\n");
    expect(box.nidslab("status").stdout).toBe("Data and pipelines are up to date.\n");
    box.write({ in: "2\n" });
    await kill();
    box.write({ out: "again by hand\n", "dvc.yaml": slow.replace("sleep 60", "exit 1") });
    const { stderr } = box.nidslab("repro");
    expect(stderr).toMatch(
      /^WARNING: 'out' is again what it was before a run that was killed; what was found there is in /,
    );
    expect(box.read("out")).toBe("by hand\n");
    const [folder] = readdirSync(box.path(".nidslab/lost"));
    expect(box.read(`.nidslab/lost/${folder}/0-out`)).toBe("again by hand\n");
  });

  it("commands that it has left in the background are ended", async () => {
    box = new Sandbox({
      in: "1\n",
      "dvc.yaml":
        "stages:\n  a: {cmd: '(sleep 3; echo late > out) & touch started; sleep 60', deps: [in], outs: [out]}\n",
    });
    await kill();
    box.write({ "dvc.yaml": "stages:\n  a: {cmd: 'echo good > out; sleep 3', deps: [in], outs: [out]}\n" });
    expect(box.nidslab("repro").code).toBe(0);
    expect(box.read("out")).toBe("good\n");
  });
});
