import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { beeswarmFigure } from "#lib/report/explainFigures.js";
import { renderPdf } from "#lib/report/pdf/pdf.js";
import { lineFigure } from "#lib/report/plainFigures.js";
import { paperSheets } from "#lib/report/sheets.js";
import { stillSvg } from "#lib/report/still.js";

const svg = (body: string): string =>
  `<svg xmlns="x" width="40" height="20" viewBox="0 0 40 20">${body}</svg>\n`;

/** The streams of a PDF file, unpacked. */
function streamsOf(pdf: Buffer): string[] {
  return [...pdf.toString("latin1").matchAll(/\/Length (\d+) >>\nstream\n/g)].map((match) => {
    const from = match.index + match[0].length;
    return inflateSync(pdf.subarray(from, from + Number(match[1]))).toString("latin1");
  });
}

/** The operators that draw the page: the last stream. */
const contentOf = (pdf: Buffer): string => streamsOf(pdf).at(-1)!;

describe("renderPdf", () => {
  it("draws shapes in SVG's coordinates, turned over and in points", () => {
    const pdf = renderPdf(
      svg('<g fill="none" transform="translate(1,2)"><rect width="3" height="4" fill="#ff0000"/></g>'),
      "T",
    );
    expect(pdf.toString("latin1")).toContain("/MediaBox [0 0 30 15]");
    expect(contentOf(pdf).split("\n")).toEqual([
      "0.75 0 0 -0.75 0 15 cm",
      "q",
      "1 0 0 1 1 2 cm",
      "q",
      "/state1 gs",
      "1 0 0 rg",
      "0 0 m",
      "3 0 l",
      "3 4 l",
      "0 4 l",
      "h",
      "f",
      "Q",
      "Q",
      "",
    ]);
  });

  it("hands styles down, and leaves out what is not shown", () => {
    const pdf = renderPdf(
      svg(
        '<g stroke="#000" stroke-dasharray="3,2" opacity="0.5"><line x2="9" y2="0" stroke-width="2"/><path d="M0,0L1,1" display="none"/></g>',
      ),
      "T",
    );
    expect(contentOf(pdf)).toContain("2 w\n0 J\n0 j\n4 M\n[3 2] 0 d\n0 0 m\n9 0 l\nB");
    expect(contentOf(pdf)).not.toContain("1 1 l");
    expect(pdf.toString("latin1")).toContain("<< /ca 0.5 /CA 0.5 >>");
  });

  it("places texts by their anchor, embeds their glyphs once and says which characters they are", () => {
    const pdf = renderPdf(svg('<text text-anchor="end" font-size="10px">a&amp;a</text>'), "T");
    expect(contentOf(pdf)).toMatch(/BT \/normal 10 Tf 1 0 0 -1 -20\.05\d* 0 Tm <000200010002> Tj ET/);
    expect(pdf.toString("latin1")).toMatch(/\/BaseFont \/[A-Z]{6}\+DejaVuSans .*\/FontDescriptor/);
    expect(streamsOf(pdf).join()).toContain("2 beginbfchar\n<0001> <0026>\n<0002> <0061>\nendbfchar");
    expect(streamsOf(pdf).join()).not.toContain("Bold");
  });

  it("clips, and shades gradients over the shape that they fill", async () => {
    const { chart } = beeswarmFigure([{ name: "a", contributions: [-1, 1], values: [1, 2] }], "x");
    const pdf = renderPdf(await stillSvg(chart, paperSheets.single), "T");
    expect(pdf.toString("latin1")).toMatch(/\/ShadingType 2 .*\/Coords \[0 \d+ 110 \d+\]/);
    expect(contentOf(pdf)).toContain("W n\n/shading1 sh");
    const clipped = renderPdf(
      svg(
        '<defs><clipPath id="c"><rect width="5" height="5"/></clipPath></defs><g clip-path="url(#c)"><path d="M0,0h9"/></g>',
      ),
      "T",
    );
    expect(contentOf(clipped)).toContain("5 0 l\n5 5 l\n0 5 l\nh\nW n\nq");
  });

  it("points at its objects where they are", () => {
    const text = renderPdf(svg("<text>x</text>"), "Täglich").toString("latin1");
    const table = Number(/startxref\n(\d+)/.exec(text)![1]);
    expect(text.slice(table, table + 5)).toBe("xref\n");
    const offsets = [...text.slice(table).matchAll(/^(\d{10}) 00000 n $/gm)].map((match) => Number(match[1]));
    expect(offsets.length).toBeGreaterThan(8);
    for (const [i, offset] of offsets.entries())
      expect(text.slice(offset, offset + 12)).toContain(`${i + 1} 0 obj`);
    expect(text).toContain("/Title <feff005400e40067006c006900630068>");
  });

  it("refuses what Vega does not write, by name", () => {
    expect(() => renderPdf(svg("<circle r='1'/>"), "T")).toThrow("not the XML that Vega writes");
    expect(() => renderPdf(svg('<circle r="1"/>'), "T")).toThrow("the element circle is not drawn");
    expect(() => renderPdf(svg('<g transform="skewX(3)"></g>'), "T")).toThrow('the transform "skewX"');
    expect(() => renderPdf(svg("<g>"), "T")).toThrow("not the XML");
    expect(() => renderPdf(svg("<text>&nbsp;</text>"), "T")).toThrow("the entity &nbsp;");
  });
});

describe("a figure as PDF and PNG", () => {
  const figure = lineFigure([{ name: "loss", x: [0, 1, 2], y: [3, 1, 2] }], {
    title: "Learning curve",
    x: { title: "epoch" },
    y: { title: "loss" },
  });
  const script = `
    const { renderPdf } = await import("#lib/report/pdf/pdf.js");
    const { renderPng } = await import("#lib/report/png.js");
    const svg = process.env.SVG;
    process.stdout.write(JSON.stringify([renderPdf(svg, "T").toString("base64"), (await renderPng(svg, 150)).toString("base64")]));`;

  it("is the same bytes in another process, time zone and locale, and tells no time", async () => {
    const picture = await stillSvg(figure.chart, paperSheets.single);
    const [first, second] = ["UTC", "Asia/Kolkata"].map((zone) =>
      execFileSync(process.execPath, ["--input-type=module", "-e", script], {
        cwd: fileURLToPath(new URL("../../..", import.meta.url)),
        env: { ...process.env, TZ: zone, LANG: zone === "UTC" ? "C" : "tr_TR.UTF-8", SVG: picture },
        encoding: "utf8",
      }),
    );
    expect(second).toBe(first);
    const [pdf, png] = (JSON.parse(first) as string[]).map((text) => Buffer.from(text, "base64"));
    expect(pdf.toString("latin1")).not.toMatch(/Date|D:20/);
    expect(png.readUInt32BE(16)).toBe(Math.round((336 * 150) / 96));
    expect(png.toString("latin1", 37, 41)).toBe("pHYs");
    expect(png.readUInt32BE(41)).toBe(5906);
  });
});
