import { describe, expect, it } from "vitest";
import { readYaml } from "#lib/pipeline/yaml/read.js";
import { equal, floatText, repr, type Yaml, type YamlMap } from "#lib/pipeline/yaml/value.js";
import { writeYaml } from "#lib/pipeline/yaml/write.js";

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
