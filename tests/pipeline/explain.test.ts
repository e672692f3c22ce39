import { rmSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { Sandbox } from "./sandbox.js";

const files = {
  "dvc.yaml": `stages:
  a:
    cmd: cat src/* > a.txt
    deps: [src]
    params: [p]
    outs: [a.txt]
  b:
    cmd: mkdir -p b && cp a.txt b/x && echo 1 > b/y
    deps: [a.txt]
    outs: [b]
`,
  "params.yaml": "p: {lr: 0.1, n: 1}\n",
  "src/one.ts": "1\n",
  "src/two.ts": "2\n",
  ".gitignore": "/runs/\n/.nidslab/\n",
};

let box: Sandbox;
afterEach(() => box.remove());

function made(): Sandbox {
  box = new Sandbox(files);
  box.nidslab("repro");
  box.git("add", "-A");
  box.git("commit", "-q", "-m", "base");
  return box;
}

const lines = (): string => box.nidslab("status", "--explain").stdout;

describe("status --explain", () => {
  it("names the files inside a folder, the parameter and the command", () => {
    made();
    box.write({ "src/one.ts": "one\n", "src/new.ts": "", "params.yaml": "p: {lr: 0.25, n: 1}\n" });
    box.shell("rm src/two.ts");
    box.write({
      "dvc.yaml": files["dvc.yaml"].replace("cat src/*", "cat  src/*").replace("echo 1", "echo 2"),
    });
    expect(lines()).toBe(
      "a: command changed: cat src/* > a.txt -> cat  src/* > a.txt; " +
        "dependency src changed: new.ts added, one.ts modified, two.ts deleted; params.yaml p modified: lr 0.1 -> 0.25\n" +
        "b: command changed: mkdir -p b && cp a.txt b/x && echo 1 > b/y -> mkdir -p b && cp a.txt b/x && echo 2 > b/y\n",
    );
    expect(JSON.parse(box.nidslab("status", "--explain", "--json", "a").stdout)).toEqual({
      a: [
        { reason: "command", old: "cat src/* > a.txt", new: "cat  src/* > a.txt" },
        {
          reason: "dependency",
          path: "src",
          change: "modified",
          files: [
            { path: "new.ts", change: "added" },
            { path: "one.ts", change: "modified" },
            { path: "two.ts", change: "deleted" },
          ],
        },
        {
          reason: "parameter",
          path: "params.yaml",
          change: "modified",
          key: "p",
          old: { lr: 0.1, n: 1 },
          new: { lr: 0.25, n: 1 },
        },
      ],
    });
  });

  it("names at most three files", () => {
    made();
    box.write({ "src/a": "", "src/b": "", "src/c": "", "src/d": "", "src/e": "" });
    expect(lines()).toBe("a: dependency src changed: a added, b added, c added, and 2 more\n");
  });

  it("knows the folder from Git where this machine has not run it", () => {
    made();
    rmSync(box.path(".nidslab"), { recursive: true });
    box.write({ "src/one.ts": "one\n" });
    expect(lines()).toBe("a: dependency src changed: one.ts modified\n");
    box.git("commit", "-q", "-a", "-m", "changed");
    expect(lines()).toBe("a: dependency src modified\n");
  });

  it("says what is wrong with an output", () => {
    made();
    box.write({ "b/y": "two\n" });
    expect(lines()).toBe("b: output b changed: y modified\n");
    box.write({ "b/y": "1\n" });
    box.shell("rm -f .dvc/cache/files/md5/b0/26324c6904b2a9cb4b88d6d61c81d1");
    expect(lines()).toBe("b: output b not in cache: y missing\n");
  });
});
