import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fontMetrics, fontPath } from "#lib/report/font.js";
import { subsetFont } from "#lib/report/pdf/subset.js";

const font = readFileSync(fontPath("normal"));
const glyph = (character: string): number => fontMetrics("normal").glyph(character.codePointAt(0)!);

/** A table of a font file. */
function table(bytes: Uint8Array, tag: string): DataView {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let i = 0; i < view.getUint16(4); i++) {
    const at = 12 + 16 * i;
    const name = String.fromCharCode(...bytes.slice(at, at + 4));
    if (name === tag)
      return new DataView(bytes.buffer, bytes.byteOffset + view.getUint32(at + 8), view.getUint32(at + 12));
  }
  throw new Error(`no table ${tag}`);
}

describe("subsetFont", () => {
  it("keeps the glyphs asked for, the missing one, and the parts of composed ones", () => {
    const { bytes, glyphs } = subsetFont(font, [glyph("A"), glyph("é")]);
    expect([...glyphs.keys()]).toEqual(expect.arrayContaining([0, glyph("A"), glyph("e"), glyph("é")]));
    expect(table(bytes, "maxp").getUint16(4)).toBe(glyphs.size);
    expect(bytes.length).toBeLessThan(font.length / 10);
  });

  it("gives each glyph its own width", () => {
    const { bytes, glyphs } = subsetFont(font, [glyph("W"), glyph("i")]);
    const hmtx = table(bytes, "hmtx");
    for (const character of "Wi")
      expect(hmtx.getUint16(4 * glyphs.get(glyph(character))!)).toBe(
        fontMetrics("normal").advance(character.codePointAt(0)!),
      );
  });

  it("names the parts of a composed glyph by their new numbers", () => {
    const { bytes, glyphs } = subsetFont(font, [glyph("é")]);
    const at = table(bytes, "loca").getUint32(4 * glyphs.get(glyph("é"))!);
    const outline = table(bytes, "glyf");
    expect(outline.getInt16(at)).toBeLessThan(0);
    expect([...glyphs.values()]).toContain(outline.getUint16(at + 12));
    expect(glyphs.get(glyph("e"))).toBe(outline.getUint16(at + 12));
  });

  it("has the checksum that the format asks for", () => {
    const { bytes } = subsetFont(font, [glyph("x")]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let sum = 0;
    for (let at = 0; at < bytes.length; at += 4) sum = (sum + view.getUint32(at)) >>> 0;
    expect(sum).toBe(0xb1b0afba);
  });
});
