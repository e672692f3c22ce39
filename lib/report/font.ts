import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { FormatError } from "../base/errors.js";

/** The font of every static figure, as it is named in the SVG. */
export const fontFamily = "DejaVu Sans, sans-serif";

/** Advance widths of one TrueType font, in units of the em square. */
export interface FontMetrics {
  readonly unitsPerEm: number;
  /** Number of the glyph of a character by its Unicode code point; 0, the glyph "missing", for one the font lacks. */
  glyph(codePoint: number): number;
  /** Advance width of a character by its Unicode code point; that of the glyph "missing" for one the font lacks. */
  advance(codePoint: number): number;
}

/**
 * Advance widths from a TrueType file: tables head, hhea, hmtx and cmap (formats 4 and 12).
 * @throws FormatError when the bytes are no TrueType font or have no Unicode map
 * Source: OpenType 1.9 specification, chapters of the four tables. Big-endian throughout. Kerning is left out, so
 * that a measured text is never shorter than the drawn one.
 */
export function parseFont(bytes: Uint8Array, name = "font"): FontMetrics {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const tables = tableOffsets(view);
    const offsetOf = (tag: string): number => {
      const offset = tables.get(tag);
      if (offset === undefined) throw new RangeError(`no table "${tag}"`);
      return offset;
    };
    const unitsPerEm = view.getUint16(offsetOf("head") + 18);
    const metrics = view.getUint16(offsetOf("hhea") + 34);
    const hmtx = offsetOf("hmtx");
    const glyphOf = characterMap(view, offsetOf("cmap"));
    return {
      unitsPerEm,
      glyph: glyphOf,
      // Glyphs after the last long entry share its width.
      advance: (codePoint) => view.getUint16(hmtx + 4 * Math.min(glyphOf(codePoint), metrics - 1)),
    };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new FormatError(
      `font: ${name} is not a TrueType font with a Unicode map (${cause.message}). Install the packages again: npm ci.`,
      { cause },
    );
  }
}

function tableOffsets(view: DataView): Map<string, number> {
  const count = view.getUint16(4);
  const offsets = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const record = 12 + 16 * i;
    const tag = String.fromCharCode(...[0, 1, 2, 3].map((k) => view.getUint8(record + k)));
    offsets.set(tag, view.getUint32(record + 8));
  }
  return offsets;
}

/** Glyph index of a code point; 0 is the glyph "missing". */
function characterMap(view: DataView, cmap: number): (codePoint: number) => number {
  const subtables = Array.from({ length: view.getUint16(cmap + 2) }, (_, i) => {
    const record = cmap + 4 + 8 * i;
    const offset = cmap + view.getUint32(record + 4);
    return { platform: view.getUint16(record), format: view.getUint16(offset), offset };
  }).filter(({ platform }) => platform === 0 || platform === 3);
  const full = subtables.find(({ format }) => format === 12);
  if (full !== undefined) return (codePoint) => glyphInGroups(view, full.offset, codePoint);
  const basic = subtables.find(({ format }) => format === 4);
  if (basic === undefined) throw new RangeError("no Unicode cmap of format 4 or 12");
  return (codePoint) => glyphInSegments(view, basic.offset, codePoint);
}

/** cmap format 12: sorted groups of (first, last, glyph of the first). */
function glyphInGroups(view: DataView, offset: number, codePoint: number): number {
  let low = 0;
  let high = view.getUint32(offset + 12) - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const group = offset + 16 + 12 * middle;
    if (codePoint < view.getUint32(group)) high = middle - 1;
    else if (codePoint > view.getUint32(group + 4)) low = middle + 1;
    else return view.getUint32(group + 8) + codePoint - view.getUint32(group);
  }
  return 0;
}

/** cmap format 4: parallel arrays of segments in the basic plane. */
function glyphInSegments(view: DataView, offset: number, codePoint: number): number {
  const segments = view.getUint16(offset + 6) / 2;
  for (let i = 0; i < segments; i++) {
    const end = view.getUint16(offset + 14 + 2 * i);
    if (codePoint > end) continue;
    const at = offset + 16 + 2 * segments + 2 * i;
    const start = view.getUint16(at);
    if (codePoint < start) return 0;
    const delta = view.getUint16(at + 2 * segments);
    const range = at + 4 * segments;
    const shift = view.getUint16(range);
    if (shift === 0) return (codePoint + delta) & 0xffff;
    const glyph = view.getUint16(range + shift + 2 * (codePoint - start));
    return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
  }
  return 0;
}

const files = { normal: "DejaVuSans.ttf", bold: "DejaVuSans-Bold.ttf" } as const;
export type FontWeight = keyof typeof files;

/** Path of the font's file. */
export function fontPath(weight: FontWeight): string {
  return createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${files[weight]}`);
}

const loaded = new Map<FontWeight, FontMetrics>();

/** DejaVu Sans, read once. */
export function fontMetrics(weight: FontWeight): FontMetrics {
  let font = loaded.get(weight);
  if (font === undefined) {
    font = parseFont(readFileSync(fontPath(weight)), files[weight]);
    loaded.set(weight, font);
  }
  return font;
}

/** Width of one line of text in pixels, set in DejaVu Sans at `size` pixels. */
export function textWidth(text: string, size: number, weight: FontWeight = "normal"): number {
  const font = fontMetrics(weight);
  let units = 0;
  for (const character of text) units += font.advance(character.codePointAt(0)!);
  return (units * size) / font.unitsPerEm;
}

/** Break a text at its blanks into lines that are at most `width` pixels wide; a longer word stays whole. */
export function wrapText(text: string, width: number, size: number, weight: FontWeight = "normal"): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer, size, weight) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
