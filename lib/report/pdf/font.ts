import { readFileSync } from "node:fs";
import { hashBytes } from "../../base/hash.js";
import { type FontWeight, fontMetrics, fontPath } from "../font.js";
import { subsetFont } from "./subset.js";
import type { PdfFile, Reference } from "./writer.js";

/** A font inside a PDF file: the glyphs that the page uses and no others. */
export interface EmbeddedFont {
  readonly reference: Reference;
  /** A text as the hexadecimal string that shows it. */
  encode(text: string): string;
}

const names: Readonly<Record<FontWeight, string>> = { normal: "DejaVuSans", bold: "DejaVuSans-Bold" };
/** Of both weights, in thousandths of the em square: the tables head, hhea and OS/2 of the font. */
const shape = { box: [-1069, -415, 1975, 1175], ascent: 928, descent: -236, capHeight: 729 };

/**
 * Embed what draws `characters`. Texts can be searched and copied: the font says which character each glyph is.
 * Source: ISO 32000-1, 9.7 (composite fonts) and 9.10 (mapping to Unicode).
 */
export function embedFont(file: PdfFile, weight: FontWeight, characters: Iterable<string>): EmbeddedFont {
  const metrics = fontMetrics(weight);
  const sorted = [...new Set(characters)].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
  const wanted = new Map(sorted.map((character) => [character, metrics.glyph(character.codePointAt(0)!)]));
  const { bytes, glyphs } = subsetFont(readFileSync(fontPath(weight)), wanted.values());
  const numberOf = (character: string): number => glyphs.get(wanted.get(character)!)!;

  const name = `${tagOf(bytes)}+${names[weight]}`;
  const program = file.stream(bytes, `/Length1 ${bytes.length}`);
  const descriptor = file.add(
    `<< /Type /FontDescriptor /FontName /${name} /Flags 4 /FontBBox [${shape.box.join(" ")}] /ItalicAngle 0 ` +
      `/Ascent ${shape.ascent} /Descent ${shape.descent} /CapHeight ${shape.capHeight} ` +
      `/StemV ${weight === "bold" ? 140 : 80} /FontFile2 ${program} >>`,
  );
  const widths = sorted.map((character) => {
    const width = (1000 * metrics.advance(character.codePointAt(0)!)) / metrics.unitsPerEm;
    return `${numberOf(character)} [${Math.round(width)}]`;
  });
  const descendant = file.add(
    `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /${name} /CIDToGIDMap /Identity ` +
      "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> " +
      `/FontDescriptor ${descriptor} /DW 600 /W [${widths.join(" ")}] >>`,
  );
  const toUnicode = file.stream(Buffer.from(characterMap(sorted, numberOf), "latin1"));
  return {
    reference: file.add(
      `<< /Type /Font /Subtype /Type0 /BaseFont /${name} /Encoding /Identity-H ` +
        `/DescendantFonts [${descendant}] /ToUnicode ${toUnicode} >>`,
    ),
    encode: (text) => `<${Array.from(text, (character) => hex(numberOf(character))).join("")}>`,
  };
}

const hex = (value: number): string => value.toString(16).padStart(4, "0");

/** Six letters that tell two subsets of one font apart, from the hash of their bytes. */
function tagOf(bytes: Uint8Array): string {
  const hash = hashBytes(bytes);
  return Array.from({ length: 6 }, (_, i) =>
    String.fromCharCode(65 + (Number.parseInt(hash.slice(2 * i, 2 * i + 2), 16) % 26)),
  ).join("");
}

/** Which character each glyph is; at most 100 a block, as the format asks. */
function characterMap(characters: readonly string[], numberOf: (character: string) => number): string {
  const blocks: string[] = [];
  for (let from = 0; from < characters.length; from += 100) {
    const lines = characters.slice(from, from + 100).map((character) => {
      const units = Array.from({ length: character.length }, (_, i) => hex(character.charCodeAt(i)));
      return `<${hex(numberOf(character))}> <${units.join("")}>`;
    });
    blocks.push(`${lines.length} beginbfchar\n${lines.join("\n")}\nendbfchar`);
  }
  return [
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
    "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
    "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange",
    ...blocks,
    "endcmap CMapName currentdict /CMap defineresource pop end end",
  ].join("\n");
}
