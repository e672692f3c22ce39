import { afterEach, describe, expect, it } from "vitest";
import { parseJson } from "#lib/pipeline/formats/json.js";
import { parsePython } from "#lib/pipeline/formats/python.js";
import { parseToml } from "#lib/pipeline/formats/toml.js";
import { isPattern, onlyMatch } from "#lib/pipeline/keyPattern.js";
import { readYaml } from "#lib/pipeline/yaml/read.js";
import { Tuple, type Yaml, YamlDate, type YamlMap } from "#lib/pipeline/yaml/value.js";
import { Sandbox } from "./sandbox.js";

const map = (entries: Record<string, Yaml>): YamlMap => new Map(Object.entries(entries));

describe("JSON", () => {
  it("keeps integers and floats apart, whatever their size", () => {
    expect(
      parseJson('{"i": 12345678901234567890, "f": 1.0, "e": 1E5, "z": -0, "l": [true, null, "\\u00e9"]}'),
    ).toEqual(map({ i: 12345678901234567890n, f: 1, e: 100000, z: 0n, l: [true, null, "é"] }));
  });
  it("reads what Python reads: NaN, Infinity, the last of equal keys", () => {
    expect(parseJson('{"a": 1, "a": 2, "n": NaN, "m": -Infinity}')).toEqual(
      map({ a: 2n, n: Number.NaN, m: Number.NEGATIVE_INFINITY }),
    );
  });
  it.each([
    ['{"a": 1,}', 'expected a key in double quotes, found "}", in line 1, column 9'],
    ["[1\n 2]", 'expected "," or "]", found "2", in line 2, column 2'],
    ["01", 'expected the end, found "1", in line 1, column 2'],
    ["", "expected a value, found the end, in line 1, column 1"],
    ["\ufeff1", "Unexpected UTF-8 BOM (decode using utf-8-sig); save the file without it"],
  ])("refuses %j", (text, message) => {
    expect(() => parseJson(text)).toThrow(new SyntaxError(message));
  });
});

describe("TOML", () => {
  it("keeps integers and floats apart; a date is what no lock can hold", () => {
    expect(parseToml("i = 12345678901234567890\nf = 1.0\nd = 2020-01-02\n[a.b]\nx = [1, 2.5]\n")).toEqual(
      map({
        i: 12345678901234567890n,
        f: 1,
        d: new YamlDate("2020-01-02", "date"),
        a: map({ b: map({ x: [1n, 2.5] }) }),
      }),
    );
  });
  it("names the place of a fault", () => {
    expect(() => parseToml("a = 1\nb = \n")).toThrow(/line 2, column 5/);
  });
});

describe("Python", () => {
  it("takes literals of the file, of classes and of self in __init__, and nothing else", () => {
    const text = `import os
A: int = 0x1F
B = "a" 'b' r"\\n"  # joined
C = (1, [2, -3.5])
D = {"x": True, 'y': None}
E = os.sep
F = 1 + 2
G = H = 1
I = """two
lines"""
class K(Base):
    z = 1_000
    w: int
    def __init__(self, k=1):
        self.x = "\\u00e9\\t"
        y = 3
    def other(self):
        self.n = 4
    class In: q = .5
if A:
    L = 1
M = 1; N = 2
O = f"{A}"
`;
    expect(parsePython(text)).toEqual(
      map({
        A: 31n,
        B: "ab\\n",
        C: Tuple.from<Yaml>([1n, [2n, -3.5]]),
        D: map({ x: true, y: null }),
        I: "two\nlines",
        K: map({ z: 1000n, x: "é\t", In: map({ q: 0.5 }) }),
        M: 1n,
        N: 2n,
      }),
    );
  });
  it("keeps integers of any size and gives sets and bytes a type that is refused", () => {
    expect(parsePython("a = 123456789012345678901234567890\nb = {1, 2}\nc = b'x'\n")).toEqual(
      map({
        a: 123456789012345678901234567890n,
        b: new YamlDate("{…}", "set"),
        c: new YamlDate("x", "bytes"),
      }),
    );
  });
  it.each([
    ["a = (1\n", '"(" is not closed, in line 2'],
    ["a = 'x\n", "the text after ' has no end, in line 1"],
    ["a = )\n", '")" closes nothing, in line 1'],
    ["a = 1 $ 2\n", '"$" is not Python, in line 1'],
  ])("refuses %j", (text, message) => {
    expect(() => parsePython(text)).toThrow(new SyntaxError(message));
  });
});

