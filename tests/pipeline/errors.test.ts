import { dirname } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { hasGolden, vectors, why } from "./golden.js";
import { type Outcome, Sandbox } from "./sandbox.js";

interface Row {
  name: string;
  files: Record<string, string>;
  setup_shell?: string;
  dvc: string;
  exit: number;
  stdout: string;
  stderr: string;
}

/** Situations whose message differs on purpose: the reason, and the text of DVC's that ours still has. */
const DIFFERENT: Readonly<Record<string, { readonly because: string; readonly key: string }>> = {
  "duplicate output": {
    because: "DVC's order of stages is that of a set",
    key: "ERROR: output 'x' is specified in:",
  },
  cycle: {
    because: "DVC's order of stages is that of a set",
    key: "ERROR: Same item(s) are defined as both a dependency and an output in stages: ",
  },
  "unknown stage": {
    because: "names the nearest stage",
    key: "ERROR: Stage 'nosuch' not found inside 'dvc.yaml' file",
  },
  "output as target": {
    because: "names the nearest stage",
    key: "ERROR: Stage 'x' not found inside 'dvc.yaml' file",
  },
  "unknown group member": {
    because: "names the nearest stage",
    key: "ERROR: Stage 'a@3' not found inside 'dvc.yaml' file",
  },
  "yaml syntax": { because: "another YAML parser says what is wrong", key: "'./dvc.yaml' is invalid.\n\n" },
  "duplicate key": { because: "another YAML parser says what is wrong", key: "Found duplicate key" },
  "lock: merge conflict": {
    because: "another YAML parser says what is wrong",
    key: "'./dvc.lock' is invalid (possible merge conflicts).\n\n",
  },
  "date in params.yaml": {
    because: "says what to do, and does not send the reader to DVC's support",
    key: "ERROR: unexpected error - Unsupported value of type 'date' in 'params.yaml:d'\n",
  },
  "whole-value float as out": {
    because: "says what to do, and does not send the reader to DVC's support",
    key: "ERROR: unexpected error - 'float' not supported.",
  },
  "whole-value int as cmd": {
    because: "says what to do",
    key: "ERROR: failed to reproduce 'a': 'int' object has no attribute 'splitlines'",
  },
  "item already defined": {
    because: "DVC reads the file twice and warns twice",
    key: "WARNING: item is already specified, will be overwritten for stages generated from 'a'\n",
  },
  "bad option": { because: "prints no usage text", key: "ERROR: unrecognized arguments: --nosuch" },
};

describe.skipIf(!hasGolden)(`error situations of DVC (${why})`, () => {
  const rows = hasGolden ? vectors<{ rows: Row[] }>("errors").rows : [];
  let box: Sandbox | undefined;
  afterEach(() => box?.remove());

  const run = (row: Row): Outcome => {
    box = new Sandbox(row.files);
    if (row.setup_shell?.startsWith("dvc repro -q; ")) {
      box.nidslab("repro", "-q");
      box.shell(row.setup_shell.slice("dvc repro -q; ".length));
    } else if (row.setup_shell !== undefined) box.shell(row.setup_shell);
    const [verb, ...args] = row.dvc.split(" ");
    return box.nidslab(verb, ...args);
  };
  const plain = (text: string): string => {
    const root = box?.root ?? "";
    return text
      .replaceAll(root, "<root>")
      .replaceAll(dirname(root), "<parent>")
      .replace(/[ \t]+$/gm, "")
      .replace(/^log: .*\n/gm, ""); // ours, behind the error of a stage
  };

  it("are 65, and those that differ are among them", () => {
    const names = rows.map((row) => row.name);
    expect(rows.length).toBe(65);
    expect(Object.keys(DIFFERENT).filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(rows)("$name", (row) => {
    const { code, stdout, stderr } = run(row);
    expect(code).toBe(row.exit);
    const other = DIFFERENT[row.name];
    if (other === undefined) expect(plain(stderr)).toBe(row.stderr);
    else {
      expect(row.stderr).toContain(other.key);
      expect(plain(stderr)).toContain(other.key);
    }
    if (row.name !== "bad option") expect(plain(stdout)).toBe(row.stdout);
  });
});

describe("a date without quotes in params.yaml", () => {
  it("is named, with what to write in its place", () => {
    const box = new Sandbox({
      "params.yaml": "splits:\n  days: {test: [2017-07-07]}\n",
      "dvc.yaml": "stages:\n  a:\n    cmd: echo a\n    params: [splits.days]\n",
    });
    try {
      const { code, stderr } = box.nidslab("repro");
      expect([code, stderr]).toEqual([
        255,
        "ERROR: unexpected error - Unsupported value of type 'date' in 'params.yaml:splits.days.test.0'\n" +
          "Put it in quotes, so that it is a text: '2017-07-07'.\n",
      ]);
    } finally {
      box.remove();
    }
  });
});
