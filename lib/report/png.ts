import { crc32 } from "node:zlib";
import { fontFamily, fontPath } from "./font.js";

/**
 * An SVG picture as PNG, set in DejaVu Sans from its own files: the fonts of the machine are not looked at.
 * @param dpi dots per inch; 96 gives a dot a pixel. It stands in the file, so that a picture has its size on paper.
 */
export async function renderPng(svg: string, dpi = 300): Promise<Buffer> {
  const { Resvg } = await import("@resvg/resvg-js");
  const picture = new Resvg(svg, {
    fitTo: { mode: "zoom", value: dpi / 96 },
    background: "white",
    font: {
      fontFiles: [fontPath("normal"), fontPath("bold")],
      loadSystemFonts: false,
      defaultFontFamily: fontFamily.split(",")[0],
    },
  });
  return withResolution(picture.render().asPng(), dpi);
}

/** Size of the signature and the chunk IHDR, which stand at the beginning of every PNG file. */
const HEAD = 8 + 25;

/** The chunk pHYs, in dots per metre. Source: PNG 3rd edition, 11.3.4.3. */
function withResolution(png: Buffer, dpi: number): Buffer {
  const chunk = Buffer.alloc(21);
  chunk.writeUInt32BE(9, 0);
  chunk.write("pHYs", 4, "latin1");
  chunk.writeUInt32BE(Math.round(dpi / 0.0254), 8);
  chunk.writeUInt32BE(Math.round(dpi / 0.0254), 12);
  chunk.writeUInt8(1, 16);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 17)), 17);
  return Buffer.concat([png.subarray(0, HEAD), chunk, png.subarray(HEAD)]);
}
