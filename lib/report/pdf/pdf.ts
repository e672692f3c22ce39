import type { FontWeight } from "../font.js";
import { sizeOf } from "../still.js";
import { all, contentOf } from "./content.js";
import { type EmbeddedFont, embedFont } from "./font.js";
import { shadingOf } from "./gradient.js";
import { initialStyle, type Style, styleOf } from "./style.js";
import { parseSvg, type SvgElement } from "./svgTree.js";
import { PdfFile, pdfNumber, pdfText, type Reference } from "./writer.js";

/**
 * An SVG picture of Vega as a PDF file of one page of its size, DejaVu Sans inside it. Lines stay lines and texts stay
 * texts. The same picture gives the same bytes: no dates, names from hashes.
 * @param title what a reader's window shows
 * @throws FormatError for parts of SVG that Vega does not write
 */
export function renderPdf(svg: string, title: string): Buffer {
  const tree = parseSvg(svg);
  const file = new PdfFile();
  const fonts = new Map<FontWeight, EmbeddedFont>();
  for (const [weight, characters] of charactersOf(tree))
    fonts.set(weight, embedFont(file, weight, characters));

  const states = new Map<string, string>();
  const shadings: Reference[] = [];
  const gradients = new Map(all(tree, "linearGradient").map((element) => [element.attributes.id, element]));
  const content = contentOf(tree, {
    font: (weight) => ({ name: weight, encode: fonts.get(weight)!.encode }),
    opacity: (fill, stroke) =>
      named(states, "state", `<< /ca ${pdfNumber(fill)} /CA ${pdfNumber(stroke)} >>`),
    gradient: (id, box) => `shading${shadings.push(file.add(shadingOf(gradients.get(id)!, box)))}`,
  });

  const { width, height } = sizeOf(svg);
  const [left, top, boxWidth, boxHeight] = tree.attributes.viewBox.split(" ").map(Number);
  const scale = 0.75 * Math.min(width / boxWidth, height / boxHeight);
  const matrix = [scale, 0, 0, -scale, -scale * left, 0.75 * height + scale * top];
  const stream = file.stream(Buffer.from(`${matrix.map(pdfNumber).join(" ")} cm\n${content}\n`, "latin1"));
  const resources = [
    `/Font << ${Array.from(fonts, ([weight, { reference }]) => `/${weight} ${reference}`).join(" ")} >>`,
    `/ExtGState << ${Array.from(states, ([body, name]) => `/${name} ${body}`).join(" ")} >>`,
    `/Shading << ${shadings.map((reference, i) => `/shading${i + 1} ${reference}`).join(" ")} >>`,
  ];
  const pages = file.reserve();
  const page = file.add(
    `<< /Type /Page /Parent ${pages} /MediaBox [0 0 ${pdfNumber(0.75 * width)} ${pdfNumber(0.75 * height)}] ` +
      `/Resources << ${resources.join(" ")} >> /Contents ${stream} >>`,
  );
  file.set(pages, `<< /Type /Pages /Kids [${page}] /Count 1 >>`);
  const catalog = file.add(`<< /Type /Catalog /Pages ${pages} >>`);
  return file.finish(catalog, file.add(`<< /Title ${pdfText(title)} /Producer (nidslab) >>`));
}

/** The name of a value, given once to each. */
function named(names: Map<string, string>, prefix: string, value: string): string {
  const known = names.get(value) ?? `${prefix}${names.size + 1}`;
  names.set(value, known);
  return known;
}

/** The characters of all texts, by the weight that they are set in. */
function charactersOf(tree: SvgElement): Map<FontWeight, Set<string>> {
  const found = new Map<FontWeight, Set<string>>();
  const collect = (element: SvgElement, outer: Style): void => {
    const style = styleOf(element.attributes, outer);
    if (element.text !== "" && ["text", "tspan"].includes(element.name)) {
      const known = found.get(style.weight) ?? new Set<string>();
      for (const character of element.text) known.add(character);
      found.set(style.weight, known);
    }
    for (const child of element.children) collect(child, style);
  };
  collect(tree, initialStyle);
  return found;
}
