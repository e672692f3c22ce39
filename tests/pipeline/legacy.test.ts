import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { Sandbox } from "./sandbox.js";

// md5 of "a\nb\n"; the file has CRLF.
const text = "dd8c6a395b5dd36c56d23275028f526c";

describe("what DVC 2.x recorded", () => {
  let box: Sandbox | undefined;
  afterEach(() => box?.remove());
  const make = (out: string): Sandbox => {
    box = new Sandbox({
      in: "a\r\nb\r\n",
      "dvc.yaml": "stages:\n  a: {cmd: cp in o, deps: [in], outs: [o]}\n",
      "dvc.lock": `schema: '2.0'\nstages:\n  a:\n    cmd: cp in o\n    deps:\n    - path: in\n      md5: ${text}\n      size: 6\n    outs:\n    - path: o\n      md5: ${out}\n      size: 6\n`,
    });
    const object = box.path(`.dvc/cache/${text.slice(0, 2)}/${text.slice(2)}`);
    mkdirSync(dirname(object), { recursive: true });
    writeFileSync(object, "a\r\nb\r\n");
    chmodSync(object, 0o444);
    return box;
  };

  it("is restored from the cache of 2.x, bytes and all, and the lock stays", () => {
    const made = make(text);
    const lock = made.read("dvc.lock");
    expect(made.nidslab("repro").stdout).toContain(
      "Stage 'a' is cached - skipping run, checking out outputs",
    );
    expect(made.read("o")).toBe("a\r\nb\r\n");
    expect(made.read("dvc.lock")).toBe(lock);
    expect(made.nidslab("status").stdout).toBe("Data and pipelines are up to date.\n");
    rmSync(made.path("o"));
    expect(made.nidslab("checkout").code).toBe(0);
    expect(made.read("o")).toBe("a\r\nb\r\n");
    expect(existsSync(made.path(".dvc/cache/files"))).toBe(false);
  });

  it("becomes an entry of DVC 3 where the file differs", () => {
    const made = make(text);
    made.write({ in: "a\r\nc\r\n" });
    made.nidslab("repro");
    expect(made.read("dvc.lock")).toContain("    - path: in\n      hash: md5\n      md5: ");
    expect(existsSync(made.path(".dvc/cache/files/md5"))).toBe(true);
  });

  it("a damaged object of 2.x is never taken for the output", () => {
    const made = make(text);
    const object = made.path(`.dvc/cache/${text.slice(0, 2)}/${text.slice(2)}`);
    chmodSync(object, 0o644);
    writeFileSync(object, "other\n");
    chmodSync(object, 0o444);
    expect(made.nidslab("repro").stdout).toContain("Running stage 'a':");
    expect(made.read("o")).toBe("a\r\nb\r\n");
  });
});
