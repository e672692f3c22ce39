import { FormatError } from "../../base/errors.js";
import { pdfNumber } from "./writer.js";

/** A colour as PDF takes it: red, green and blue from 0 to 1. */
export type Rgb = readonly [number, number, number];

const named: Readonly<Record<string, string>> = { white: "#ffffff", black: "#000000" };

/** A paint of SVG: a colour, the name of a gradient, or null for none. */
export function paintOf(value: string): Rgb | { readonly gradient: string } | null {
  if (value === "none" || value === "transparent") return null;
  const gradient = /^url\(#([^)]+)\)$/.exec(value);
  if (gradient !== null) return { gradient: gradient[1] };
  const [text, digits] = [value, /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(named[value] ?? value)];
  if (digits !== null) {
    const full = digits[1].length === 3 ? digits[1].replace(/./g, "$&$&") : digits[1];
    return [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16) / 255) as unknown as Rgb;
  }
  const parts = /^rgb\((\d+), *(\d+), *(\d+)\)$/.exec(text);
  if (parts === null)
    throw new FormatError(`svg: the colour "${text}" is not #rgb, #rrggbb or rgb(r, g, b).`);
  return parts.slice(1).map((part) => Number(part) / 255) as unknown as Rgb;
}

export const rgb = (color: Rgb): string => color.map(pdfNumber).join(" ");

/** A matrix of six numbers, as PDF's `cm` takes it. */
export type Matrix = readonly [number, number, number, number, number, number];

/** The attribute `transform` as one matrix: translate, rotate and scale, the last one applied first. */
export function matrixOf(transform: string): Matrix {
  let [a, b, c, d, e, f]: Matrix = [1, 0, 0, 1, 0, 0];
  for (const [, kind, list] of transform.matchAll(/(\w+)\(([^)]*)\)/g)) {
    const [p, q] = list.split(/[ ,]+/).map(Number);
    if (kind === "translate") {
      const y = q ?? 0;
      [e, f] = [e + a * p + c * y, f + b * p + d * y];
    } else if (kind === "rotate") {
      const [cos, sin] = [Math.cos((p * Math.PI) / 180), Math.sin((p * Math.PI) / 180)];
      [a, b, c, d] = [a * cos + c * sin, b * cos + d * sin, c * cos - a * sin, d * cos - b * sin];
    } else if (kind === "scale") {
      const y = q ?? p;
      [a, b, c, d] = [a * p, b * p, c * y, d * y];
    } else throw new FormatError(`svg: the transform "${kind}" is not translate, rotate or scale.`);
  }
  return [a, b, c, d, e, f];
}
