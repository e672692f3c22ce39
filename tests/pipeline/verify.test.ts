import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { compareTables, compareTexts } from "#lib/pipeline/compareFiles.js";
import { float64, Table, text } from "#lib/table/table.js";
import { Sandbox, until } from "./sandbox.js";

const files = {
  "dvc.yaml": `stages:
  a:
    cmd: cat data/in.txt > a.txt
    deps: [data]
    outs: [a.txt]
  b:
    cmd: mkdir -p b && cat a.txt > b/same.txt && echo "{\\"x\\":1.5$NOISE,\\"n\\":3}" > b/m.json
    deps: [a.txt]
    outs: [b]
  c:
    cmd: echo "<path d='M0.25$NOISE,1'/>" > c.svg
    deps: [a.txt]
    outs: [{c.svg: {cache: false}}]
`,
  "data/in.txt": "1\n",
  ".gitignore": "/runs/\n/.nidslab/\n/data\n/packages/\n",
  "packages/p.txt": "p\n",
};

const temporary = mkdtempSync(join(tmpdir(), "nidslab-temporary-"));
const scratchFolders = (): string[] =>
  readdirSync(temporary).filter((name) => name.startsWith("nidslab-verify-"));
let box: Sandbox;
beforeAll(() => {
  process.env.TMPDIR = temporary;
});
afterEach(() => {
  delete process.env.NOISE;
  box?.remove();
});
afterAll(() => {
  delete process.env.TMPDIR;
  rmSync(temporary, { recursive: true, force: true });
});

function made(): Sandbox {
  box = new Sandbox(files);
  box.nidslab("add", "data");
  box.nidslab("repro");
  box.git("add", "-A");
  box.git("commit", "-q", "-m", "base");
  return box;
}

/** Everything in the workspace that verify must leave alone. */
const snapshot = (): string =>
  box.shell("find . -path ./.nidslab -prune -o -path ./.git -prune -o -type f -printf '%p %s %T@\\n' | sort")
    .stdout;

