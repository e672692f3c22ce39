import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const run = (...args: string[]) =>
  spawnSync(process.execPath, ["bin/nidslab", "figures", ...args], { encoding: "utf8" });

describe("nidslab figures", () => {
  it("shows its options and an example", () => {
    const help = execFileSync(process.execPath, ["bin/nidslab", "figures", "--help"], { encoding: "utf8" });
    expect(help).toContain("--width WIDTH     single: 3.5 in, one column; double: 7 in, both");
    expect(help).toContain("Example:");
  });

  it("refuses formats and widths that it does not know, with those that it does", () => {
    const format = run("--format", "pfd");
    expect([format.status, format.stderr]).toEqual([
      2,
      expect.stringContaining("figures: --format pfd is not known (has: svg, png, pdf)."),
    ]);
    const width = run("--width", "triple");
    expect([width.status, width.stderr]).toEqual([2, expect.stringContaining("(has: single, double)")]);
  });
});

describe("paper/main.tex", () => {
  it("includes figures by names that the report gives them, and the report's table", () => {
    const paper = readFileSync("paper/main.tex", "utf8");
    const names = [...paper.matchAll(/\\includegraphics\{([^}]+)\}/g)].map((match) => match[1]);
    expect(names).toEqual([
      "roc-\\headline.pdf",
      "pr-\\headline.pdf",
      "families-\\headline-\\champion.pdf",
      "threshold-\\headline-\\champion.pdf",
      "02-split/recall-by-split.pdf",
    ]);
    expect(paper).toContain("\\input{../reports/comparison.tex}");
  });
});
