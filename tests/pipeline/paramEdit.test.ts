import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { setParams } from "#lib/pipeline/paramEdit.js";

const folder = mkdtempSync(join(tmpdir(), "nidslab-params-"));
const path = join(folder, "params.yaml");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function edit(text: string, ...changes: string[]): string {
  writeFileSync(path, text);
  setParams(path, changes);
  return readFileSync(path, "utf8");
}

describe("changing a value of params.yaml", () => {
  it("touches the value's own bytes only", () => {
    expect(edit("a:   1   # one\nb: {c: 'x',  d: [1, 2]}\n", "a=2", "b.c=y", "b.d.1=7")).toBe(
      "a:   2   # one\nb: {c: y,  d: [1, 7]}\n",
    );
    expect(edit("a:\nb: null\n", "a=3", "b=[x, y]")).toBe("a: 3\nb: [x, y]\n");
  });
  it("says how to undo exactly these changes", () => {
    const before = "a: 1\nb: [x, 'y z']  # two\n";
    writeFileSync(path, before);
    expect(setParams(path, ["a=2", "b=[]", "a=3"])).toContain(
      "To undo: nidslab repro -S a=2 -S 'b=[x, '\\''y z'\\'']' -S a=1\n",
    );
    setParams(path, ["a=2", "b=[x, 'y z']", "a=1"]);
    expect(readFileSync(path, "utf8")).toBe(before);
  });
  it("refuses a key that is not there, with the nearest one", () => {
    expect(() => edit("models: {forest: {trees: 1}}\n", "models.forst.trees=2")).toThrow(
      'params: -S models.forst.trees: there is no "forst" in models. Did you mean "forest"?',
    );
  });
  it("refuses what would not stay one value", () => {
    expect(() => edit("a: 1\n", "a=2, b: 3")).toThrow(/quote the value/);
    expect(() => edit("a: 1\n", "a=[1")).toThrow(/invalid/);
    expect(() => edit("a: 1\n", "a")).toThrow(/expected key=value/);
    expect(() => edit("a:\n  b: 1\n  c: 2\n", "a=1")).toThrow(/spans several lines/);
  });
});
