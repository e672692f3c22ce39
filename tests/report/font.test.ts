import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { FormatError } from "#lib/base/errors.js";
import { parseFont, textWidth, wrapText } from "#lib/report/font.js";

const file = readFileSync(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"));

describe("parseFont", () => {
  it("reads the widths of DejaVu Sans 2.37 (a browser measures the same)", () => {
    const font = parseFont(file);
    expect(font.unitsPerEm).toBe(2048);
    // A, i, –, ±, 0, a mathematical letter beyond the basic plane
    expect([0x41, 0x69, 0x2013, 0xb1, 0x30, 0x1d538].map((code) => font.advance(code))).toEqual([
      1401, 569, 1024, 1716, 1303, 1517,
    ]);
  });

  it("gives a character that the font lacks the width of the glyph 'missing'", () => {
    const font = parseFont(file);
    expect(font.advance(0x4e2d)).toBe(font.advance(0xf8fe));
  });

  it("refuses other bytes", () => {
    expect(() => parseFont(new Uint8Array(64), "x.ttf")).toThrow(FormatError);
    expect(() => parseFont(file.subarray(0, 300), "x.ttf")).toThrow(/x\.ttf is not a TrueType font/);
  });
});

describe("textWidth and wrapText", () => {
  it("measures in pixels, bold wider than normal", () => {
    expect(textWidth("A", 10)).toBeCloseTo(6.841, 3);
    expect(textWidth("benign", 10, "bold")).toBeGreaterThan(textWidth("benign", 10));
    expect(textWidth("", 10)).toBe(0);
  });

  it("breaks at blanks and keeps a long word whole", () => {
    expect(wrapText("one two three", textWidth("one two", 10), 10)).toEqual(["one two", "three"]);
    expect(wrapText("unbreakable", 5, 10)).toEqual(["unbreakable"]);
  });
});
