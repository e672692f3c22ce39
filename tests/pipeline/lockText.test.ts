import { describe, expect, it } from "vitest";
import { lockText } from "#lib/pipeline/lockText.js";
import { readYaml } from "#lib/pipeline/yaml/read.js";
import type { Yaml, YamlMap } from "#lib/pipeline/yaml/value.js";
import { writeYaml } from "#lib/pipeline/yaml/write.js";

/** The lock after the command of a stage became `new`. */
function changed(source: string, stage: string): string {
  const content = readYaml(source, "./dvc.lock") as YamlMap;
  const stages = new Map(content.get("stages") as YamlMap).set(
    stage,
    new Map<string, Yaml>([["cmd", "new"]]),
  );
  return lockText(source, content).with(stage, new Map(content).set("stages", stages)).text;
}

const top = "schema: '2.0'\nstages:\n";

describe("the text of a dvc.lock that a person has edited", () => {
  it("keeps comments and blank lines outside the entry that changes", () => {
    const source = `# top\n${top}  # before a\n  a:\n    cmd: x # why\n\n  # before b\n  b:\n    cmd: y\n  # before c\n  c:\n    cmd: z\n# end\n`;
    expect(changed(source, "b")).toBe(
      `# top\n${top}  # before a\n  a:\n    cmd: x # why\n\n  # before b\n  b:\n    cmd: new\n  c:\n    cmd: z\n# end\n`,
    );
  });
  it("keeps flow style and loses quotes, indented lists and carriage returns, as DVC does", () => {
    const source = `schema: "2.0"\r\nstages:\r\n  a: {cmd: x}\r\n  b:\r\n    cmd: 'y'\r\n    deps:\r\n      - path: p\r\n  c:\r\n    cmd: z\r\n`;
    expect(changed(source, "c")).toBe(
      `${top}  a: {cmd: x}\n  b:\n    cmd: y\n    deps:\n    - path: p\n  c:\n    cmd: new\n`,
    );
  });
  it("adds a new entry after the others, before what follows the stages", () => {
    expect(changed(`${top}  a: # one\n    cmd: x\ndatasets:\n- k: v\n`, "b")).toBe(
      `${top}  a: # one\n    cmd: x\n  b:\n    cmd: new\ndatasets:\n- k: v\n`,
    );
  });
  it("writes everything anew where the stages are no block", () => {
    expect(changed("schema: '2.0'\nstages: {a: {cmd: x}, b: {cmd: y}}\n", "a")).toBe(
      `${top}  a:\n    cmd: new\n  b:\n    cmd: y\n`,
    );
  });
});

describe("folding of ruamel.yaml before 0.18.13", () => {
  // 70 columns, then a word that crosses column 80.
  const long = `${"w".repeat(60)} ${"v".repeat(30)} u`;
  const content: YamlMap = new Map<string, Yaml>([
    ["schema", "2.0"],
    [
      "stages",
      new Map<string, Yaml>([
        ["a", new Map([["cmd", long]])],
        ["b", new Map([["cmd", "y"]])],
      ]),
    ],
  ]);

  it("is told from the text, and kept", () => {
    const older = `${top}  a:\n    cmd: ${"w".repeat(60)} ${"v".repeat(30)}\n      u\n  b:\n    cmd: y\n`;
    expect(writeYaml(content, "long words")).toBe(older);
    expect(changed(older, "b")).toBe(older.replace("cmd: y", "cmd: new"));
  });
  it("is not used for a lock of today", () => {
    const today = `${top}  a:\n    cmd: ${"w".repeat(60)} \n      ${"v".repeat(30)} u\n  b:\n    cmd: y\n`;
    expect(writeYaml(content)).toBe(today);
    expect(changed(today, "b")).toBe(today.replace("cmd: y", "cmd: new"));
  });
});