describe("patterns in keys of params", () => {
  const content = readYaml("a: {x: {lr: 1}, y: {m: 2}}\nb: {only: 3}\nl: [5]\n1: 4\n", "p.yaml") as YamlMap;
  it.each([
    ["b.*", 3n],
    ["*.only", 3n],
    ["a.?.lr", 1n],
    ["l.*", 5n],
    ["**.m", 2n],
    ["[12]", 4n],
    ["c.*", undefined],
  ])("%s finds %s", (pattern, value) => {
    expect([isPattern(pattern), onlyMatch(content, pattern)]).toEqual([true, value]);
  });
  it("refuses several matches", () => {
    expect(() => onlyMatch(content, "a.*")).toThrow("dpath.get() globs must match only one leaf: a.*");
  });
});

describe("parameter files from the command line", () => {
  let box: Sandbox | undefined;
  afterEach(() => box?.remove());
  const repro = (params: string, files: Record<string, string>): string => {
    box = new Sandbox({ "dvc.yaml": `stages: {a: {cmd: echo, params: [${params}]}}\n`, ...files });
    return box.nidslab("repro").stderr;
  };

  it.each([
    [
      "f.json: [a]",
      "f.json",
      '{"a": 1,}',
      "Unable to read parameters from 'f.json': unable to read: 'f.json', JSON file structure is corrupted",
    ],
    [
      "f.toml: [a]",
      "f.toml",
      "a = \n",
      "Unable to read parameters from 'f.toml': unable to read: 'f.toml', TOML file structure is corrupted",
    ],
    [
      "f.py: [a]",
      "f.py",
      "a = (\n",
      "Unable to read parameters from 'f.py': unable to read: 'f.py', Python file structure is corrupted",
    ],
    ["f.yaml: [a]", "f.yaml", "a: 1\na: 2\n", "YAML file structure is corrupted: Found duplicate key"],
    [
      "a",
      "params.yaml",
      "<<<<<<< x\na: 1\n=======\na: 2\n>>>>>>> y\n",
      "unable to read: 'params.yaml', YAML file structure is corrupted (possible merge conflicts)",
    ],
    [
      "a",
      "params.yaml",
      "[1]\n",
      "failed to parse 'vars' in 'dvc.yaml': expected a dictionary, got 'list' in file 'params.yaml'",
    ],
    [
      "f.py: [s]",
      "f.py",
      "s = {1}\n",
      "Object of type set is not JSON serializable ('f.py': {…}). Quote it, or write it as a list.",
    ],
    ["f.toml: [d]", "f.toml", "d = 2020-01-01\n", "Object of type date is not JSON serializable"],
    [
      "f.yaml: ",
      "f.yaml",
      "1: 2\n",
      "'f.yaml' is tracked as a whole, but its key 1 is not a text. Quote it, or name single keys.",
    ],
    ["f.yaml: [a]", "f.yaml/x", "", "'f.yaml' is a directory, expected a parameters file"],
  ])("%s of a bad %s (%j)", (params, name, content, message) => {
    expect(repro(params, { [name]: content })).toContain(message);
  });

  it("reads a byte order mark and CRLF in YAML as DVC does", () => {
    expect(repro("a, b", { "params.yaml": "\ufeffa: 1\r\nb: x\r\n" })).toBe("");
    expect(box?.read("dvc.lock")).toContain("      params.yaml:\n        a: 1\n        b: x\n");
  });
});
