import { FormatError } from "../../base/errors.js";
import { paintOf, rgb } from "./paint.js";
import type { SvgElement } from "./svgTree.js";
import { pdfNumber } from "./writer.js";

/**
 * The shading of a linear gradient over a box, as a dictionary.
 * Source: ISO 32000-1, 8.7.4.5.3 (axial shadings) and 7.10.4 (stitched functions).
 */
export function shadingOf(
  gradient: SvgElement,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): string {
  const stops = gradient.children.map(({ attributes }) => {
    const color = paintOf(attributes["stop-color"] ?? "black");
    if (color === null || "gradient" in color)
      throw new FormatError(`svg: a stop of the gradient #${gradient.attributes.id} has no colour.`);
    return { offset: Number(attributes.offset ?? 0), color: rgb(color) };
  });
  const pieces = stops
    .slice(1)
    .map(({ color }, i) => `<< /FunctionType 2 /Domain [0 1] /N 1 /C0 [${stops[i].color}] /C1 [${color}] >>`);
  const bounds = stops.slice(1, -1).map(({ offset }) => pdfNumber(offset));
  const at = (x: string, y: string): string => {
    const [u, v] = [x, y].map((key) => Number(gradient.attributes[key] ?? 0));
    return `${pdfNumber(box.x + u * box.width)} ${pdfNumber(box.y + v * box.height)}`;
  };
  return (
    `<< /ShadingType 2 /ColorSpace /DeviceRGB /Coords [${at("x1", "y1")} ${at("x2", "y2")}] /Extend [true true] ` +
    `/Function << /FunctionType 3 /Domain [0 1] /Functions [${pieces.join(" ")}] ` +
    `/Bounds [${bounds.join(" ")}] /Encode [${pieces.map(() => "0 1").join(" ")}] >> >>`
  );
}
