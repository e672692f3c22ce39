import type { FontWeight } from "../font.js";

/** What an element has from those around it, as SVG hands it down. */
export interface Style {
  readonly fill: string;
  readonly stroke: string;
  readonly strokeWidth: number;
  /** Pixels on, off, …; empty: a whole line. */
  readonly dash: readonly number[];
  readonly cap: "butt" | "round" | "square";
  readonly join: "miter" | "round" | "bevel";
  readonly miterLimit: number;
  readonly fillOpacity: number;
  readonly strokeOpacity: number;
  readonly fontSize: number;
  readonly weight: FontWeight;
  readonly anchor: "start" | "middle" | "end";
}

export const initialStyle: Style = {
  fill: "black",
  stroke: "none",
  strokeWidth: 1,
  dash: [],
  cap: "butt",
  join: "miter",
  miterLimit: 4,
  fillOpacity: 1,
  strokeOpacity: 1,
  fontSize: 16,
  weight: "normal",
  anchor: "start",
};

/**
 * The style of an element inside one with `outer`. The opacity of a group goes to each of its elements: where two of
 * them overlap, the picture is a little darker than in a browser.
 */
export function styleOf(attributes: Readonly<Record<string, string>>, outer: Style): Style {
  const text = (name: string, otherwise: string): string => attributes[name] ?? otherwise;
  const number = (name: string, otherwise: number): number =>
    attributes[name] === undefined ? otherwise : Number.parseFloat(attributes[name]);
  const opacity = number("opacity", 1);
  const weight = attributes["font-weight"];
  const dash = attributes["stroke-dasharray"];
  return {
    fill: text("fill", outer.fill),
    stroke: text("stroke", outer.stroke),
    strokeWidth: number("stroke-width", outer.strokeWidth),
    dash: dash === undefined ? outer.dash : (dash.match(/[\d.]+/g) ?? []).map(Number),
    cap: text("stroke-linecap", outer.cap) as Style["cap"],
    join: text("stroke-linejoin", outer.join) as Style["join"],
    miterLimit: number("stroke-miterlimit", outer.miterLimit),
    fillOpacity: opacity * outer.fillOpacity * number("fill-opacity", 1),
    strokeOpacity: opacity * outer.strokeOpacity * number("stroke-opacity", 1),
    fontSize: number("font-size", outer.fontSize),
    weight:
      weight === undefined ? outer.weight : weight === "bold" || Number(weight) >= 600 ? "bold" : "normal",
    anchor: text("text-anchor", outer.anchor) as Style["anchor"],
  };
}
