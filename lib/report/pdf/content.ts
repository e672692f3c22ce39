import { FormatError } from "../../base/errors.js";
import { type FontWeight, textWidth } from "../font.js";
import { matrixOf, paintOf, rgb } from "./paint.js";
import { parsePath, type Segment } from "./path.js";
import { initialStyle, type Style, styleOf } from "./style.js";
import type { SvgElement } from "./svgTree.js";
import { pdfNumber } from "./writer.js";

/** What the drawing of a page needs from the rest of the file. */
export interface Resources {
  /** Name and text encoder of the font of a weight. */
  font(weight: FontWeight): { readonly name: string; encode(text: string): string };
  /** Name of a graphics state with these opacities. */
  opacity(fill: number, stroke: number): string;
  /** Name of the shading of a gradient, drawn over the box of the shape that it fills. */
  gradient(id: string, box: { x: number; y: number; width: number; height: number }): string;
}

/**
 * The operators that draw an SVG tree, in SVG's own coordinates (y downwards; the page turns them over): groups, paths,
 * rectangles, lines, texts, clip paths and linear gradients, which is all that Vega writes.
 * @throws FormatError for any other element
 * Source: ISO 32000-1, chapters 8 and 9.4.
 */
export function contentOf(svg: SvgElement, resources: Resources): string {
  const clips = new Map(all(svg, "clipPath").map((clip) => [clip.attributes.id, clip]));
  const lines: string[] = [];
  drawAll(svg, initialStyle);
  return lines.join("\n");

  function drawAll(parent: SvgElement, outer: Style): void {
    const style = styleOf(parent.attributes, outer);
    for (const child of parent.children) if (child.attributes.display !== "none") draw(child, style);
  }

  function draw(element: SvgElement, outer: Style): void {
    const { name, attributes } = element;
    if (name === "defs" || name === "title" || name === "desc" || name === "metadata") return;
    const style = styleOf(attributes, outer);
    const clip = /^url\(#([^)]+)\)$/.exec(attributes["clip-path"] ?? "");
    lines.push("q");
    if (attributes.transform !== undefined)
      lines.push(`${matrixOf(attributes.transform).map(pdfNumber).join(" ")} cm`);
    if (clip !== null) clipTo(clip[1]);
    if (name === "g") drawAll(element, outer);
    else if (name === "text") drawText(element, style);
    else drawShape(shapeOf(element), style);
    lines.push("Q");
  }

  function clipTo(id: string): void {
    const clip = clips.get(id);
    if (clip === undefined) throw new FormatError(`svg: the clip path #${id} is not in the picture.`);
    lines.push(...clip.children.flatMap((shape) => operators(shapeOf(shape))), "W n");
  }

  function drawShape(segments: readonly Segment[], style: Style): void {
    const fill = paintOf(style.fill);
    const stroke = style.strokeWidth > 0 ? paintOf(style.stroke) : null;
    if (segments.length === 0 || (fill === null && stroke === null)) return;
    lines.push(`/${resources.opacity(style.fillOpacity, style.strokeOpacity)} gs`);
    const path = operators(segments);
    if (fill !== null && "gradient" in fill) {
      const name = resources.gradient(fill.gradient, boxOf(segments));
      lines.push("q", ...path, "W n", `/${name} sh`, "Q");
    }
    const solid = fill !== null && !("gradient" in fill) ? fill : null;
    if (solid !== null) lines.push(`${rgb(solid)} rg`);
    if (stroke !== null && !("gradient" in stroke)) lines.push(`${rgb(stroke)} RG`, ...pen(style));
    if (solid === null && stroke === null) return;
    lines.push(...path, solid === null ? "S" : stroke === null ? "f" : "B");
  }

  function drawText(element: SvgElement, style: Style): void {
    const fill = paintOf(style.fill);
    if (fill === null || "gradient" in fill) return;
    lines.push(`/${resources.opacity(style.fillOpacity, style.strokeOpacity)} gs`, `${rgb(fill)} rg`);
    let y = 0;
    for (const line of element.children.length === 0 ? [element] : element.children) {
      if (line !== element && line.name !== "tspan")
        throw new FormatError(`svg: a text has the element ${line.name}; expected tspan.`);
      y += Number(line.attributes.dy ?? 0);
      if (line.text === "") continue;
      const font = resources.font(style.weight);
      const width = textWidth(line.text, style.fontSize, style.weight);
      const x = Number(line.attributes.x ?? 0) - { start: 0, middle: width / 2, end: width }[style.anchor];
      lines.push(
        `BT /${font.name} ${pdfNumber(style.fontSize)} Tf 1 0 0 -1 ${pdfNumber(x)} ${pdfNumber(y)} Tm ${font.encode(line.text)} Tj ET`,
      );
    }
  }
}

/** All elements of a name, in order. */
export function all(element: SvgElement, name: string): SvgElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...all(child, name)]);
}

function shapeOf({ name, attributes }: SvgElement): Segment[] {
  const number = (key: string): number => Number(attributes[key] ?? 0);
  if (name === "path") return parsePath(attributes.d ?? "");
  if (name === "line") {
    return [
      { op: "m", at: [number("x1"), number("y1")] },
      { op: "l", at: [number("x2"), number("y2")] },
    ];
  }
  if (name !== "rect")
    throw new FormatError(`svg: the element ${name} is not drawn; expected g, path, rect, line or text.`);
  const [x, y, width, height] = ["x", "y", "width", "height"].map(number);
  return parsePath(`M${x} ${y}h${width}v${height}h${-width}Z`);
}

function operators(segments: readonly Segment[]): string[] {
  return segments.map((segment) =>
    segment.op === "h" ? "h" : `${segment.at.map(pdfNumber).join(" ")} ${segment.op}`,
  );
}

function pen({ strokeWidth, dash, cap, join, miterLimit }: Style): string[] {
  return [
    `${pdfNumber(strokeWidth)} w`,
    `${["butt", "round", "square"].indexOf(cap)} J`,
    `${["miter", "round", "bevel"].indexOf(join)} j`,
    `${pdfNumber(miterLimit)} M`,
    `[${dash.map(pdfNumber).join(" ")}] 0 d`,
  ];
}

function boxOf(segments: readonly Segment[]): { x: number; y: number; width: number; height: number } {
  const numbers = segments.flatMap((segment) => (segment.op === "h" ? [] : [...segment.at]));
  const [xs, ys] = [0, 1].map((odd) => numbers.filter((_, i) => i % 2 === odd));
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
