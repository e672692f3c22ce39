import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GraphError } from "../errors.js";
import { readYaml } from "../yaml/read.js";
import { isMap, type Scalar, type Yaml, type YamlMap } from "../yaml/value.js";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A place in a template that data is put into, as DVC writes it. */
export function anchor(name: string): string {
  return `<DVC_METRIC_${name.toUpperCase()}>`;
}

const [data, x, y] = ["data", "x", "y"].map(anchor);
const frame = {
  $schema: "https://vega.github.io/schema/vega-lite/v5.json",
  data: { values: data },
  title: { text: anchor("title"), anchor: "middle" },
};
const size = { width: anchor("plot_width"), height: anchor("plot_height") };
const xNumber = { field: x, type: "quantitative", title: anchor("x_label") };
const yNumber = { field: y, type: "quantitative", title: anchor("y_label"), scale: { zero: false } };
const zoom = { params: [anchor("zoom_and_pan")] };
const bySeries = { color: anchor("color"), strokeDash: anchor("stroke_dash") };
const tooltip = { tooltip: anchor("tooltip") };

const simple: Json = {
  ...frame,
  ...size,
  ...zoom,
  mark: { type: "line", tooltip: { content: "data" } },
  encoding: { x: xNumber, y: yNumber, ...bySeries, ...tooltip },
};

/** A line through the means of neighbours (loess), the data pale behind it; a slider says how far neighbours reach. */
const smooth: Json = {
  ...frame,
  ...size,
  params: [{ name: "smooth", value: 0.001, bind: { input: "range", min: 0.001, max: 1, step: 0.001 } }],
  encoding: { x: xNumber, ...bySeries },
  layer: [
    {
      ...zoom,
      transform: [{ loess: y, on: x, groupby: anchor("group_by"), bandwidth: { signal: "smooth" } }],
      mark: "line",
      encoding: { y: yNumber },
    },
    {
      mark: { type: "line", opacity: 0.2, tooltip: { content: "data" } },
      encoding: { y: yNumber, ...tooltip },
    },
  ],
};

const scatter: Json = {
  ...frame,
  ...size,
  ...zoom,
  mark: { type: "point", tooltip: { content: "data" } },
  encoding: {
    x: { ...xNumber, scale: { zero: false } },
    y: yNumber,
    color: anchor("color"),
    shape: anchor("shape"),
    ...tooltip,
  },
};

const jitter: Json = {
  ...frame,
  ...size,
  transform: ["X", "Y"].map((axis) => ({ calculate: "random()", as: `random${axis}` })),
  mark: { type: "point", tooltip: { content: "data" } },
  encoding: {
    x: { field: x, title: anchor("x_label") },
    y: { field: y, title: anchor("y_label") },
    xOffset: { field: "randomX", type: "quantitative" },
    yOffset: { field: "randomY", type: "quantitative" },
    color: anchor("color"),
    shape: anchor("shape"),
    ...tooltip,
  },
};

function bars(sorted: boolean): Json {
  return {
    ...frame,
    ...size,
    ...zoom,
    mark: { type: "bar", tooltip: { content: "data" } },
    encoding: {
      x: { ...xNumber, scale: { zero: false } },
      y: { field: y, type: "nominal", title: anchor("y_label"), ...(sorted ? { sort: "-x" } : {}) },
      yOffset: { field: "rev", sort: [] },
      color: anchor("color"),
      column: anchor("column"),
    },
  };
}

/** Counts of (y, x) as shaded cells; normalized: shares of each row of y. */
function confusion(normalized: boolean): Json {
  const value = normalized ? "share" : "count";
  return {
    ...frame,
    facet: { column: { field: "rev", sort: [] }, row: anchor("row") },
    spec: {
      ...size,
      transform: [
        { aggregate: [{ op: "count", as: "count" }], groupby: ["rev", y, x] },
        { impute: "count", groupby: anchor("group_by_y"), key: x, value: 0 },
        { impute: "count", groupby: anchor("group_by_x"), key: y, value: 0 },
        { joinaggregate: [{ op: "sum", field: "count", as: "total" }], groupby: ["rev", y] },
        { joinaggregate: [{ op: "max", field: "count", as: "largest" }], groupby: ["rev"] },
        { calculate: "datum.total > 0 ? datum.count / datum.total : 0", as: "share" },
        { calculate: normalized ? "datum.share" : "datum.count / datum.largest", as: "shade" },
      ],
      encoding: {
        x: { field: x, type: "nominal", sort: "ascending", title: anchor("x_label") },
        y: { field: y, type: "nominal", sort: "ascending", title: anchor("y_label") },
      },
      layer: [
        {
          mark: { type: "rect", tooltip: { content: "data" } },
          encoding: {
            color: {
              field: value,
              type: "quantitative",
              title: "",
              scale: normalized ? { domain: [0, 1] } : { domainMin: 0, nice: true },
            },
          },
        },
        {
          mark: "text",
          encoding: {
            text: { field: value, type: "quantitative", ...(normalized ? { format: ".2f" } : {}) },
            color: { condition: { test: "datum.shade > 0.5", value: "white" }, value: "black" },
          },
        },
      ],
    },
  };
}

/** DVC's names for templates, in DVC's order. */
const BUILT_IN: Readonly<Record<string, Json>> = {
  simple,
  linear: smooth,
  confusion: confusion(false),
  confusion_normalized: confusion(true),
  scatter,
  scatter_jitter: jitter,
  smooth,
  bar_horizontal_sorted: bars(true),
  bar_horizontal: bars(false),
};

export const templateNames: readonly string[] = Object.keys(BUILT_IN);

export interface Template {
  readonly name: string;
  /** False for a file of the user's. */
  readonly isBuiltIn: boolean;
  readonly content: YamlMap;
}

/**
 * A template: a file in `.dvc/plots` or at a path (Vega-Lite JSON with DVC's anchors), or a built-in one.
 * @throws GraphError when there is none of that name
 */
export function findTemplate(name: string | undefined, root: string, cwd: string): Template {
  const wanted = name ?? "linear";
  const own = join(root, ".dvc", "plots", wanted);
  const path = [own, `${own.replace(/\.json$/, "")}.json`, join(cwd, wanted)].find(existsSync);
  if (path !== undefined) {
    const content = readYaml(readFileSync(path, "utf8"), wanted);
    if (!isMap(content)) throw new GraphError(`Template '${wanted}' does not hold a JSON object.`);
    return { name: wanted, isBuiltIn: false, content };
  }
  if (!Object.hasOwn(BUILT_IN, wanted)) throw new GraphError(`Template '${wanted}' not found.`);
  return { name: wanted, isBuiltIn: true, content: toYaml(BUILT_IN[wanted]) as YamlMap };
}

/** Whole numbers of a template are integers in JSON. */
function toYaml(value: Json): Yaml {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(toYaml);
  return new Map(Object.entries(value).map(([key, item]): [Scalar, Yaml] => [key, toYaml(item)]));
}
