import { describe, expect, it } from "vitest";
import { arffHead } from "#lib/dataset/arff.js";

describe("arffHead", () => {
  it("reads names in quotes or without, of attributes of any kind", () => {
    const head = [
      "% a comment",
      "@RELATION 'KDD Cup'",
      "",
      "@attribute 'duration' real",
      '@ATTRIBUTE "dst host\\"s" numeric',
      "@attribute protocol_type{tcp, udp}",
      "@attribute flag {'SF','S0'}",
      "@data",
      "0,1,tcp,SF",
    ];
    expect(arffHead(head.join("\n"))).toEqual({
      names: ["duration", 'dst host"s', "protocol_type", "flag"],
      lines: 8,
      data: "0,1,tcp,SF",
    });
  });
  it("ends before the first record, after comments and blank lines", () => {
    const head = "@relation x\n@attribute a real\n@data\n% note\n\n1\n2\n";
    expect(arffHead(head)).toEqual({ names: ["a"], lines: 5, data: "1\n2\n" });
    expect(arffHead(`${head}% between\n3\n`)).toEqual({ names: ["a"], lines: 5, data: "1\n2\n3\n" });
    expect(arffHead("@relation x\n@attribute a real\n@data\n")).toMatchObject({ lines: 3 });
  });
  it("is undefined for other texts", () => {
    expect(arffHead("a,b\n1,2\n")).toBeUndefined();
    expect(arffHead("@attribute a real\nsomething else\n@data\n")).toBeUndefined();
    expect(arffHead("@relation x\n@attribute a real\n")).toBeUndefined();
  });
});
