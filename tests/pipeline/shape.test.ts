import { afterEach, describe, expect, it } from "vitest";
import { type Outcome, Sandbox } from "./sandbox.js";

const lock =
  "schema: '2.0'\nstages:\n  a:\n    cmd: cat in\n    deps:\n    - path: in\n      hash: md5\n      md5: b026324c6904b2a9cb4b88d6d61c81d1\n      size: 2\n";
const stage = "stages:\n  a: {cmd: cat in, deps: [in]}\n";

describe("dvc.yaml and dvc.lock that cannot be used, from the command line", () => {
  let box: Sandbox | undefined;
  afterEach(() => box?.remove());
  const status = (files: Record<string, string>): Outcome => {
    box = new Sandbox({ in: "1\n", "dvc.yaml": stage, ...files });
    return box.nidslab("status");
  };

  it.each([
    ["datasets: [{name: x}]\n", "nidslab does not support dataset dependencies (datasets:), in datasets"],
    [
      "stages:\n  a:\n    cmd: e\n    outs: [x: {checkpoint: true}]\n",
      "nidslab does not support checkpoints (DVC 3 has dropped them); remove the key, in stages -> a -> outs -> 0 -> x -> checkpoint",
    ],
    ["stages:\n  a: {cmd: e, dep: [x]}\n", 'in stages -> a -> dep, line 2, column 20. Did you mean "deps"?'],
    ["stages: {}\n---\nstages: {}\n", "'./dvc.yaml' is invalid."],
    ["stages:\n<<<<<<< a\n  a: {cmd: e}\n=======\n", "'./dvc.yaml' is invalid (possible merge conflicts)."],
  ])("%j", (text, message) => {
    const { code, stderr } = status({ "dvc.yaml": text });
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  it.each([
    [
      "half-written, after a key",
      lock.slice(0, lock.indexOf("deps:") + 5),
      "expected a list, in stages -> a -> deps, line 4, column 5",
    ],
    ["half-written, in a key", lock.slice(0, lock.indexOf("deps:") + 3), "'./dvc.lock' is invalid."],
    ["with an entry twice", `${lock}  a:\n    cmd: x\n`, "'./dvc.lock' is invalid.\n\nFound duplicate key."],
    [
      "with an item without path",
      `${lock}    - md5: abc\n`,
      "required key not provided, in stages -> a -> deps -> 1 -> path, line 10, column 7",
    ],
  ])("a lock %s", (_, text, message) => {
    const { code, stderr } = status({ "dvc.lock": text });
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(box?.read("dvc.lock")).toBe(text);
  });

  it.each([
    ["a byte order mark", { "dvc.lock": `\ufeff${lock}` }],
    ["CRLF in the lock", { "dvc.lock": lock.replaceAll("\n", "\r\n") }],
    ["CRLF in dvc.yaml", { "dvc.lock": lock, "dvc.yaml": stage.replaceAll("\n", "\r\n") }],
  ])("%s is accepted, as DVC does", (_, files) => {
    expect(status(files)).toEqual({ code: 0, stdout: "Data and pipelines are up to date.\n", stderr: "" });
  });
});
