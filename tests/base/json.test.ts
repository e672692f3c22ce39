import { describe, expect, it } from "vitest";
import { canonicalJson, compareText, parseJson, prettyJson } from "#lib/base/json.js";

describe("json", () => {
  it("sorts keys and leaves undefined out", () => {
    expect(canonicalJson({ b: 1, a: [true, null, "x"], c: undefined })).toBe('{"a":[true,null,"x"],"b":1}');
  });

  it("refuses NaN and says where it stands", () => {
    expect(() => canonicalJson({ a: { b: [1, Number.NaN] } })).toThrow(".a.b[1] is NaN");
  });

  it("keeps short lists of numbers on one line", () => {
    expect(prettyJson({ counts: [1, 2.5, null], name: "x" })).toBe(
      '{\n  "counts": [1, 2.5, null],\n  "name": "x"\n}\n',
    );
  });

  it("writes minus zero as zero, so that equal results are equal bytes", () => {
    expect(canonicalJson([-0])).toBe("[0]");
  });

  it("compares by code point: an astral character sorts after U+FB00", () => {
    expect(compareText("\u{1F600}", "\uFB00")).toBeGreaterThan(0);
    expect(["b", "a", "ab", "B"].sort(compareText)).toEqual(["B", "a", "ab", "b"]);
  });

  it("names the file of broken JSON", () => {
    expect(() => parseJson("{", "model.json")).toThrow("model.json is not valid JSON");
  });
});