describe("verify", () => {
  it("finds everything equal, and leaves workspace and scratch folder clean", () => {
    made();
    const before = snapshot();
    expect(box.nidslab("verify", "a").stderr).toBe(
      "Verifying data sources in stage: 'data.dvc'\n\nRunning stage 'a':\n> cat data/in.txt > a.txt\n",
    );
    mkdirSync(join(temporary, "nidslab-verify-999999999-left"));
    expect(box.nidslab("verify", "-q")).toEqual({
      code: 0,
      stdout:
        "equal             a: a.txt\nequal             b: b\nequal             c: c.svg\n3 outputs: 3 equal, 0 within tolerance, 0 different\n",
      stderr: "Running stage 'a':\nRunning stage 'b':\nRunning stage 'c':\n",
    });
    expect(snapshot()).toBe(before);
    expect(scratchFolders()).toEqual([]);
  });

  it("compares numbers as numbers, and shows the largest difference", () => {
    made();
    process.env.NOISE = "0000003";
    const { code, stdout } = box.nidslab("verify", "-q");
    expect([code, stdout]).toEqual([
      0,
      "equal             a: a.txt\n" +
        "within tolerance  b: b      largest difference 3e-8 (relative 2e-8)\n" +
        "within tolerance  c: c.svg  largest difference 3e-9 (relative 1.2e-8)\n" +
        "3 outputs: 1 equal, 2 within tolerance, 0 different\n",
    ]);
    const strict = box.nidslab("verify", "-q", "--tolerance", "1e-9", "--json", "b");
    expect(strict.code).toBe(1);
    expect(JSON.parse(strict.stdout)).toMatchObject({
      lock: "HEAD",
      lock_differs: false,
      inputs: [],
      outputs: [
        { stage: "a", state: "equal" },
        {
          stage: "b",
          path: "b",
          state: "different",
          detail: 'm.json: line 1: "{\\"x\\":1.5,\\"n\\":3}" -> "{\\"x\\":1.50000003,\\"n\\":3}"',
        },
      ],
    });
  });

  it("says that the data itself differs", () => {
    made();
    box.write({ "data/in.txt": "2\n" });
    const { code, stdout } = box.nidslab("verify", "-q");
    expect(code).toBe(1);
    expect(stdout).toContain("input data is not what the committed dvc.lock was made with\n");
    expect(stdout).toContain('different         a: a.txt  line 1: "1" -> "2"\n');
    expect(box.read("data/in.txt") + box.read("a.txt")).toBe("2\n1\n");
  });

  it("compares with the lock of HEAD, and says that the workspace has another one", () => {
    made();
    process.env.NOISE = "7";
    box.nidslab("repro", "-f");
    const { code, stdout } = box.nidslab("verify", "-q", "c");
    expect(code).toBe(1);
    expect(stdout).toContain("Compared with dvc.lock of HEAD; the workspace's is another one.\n");
    expect(stdout).toContain("different         c: c.svg");
  });

  it("takes data that is gone from the cache, and names what is nowhere", () => {
    made();
    box.shell("rm -r data");
    expect(box.nidslab("verify", "-q", "a").code).toBe(0);
    expect(existsSync(box.path("data"))).toBe(false);
    box.shell("rm -rf .dvc/cache");
    expect(box.nidslab("verify", "-q", "a")).toMatchObject({
      code: 255,
      stderr:
        "ERROR: verify: data is neither here nor in the cache. Run nidslab pull (dvc pull), then verify again.\n",
    });
  });

  it("fails as repro does when a stage fails, and reaches what Git ignores through links", () => {
    made();
    box.write({
      "dvc.yaml": `${files["dvc.yaml"]}  d:\n    cmd: cat packages/p.txt && exit 3\n    deps: [a.txt]\n    outs: [d.txt]\n`,
    });
    const { code, stdout, stderr } = box.nidslab("verify", "d");
    expect([code, stdout]).toEqual([255, ""]);
    expect(stderr).toContain("\np\n");
    expect(stderr).toContain(
      "ERROR: failed to reproduce 'd': failed to run: cat packages/p.txt && exit 3, exited with 3\n",
    );
    expect(scratchFolders()).toEqual([]);
  });

  it("keeps the scratch folder on request", () => {
    made();
    const { stdout } = box.nidslab("verify", "-q", "a", "--keep");
    const folder = /scratch folder: (.*)\n/.exec(stdout)?.[1] as string;
    expect(existsSync(`${folder}/a.txt`)).toBe(true);
    expect(existsSync(`${folder}/dvc.lock`)).toBe(true);
    rmSync(folder, { recursive: true });
  });

  it("leaves no scratch folder when it is interrupted", async () => {
    made();
    box.write({
      "dvc.yaml": `stages:\n  a:\n    cmd: touch ${box.root}/../started; sleep 30\n    deps: [data]\n    outs: [a.txt]\n`,
    });
    const child = box.start("verify");
    const ended = new Promise<number | null>((done) => child.on("exit", (code) => done(code)));
    await until(() => existsSync(box.path("../started")));
    child.kill("SIGINT");
    expect(await ended).toBe(252);
    expect(scratchFolders()).toEqual([]);
  });
});

describe("comparing texts and tables", () => {
  it("takes whole numbers and words for what they are", () => {
    expect(compareTexts("n 10000001\n", "n 10000002\n", 1e-6)).toMatchObject({
      state: "different",
      detail: 'line 1: "n 10000001" -> "n 10000002"',
    });
    expect(compareTexts("a 1.0\nb 2", "a 1.0000001\nb 2", 1e-6)).toMatchObject({ state: "within tolerance" });
    expect(compareTexts("1.0 x", "1.0000001 y", 1e-6).state).toBe("different");
    expect(compareTexts("1.0", "1.0 2.0", 1e-6).state).toBe("different");
    expect(compareTexts("3 0.5", "3.0000001 0.5", 1e-6).state).toBe("within tolerance");
    expect(compareTexts("-0.5", "0.5", 1e-6).state).toBe("different");
  });
  it("goes through tables column by column", () => {
    const table = (x: number, name: string): Table =>
      Table.of({ x: float64([1, x, Number.NaN]), name: text(["a", name, null]) });
    expect(compareTables(table(2, "b"), table(2.0000001, "b"), 1e-6)).toMatchObject({
      state: "within tolerance",
    });
    expect(compareTables(table(2, "b"), table(2.1, "b"), 1e-6)).toMatchObject({
      state: "different",
      detail: "column x, row 1: 2 -> 2.1",
    });
    expect(compareTables(table(2, "b"), table(2, "c"), 1e-6).detail).toBe("column name, row 1: b -> c");
  });
});
