import { describe, expect, it } from "vitest";
import { removeKey, setKey, withPlainQuotes } from "#lib/pipeline/yaml/mappingKeys.js";

const text = `# head
desc: hello   # eol
outs:
- md5: 60b725f10c9c85c70d97880dfe8191b3   # sum
  size: 2
  path: "a.txt"
meta: {k: 1}
`;

describe("edits of YAML text", () => {
  it("a value is replaced in its place; the comment behind it keeps its column where there is room", () => {
    const dir = "60b725f10c9c85c70d97880dfe8191b3.dir";
    expect(setKey(text, ["outs", 0], "md5", dir)).toBe(
      text.replace("60b725f10c9c85c70d97880dfe8191b3   #", `${dir} #`),
    );
    expect(setKey(text, [], "desc", "hi")).toBe(text.replace("hello   #", "hi      #"));
  });
  it("a new key comes last, in block and in flow style", () => {
    expect(setKey(text, ["outs", 0], "nfiles", 3n)).toBe(text.replace('"a.txt"\n', '"a.txt"\n  nfiles: 3\n'));
    expect(setKey(text, ["meta"], "z", true)).toBe(text.replace("{k: 1}", "{k: 1, z: true}"));
  });
  it("what was set and is removed leaves the bytes as they were", () => {
    const stages =
      "stages:\n  a: {cmd: x, outs: [o]}\n  b:\n    cmd: |\n      y\n    deps:\n      - z   # c\n\n  c:\n    cmd: y\n";
    for (const name of ["a", "b", "c"]) {
      const frozen = setKey(stages, ["stages", name], "frozen", true);
      expect(frozen).toContain("frozen: true");
      expect(removeKey(frozen, ["stages", name], "frozen")).toBe(stages);
    }
    expect(removeKey(stages, ["stages", "a"], "frozen")).toBe(stages);
  });
  it("the first key of a list's item can go", () => {
    expect(removeKey(text, ["outs", 0], "md5")).toContain("- size: 2\n  path:");
  });
  it("quotes that are not needed go, others stay", () => {
    expect(withPlainQuotes(text)).toBe(text.replace('"a.txt"', "a.txt"));
    expect(withPlainQuotes("a: '1'\nb: 'x: y'\n")).toBe("a: '1'\nb: 'x: y'\n");
  });
});
