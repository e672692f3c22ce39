import { afterEach, describe, expect, it } from "vitest";
import { Sandbox } from "./sandbox.js";

describe("defects of DVC", () => {
  let box: Sandbox | undefined;
  afterEach(() => box?.remove());
  const twice = (stage: string, files: Record<string, string>): { stdout: string; stderr: string } => {
    box = new Sandbox({ "dvc.yaml": `stages:\n  a: {${stage}}\n`, ...files });
    box.nidslab("repro");
    return box.nidslab("repro");
  };

  it("a params file that is not in normal form is recorded as DVC does, and said", () => {
    const { stdout, stderr } = twice("cmd: echo hi, params: [./p.json: [k]]", { "p.json": '{"k": 1}' });
    expect(stdout).toContain("Running stage 'a':");
    expect(stderr).toBe(
      "WARNING: stage 'a': the params file './p.json' is recorded as 'p.json' and not found again, so the stage never is " +
        "up to date. Write 'p.json' in dvc.yaml.\n",
    );
    expect(box?.read("dvc.lock")).toContain("    params:\n      p.json:\n        k: 1\n");
  });

  it("a parameter that is NaN", () => {
    const { stdout, stderr } = twice("cmd: echo hi, params: [k]", { "params.yaml": "k: {x: [.nan]}\n" });
    expect(stdout).toContain("Running stage 'a':");
    expect(stderr).toMatch(/^WARNING: stage 'a': the parameter 'k' of 'params\.yaml' is or holds NaN, .*\n$/);
  });

  it("a command whose double blanks fall where its line is folded", () => {
    const word = "w".repeat(60);
    const { stdout, stderr } = twice(`cmd: "echo ${word}  ${word} > o", outs: [o]`, {});
    expect(stdout).toContain("Running stage 'a':");
    expect(stderr).toBe(
      "WARNING: stage 'a': cmd has several blanks where dvc.lock folds the line; they read back as one, so the stage never " +
        "is up to date. Use single blanks, a list of short commands, or a script.\n",
    );
    expect(box?.nidslab("status").stdout).toBe("a:\n\tchanged command\n");
  });

  it("a tuple inside a value of a Python file: only DVC runs such a stage again", () => {
    box = new Sandbox({
      "dvc.yaml": "stages:\n  a: {cmd: echo, params: [p.py: [B, C]]}\n",
      "p.py": "B = {'x': (1, 2)}\nC = (1, 2)\n",
    });
    expect(box.nidslab("repro").stderr).toMatch(
      /^WARNING: stage 'a': the parameter 'B' of 'p\.py' holds a tuple, .*\n$/,
    );
    expect(box.nidslab("repro")).toMatchObject({
      stderr: "",
      stdout: expect.stringContaining("didn't change"),
    });
  });

  it("nothing is said of a stage that does not run", () => {
    box = new Sandbox({
      "dvc.yaml": "stages:\n  a: {cmd: echo 1  2, params: [k]}\n",
      "params.yaml": "k: 1\n",
    });
    expect(box.nidslab("repro").stderr).toBe("");
    expect(box.nidslab("repro").stderr).toBe("");
  });
});
