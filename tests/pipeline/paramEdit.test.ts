import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { setParams } from "#lib/pipeline/paramEdit.js";

const folder = mkdtempSync(join(tmpdir(), "nidslab-params-"));
const path = join(folder, "params.yaml");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const set = (...changes: string[]) =>
  setParams(changes, [folder], { words: ["nidslab", "repro"], targets: [] });

function edit(text: string, ...changes: string[]): string {
  writeFileSync(path, text);
  set(...changes);
  return readFileSync(path, "utf8");
}

describe("changing a value of params.yaml", () => {
  it("touches the value's own bytes only", () => {
    expect(edit("a:   1   # one\nb: {c: 'x',  d: [1, 2]}\n", "a=2", "b.c=y", "b.d.1=7")).toBe(
      "a:   2   # one\nb: {c: y,  d: [1, 7]}\n",
    );
    expect(edit("a:\nb: null\n", "a=3", "b=[x, y]")).toBe("a: 3\nb: [x, y]\n");
    expect(edit("# top\nl:\n  - 1 # x\n  - {a: 'b'}\n", "l.1.a=c", "l.0=2")).toBe(
      "# top\nl:\n  - 2 # x\n  - {a: c}\n",
    );
  });
  it("adds a key at the end of its mapping, in the mapping's style", () => {
    const text = "m:\n  a: 1 # one\n# about f\nf: {x: 1}\n";
    expect(edit(text, "+m.b=2", "+f.y=z", "+n.o.p=[1,a]", "++m.a=5")).toBe(
      "m:\n  a: 5 # one\n  b: 2\n# about f\nf: {x: 1, y: z}\nn:\n  o:\n    p:\n    - 1\n    - a\n",
    );
    expect(edit("", "+a=1")).toBe("a: 1\n");
    expect(edit("a: 1", "+b=2")).toBe("a: 1\nb: 2\n");
  });
  it("deletes a key with its lines", () => {
    const text = "a: 1\nm:\n  # of x\n  x: 1 # gone\n  l:\n  - 1\n  - 2\nf: {x: 1, y: 2, z: 3}\n";
    expect(edit(text, "~m.x", "~f.y", "~f.z")).toBe("a: 1\nm:\n  # of x\n  l:\n  - 1\n  - 2\nf: {x: 1}\n");
    expect(edit(text, "~m.l", "~a=1", "~f.x")).toBe("m:\n  # of x\n  x: 1 # gone\nf: {y: 2, z: 3}\n");
    expect(edit("m:\n  a: 1\nb: 2\n", "~m.a")).toBe("m: {}\nb: 2\n");
    expect(edit("l:\n- a: 1\n  b: 2\n", "~l.0.a")).toBe("l:\n- b: 2\n");
  });
  it("replaces whole blocks", () => {
    expect(edit("l: # names\n- a\n- b\nx: 1\n", "l=[c]")).toBe("l: # names\n- c\nx: 1\n");
    expect(edit("m:\n  a: 1\nx: 1\n", "m=5")).toBe("m: 5\nx: 1\n");
    expect(edit("t: |\n  long\n  text\nx: 1\n", "t=short")).toBe("t: short\nx: 1\n");
  });
  it("keeps to 80 columns where a list grows", () => {
    const names = Array.from({ length: 20 }, (_, i) => `name${i}`);
    const text = edit("run:\n  models: [forest]\n", `run.models=[${names.join(",")}]`);
    expect(text).toBe(`run:\n  models:\n${names.map((name) => `  - ${name}\n`).join("")}`);
  });
  it("writes JSON as JSON", () => {
    writeFileSync(join(folder, "p.json"), '{\n  "a": 1,\n  "b": {"c": "x"}\n}\n');
    set("p.json:a=text", "p.json:b.c=1e-5", "p.json:+b.d=[true,null]", "p.json:+e={k: v}");
    expect(readFileSync(join(folder, "p.json"), "utf8")).toBe(
      '{\n  "a": "text",\n  "b": {"c": 1e-05, "d": [true, null]},\n  "e": {"k": "v"}\n}\n',
    );
  });
  it("says what changed and how to undo it", () => {
    const before = "a: 1\nb: [x, y z]  # two\nm: {k: 'it''s'}\n";
    writeFileSync(path, before);
    const { text } = set("a=2", "b=[]", "+c=1", "~m.k", "+m.n=0");
    expect(text).toBe(
      "params.yaml:1\n- a: 1\n- b: [x, y z]  # two\n- m: {k: 'it''s'}\n+ a: 2\n+ b: []  # two\n+ m: {n: 0}\n+ c: 1\n" +
        `To undo: nidslab repro -S a=1 -S 'b=[x,'"'"'y z'"'"']' -S '+m.k='"'"'it\\'"'"'s'"'"'' -S '~m.n' -S '~c'\n`,
    );
    set("a=1", "b=[x,'y z']", "+m.k='it\\'s'", "~m.n", "~c");
    expect(readFileSync(path, "utf8")).toBe("a: 1\nb: [x, y z]  # two\nm: {k: it's}\n");
    expect(set("a=1").text).toBe("params.yaml already has these values.\n");
  });
  it("says how to undo what no override can, without losing other changes of the file", () => {
    writeFileSync(path, 'a: "x\\ny"\n');
    expect(set("a=1").text).toBe(
      'params.yaml:1\n- a: "x\\ny"\n+ a: 1\nTo undo: put the lines marked - back in place of those marked +, then nidslab repro\n',
    );
  });
  it("refuses a key that is not there, with the nearest one, and changes nothing", () => {
    const text = "models: {forest: {trees: 1}}\n";
    expect(() => edit(text, "models.forest.trees=2", "models.forst.trees=2")).toThrow(
      `params: params.yaml: -S models.forst.trees=2: Could not override 'models.forst.trees': there is no "forst". Did you mean "forest"?`,
    );
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(() => edit("a: 1\n", "+a=2")).toThrow(/An item is already at 'a'/);
    expect(() => edit("a: 1\n", "~b")).toThrow(/'b' does not exist/);
    expect(() => edit("a: 1\n", "~a=2")).toThrow(/The value of 'a' is 1 and not 2/);
    expect(() => edit("l: [1]\n", "l.1=2")).toThrow(/"1" is no item of the list/);
  });
  it("refuses what is no override, and what DVC does only in a queue", () => {
    for (const sweep of ["a=1,2", "a=choice(1,2)", "a=range(1,4)"])
      expect(() => edit("a: 1\n", sweep)).toThrow(/^Sweep overrides can't be used without `--queue`/);
    expect(() => edit("a: 1\n", "a=glob(*)")).toThrow(/Glob override 'a=glob\(\*\)' is not supported/);
    expect(() => edit("a: 1\n", "a=[1")).toThrow(/unexpected the end/);
    expect(() => edit("a: 1\n", "a")).toThrow(/expected key=value/);
    expect(() => edit("a: 1\n", "a=x#y")).toThrow(/unexpected '#'/);
    expect(() => edit("a: 1\n", "nope.yaml:a=1")).toThrow(/nope.yaml is not there/);
    expect(() => edit("a: 1\n", "p.py:a=1")).toThrow(/\.py files are not changed/);
  });
  it("refuses to change a value that others share", () => {
    expect(() => edit("a: &x 1\nb: *x\n", "a=2")).toThrow(/cannot be changed in place/);
    expect(edit("a: &x 1\nb: *x\n", "b=2")).toBe("a: &x 1\nb: 2\n");
  });
});
