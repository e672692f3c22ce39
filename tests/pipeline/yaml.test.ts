import { describe, expect, it } from "vitest";
import { readYaml } from "#lib/pipeline/yaml/read.js";
import {
  equal,
  floatText,
  pythonJson,
  repr,
  spliced,
  type Yaml,
  type YamlMap,
} from "#lib/pipeline/yaml/value.js";
import { writeYaml } from "#lib/pipeline/yaml/write.js";
import { hasGolden, vectors, why } from "./golden.js";

const map = (entries: Record<string, Yaml>): YamlMap => new Map(Object.entries(entries));
const read = (text: string): Yaml => readYaml(text, "./x.yaml");

describe("numbers as Python has them", () => {
  it("keeps integers and floats apart", () => {
    expect(read("a: 1\nb: 1.0\nc: 1e5\nd: 0x1F\ne: 007\nf: .5e1\ng: yes\n")).toEqual(
      map({ a: 1n, b: 1, c: 100000, d: 31n, e: 7n, f: ".5e1", g: "yes" }),
    );
  });
  it("writes the shortest digits with a decimal or an exponent", () => {
    expect([1, 0.1, 1e-5, 1e16, 1.5e300, 123456.789, -0].map(floatText)).toEqual([
      "1.0",
      "0.1",
      "1e-05",
      "1e+16",
      "1.5e+300",
      "123456.789",
      "-0.0",
    ]);
  });
  it("compares by value: 1, 1.0 and true are equal, NaN is not itself", () => {
    expect(equal(1n, 1)).toBe(true);
    expect(equal([true, map({ a: 0n })], [1, map({ a: false })])).toBe(true);
    expect(equal(Number.NaN, Number.NaN)).toBe(false);
    expect(equal("1", 1n)).toBe(false);
    expect(equal(10n ** 20n, 1e20)).toBe(true);
  });
  it("shows lists as Python does", () => {
    expect(repr([1n, 2, "it's", null, true])).toBe(`[1, 2.0, "it's", None, True]`);
  });
});

describe("YAML text", () => {
  it("gives an alias the object of its anchor and resolves merge keys", () => {
    const value = read("a: &x {k: 1}\nb: *x\nc:\n  <<: *x\n  l: 2\n") as YamlMap;
    expect(value.get("a")).toBe(value.get("b"));
    expect(value.get("c")).toEqual(map({ l: 2n, k: 1n }));
  });
  it("refuses duplicate keys and custom tags by name", () => {
    expect(() => read("a: 1\na: 2\n")).toThrow(/'\.\/x\.yaml' is invalid[\s\S]*unique/);
    expect(() => read("a: !env X\n")).toThrow(/!env is not supported/);
  });
  it("names shared containers in the order of the second meeting", () => {
    const shared: Yaml = [1n];
    expect(writeYaml(map({ a: shared, b: [shared, null], c: new Map() }))).toBe(
      "a: &id001\n- 1\nb:\n- *id001\n- \nc: {}\n",
    );
  });
  it("moves a long word to a line of its own and leaves the blank", () => {
    const word = "w".repeat(85);
    expect(writeYaml(map({ path: word }))).toBe(`path: \n  ${word}\n`);
  });
});

describe.skipIf(!hasGolden)(`golden vectors of DVC (${why})`, () => {
  it("strings", () => {
    const { rows } = vectors<{ rows: { value: string; map: string; seq: string; cmd: string }[] }>(
      "yaml-strings",
    );
    expect(rows.length).toBeGreaterThan(50);
    for (const row of rows) {
      expect(writeYaml(map({ k: row.value }))).toBe(row.map);
      expect(writeYaml(map({ k: [row.value] }))).toBe(row.seq);
      expect(writeYaml(map({ stages: map({ a: map({ cmd: row.value }) }) }))).toBe(row.cmd);
    }
  });
  it("keys", () => {
    for (const row of vectors<{ rows: { key: string; yaml: string }[] }>("yaml-keys").rows) {
      expect(writeYaml(map({ [row.key]: 1n }))).toBe(row.yaml);
    }
  });
  it("numbers", () => {
    interface Row {
      yaml_source: string;
      lock_text?: string;
      json_text: string | null;
      interpolated: string | null;
      python_type: string;
    }
    for (const row of vectors<{ rows: Row[] }>("yaml-numbers").rows) {
      const value = (read(`k: ${row.yaml_source}\n`) as YamlMap).get("k") as Yaml;
      if (row.lock_text === undefined) continue; // a date, which DVC refuses
      expect([row.yaml_source, writeYaml(map({ k: value }))]).toEqual([row.yaml_source, row.lock_text]);
      if (typeof row.json_text === "string") expect(pythonJson(value)).toBe(row.json_text);
      if (typeof row.interpolated === "string") expect(spliced(value as string)).toBe(row.interpolated);
    }
  });
  it("floats", () => {
    for (const { hex, text } of vectors<{ rows: { hex: string; text: string }[] }>("float-repr").rows) {
      expect(floatText(Buffer.from(hex, "hex").readDoubleBE())).toBe(text);
    }
  });
  it("nested documents with shared containers", () => {
    for (const { doc, yaml } of vectors<{ rows: { doc: Encoded; yaml: string }[] }>("yaml-docs").rows) {
      expect(writeYaml(decode(doc, new Map()) as YamlMap)).toBe(yaml);
    }
  });
});

interface Encoded {
  id?: number;
  ref?: number;
  s?: string;
  i?: string;
  f?: string;
  b?: boolean;
  n?: null;
  m?: [string, Encoded][];
  l?: Encoded[];
}

function decode(node: Encoded, met: Map<number, Yaml>): Yaml {
  if (node.ref !== undefined) return met.get(node.ref) as Yaml;
  if (node.s !== undefined) return node.s;
  if (node.i !== undefined) return BigInt(node.i);
  if (node.f !== undefined) return Buffer.from(node.f, "hex").readDoubleBE();
  if (node.b !== undefined) return node.b;
  if (node.m !== undefined) {
    const result: YamlMap = new Map();
    if (node.id !== undefined) met.set(node.id, result);
    for (const [key, item] of node.m) result.set(key, decode(item, met));
    return result;
  }
  if (node.l !== undefined) {
    const result: Yaml[] = [];
    if (node.id !== undefined) met.set(node.id, result);
    for (const item of node.l) result.push(decode(item, met));
    return result;
  }
  return null;
}
