import { afterEach, expect, it } from "vitest";
import { type Outcome, Sandbox } from "./sandbox.js";
import { besideDvc } from "./twin.js";

const files = {
  "params.yaml": "n: 7\nf: 1.5\nyes: true\nlist: [1, x]\nd: {a: 1}\nname: o\nnest: {1: a, k: v}\n",
  "e.yaml": "x: 1\ny: 2\n",
  "p.py":
    "A = (1, 2)\nB = -1.5\nclass K:\n    z: int = 0x1F\n    def __init__(self):\n        self.q = 'a' \"b\"\nC = A\n",
  "c.toml": 'i = 12345678901234567890\nf = 1.0\n[a]\nb = [1, 2.5]\n[[t]]\ny = "é"\n',
  "j.json": '{"a": 1, "a": 2, "e": 1E5, "n": -0.0, "s": "\\ud83d\\ude00"}',
};

/** Each a dvc.yaml, with %{ for ${: DVC and nidslab accept or refuse them with the same words and the same lock. */
const same = [
  "stages: {a: {cmd: 'echo %{ d . a } %{list[-1]} %{f}'}}",
  "stages: {a: {cmd: 'echo %{nest.1}'}}",
  "stages: {a: {cmd: 'echo %{nest}'}}",
  "stages: {a: {cmd: 'echo %{a[1]b c}'}}",
  "stages: {a: {cmd: 'echo %{a..b}'}}",
  "stages: {a: {cmd: 'echo %{n.x}'}}",
  "stages: {a: {foreach: '%{nest}', do: {cmd: 'echo %{key} %{item}'}}}",
  "stages: {a: {foreach: [1, '1', 1.0, yes], do: {cmd: 'echo %{item}'}}}",
  "stages: {a: {foreach: ['%{list}', '%{d}'], do: {cmd: 'echo %{item}'}}}",
  "stages: {a: {foreach: [], do: {cmd: echo}}}",
  "stages: {a: {foreach: [1], do: {vars: [{item: 2}], cmd: 'echo %{item}'}}}",
  "stages: {a: {matrix: {x: [{a: 1}, [2]], y: [true, null, 1.0]}, cmd: 'echo %{key}'}}",
  "stages: {a: {matrix: {x: '%{d}'}, cmd: 'echo %{item.x}'}}",
  "stages: {a: {vars: [{z: 8}, {d: {b: 2}}], cmd: 'echo %{z} %{d.b}'}}",
  "stages: {a: {vars: [{n: 8}], cmd: echo}}",
  "stages: {a: {vars: [no.yaml], cmd: echo}}",
  "vars: ['e.yaml:x']\nstages: {a: {vars: ['e.yaml:y'], cmd: 'echo %{x} %{y}'}}",
  "vars: ['e.yaml:x', e.yaml]\nstages: {a: {cmd: echo}}",
  "vars: ['e.yaml:q']\nstages: {a: {cmd: echo}}",
  "vars: [{q: '%{name}'}]\nstages: {a: {cmd: echo}}",
  "stages: {a: {cmd: echo, desc: '%{nope}'}}",
  "artifacts: {a: {path: '%{nope}'}}\nstages: {a: {cmd: echo}}",
  "stages: {a: {cmd: echo, params: [p.py: [A, B, K, K.z], c.toml: , j.json: , 'nest.*': ]}}",
  "stages: {a: {cmd: echo, params: [p.py: [C]]}}",
  "stages: {a: {cmd: echo, params: ['*.a', 'lis?.0', c.toml: ['**.b']]}}",
  "stages: {a: {cmd: echo, params: [c.toml: ['*.*']]}}",
  "stages: {a: {cmd: echo, outs: [x: {cache: 1, push: 2}, y: 1, 3]}}",
  "stages: {a: {cmd: echo, outs: [x: ]}}",
  "stages: {a: {cmd: echo, plots: [p: {x: {a: b}}]}}",
  "stages: {a: {cmd: echo, frozen: 1, zz: 2, always_changed: 3}}",
  "stages: {a: {foreach: [1], do: {cmd: echo, matrix: {x: [1]}}}}",
  "stages: {1: {cmd: echo}}",
  "stages:\n  a: x",
  "plots: [a.csv, {b: {x: a, y: [b, c]}}, {c: }, {d: {x: {f: a}, y: {f: [x, y], g: z}, title: t}}]",
  "plots: [{b: {x: [a]}}]",
  "artifacts: {m: {path: x, type: model, labels: [a], meta: {k: v}, desc: d}}",
  "artifacts: {m: {type: model}}",
  "vars: {a: 1}",
  "[1]",
];

const edited = [
  "# top\nschema: '2.0'\n# before\nstages:\n  # before a\nA  # before b\nB  # before c\n\nC# end\n",
  'schema: "2.0"\nstages:\n  a: {cmd: cat 1, deps: [{path: x, md5: xyz}]}\nBC',
  "schema: '2.0'\nstages:\nAC# end\n",
];

besideDvc("formats and semantics beside dvc", (_play, server) => {
  let boxes: Sandbox[] = [];
  afterEach(() => {
    for (const box of boxes) box.remove();
    boxes = [];
  });
  const make = (own: Record<string, string>): Sandbox => {
    const box = new Sandbox({ ...files, ".dvc/config": "[core]\n    analytics = false\n", ...own });
    boxes.push(box);
    return box;
  };
  const plain = (box: Sandbox, { code, stdout, stderr }: Outcome): object => ({
    code,
    stdout,
    // DVC breaks lines at 80 columns.
    stderr: stderr.replaceAll(box.root, "<root>").replace(/\s+/g, " ").trim(),
    lock: box.shell("cat dvc.lock").stdout,
  });

  it.each(same.map((each) => each.replaceAll("%{", "$" + "{")))("%j", async (source) => {
    const [ours, theirs] = [make({ "dvc.yaml": `${source}\n` }), make({ "dvc.yaml": `${source}\n` })];
    expect(plain(ours, ours.nidslab("repro", "-j", "1"))).toEqual(
      plain(theirs, await server().call(theirs.root, ["repro"])),
    );
  });

  it.each(edited)("a lock that a person has edited: %j", async (source) => {
    const entry = (name: string): string =>
      `  ${name.toLowerCase()}:\n    cmd: cat ${name}\n    deps:\n    - path: ${name}\n      hash: md5\n      md5: b026324c6904b2a9cb4b88d6d61c81d1\n      size: 2\n`;
    const own = {
      "dvc.yaml": `stages:\n${["A", "B", "C"].map((n) => `  ${n.toLowerCase()}: {cmd: cat ${n}, deps: [${n}]}\n`).join("")}`,
      "dvc.lock": source.replace(/[ABC]/g, entry),
      A: "1\n",
      B: "2\n",
      C: "1\n",
    };
    const [ours, theirs] = [make(own), make(own)];
    ours.nidslab("repro", "b");
    await server().call(theirs.root, ["repro", "b"]);
    expect(ours.read("dvc.lock")).toBe(theirs.read("dvc.lock"));
    expect(theirs.read("dvc.lock")).not.toBe(own["dvc.lock"]);
  });
});
